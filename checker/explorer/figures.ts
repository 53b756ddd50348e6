/**
 * Figures of a state: the orders of operations that are still possible, the cmaps of RAMBO, the
 * graph of configurations of DynaStore, and the adversary's knowledge. The page draws each figure
 * if the states contain its data, whatever the protocol.
 */
import { canonical, equals, union, without } from "../../spec/kernel/data.ts"
import { describeValue, type Value } from "../../spec/register/operation.ts"
import { type Objects, wordsFor } from "../report/terms.ts"
import type { Snapshot } from "../report/trace.ts"
import type { Dag, MapRow, Orders, Vertex } from "./messages.ts"

type Data = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Data =>
  typeof value === "object" && value !== null && !Array.isArray(value)

interface Atomicity {
  readonly possibilities: ReadonlyArray<{
    readonly value: Value
    readonly effective: ReadonlyArray<{ readonly client: string }>
  }>
  readonly violation: string | null
}

const isAtomicity = (state: unknown): state is Atomicity =>
  isRecord(state) && Array.isArray(state.possibilities) && "violation" in state

/** The orders that are still possible, object by object, if atomicity is judged. */
export const ordersIn = ({ observers }: Snapshot): ReadonlyArray<Orders> =>
  Object.values(observers).flatMap((state) => {
    if (isAtomicity(state)) return [ordersOf("", state)]
    if (!isRecord(state) || !isRecord(state.objects)) return []
    return Object.entries(state.objects).flatMap(([object, one]) =>
      isAtomicity(one) ? [ordersOf(object, one)] : []
    )
  })

const ordersOf = (object: string, { possibilities, violation }: Atomicity): Orders => ({
  object,
  possible: possibilities.map(({ value, effective }) => {
    const whose = effective.map(({ client }) => client)
    const taken =
      whose.length === 0 ? "" : `; pending operations that have taken effect: ${whose.join(", ")}`
    return `the register holds ${describeValue(value)}${taken}`
  }),
  violation: violation ?? undefined
})

/**
 * The number of possible orders of the object that has fewest; undefined if no property counts
 * them.
 */
export const fewestOrders = (snapshot: Snapshot): number | undefined => {
  const counts = ordersIn(snapshot).map(({ possible }) => possible.length)
  return counts.length === 0 ? undefined : Math.min(...counts)
}

interface ConfigurationMap {
  readonly retired: number
  readonly active: ReadonlyArray<unknown>
}

/**
 * The cmap of every node that has one: `±` for retired configurations, the members of active ones,
 * ⊥ for unknown ones.
 */
export const mapsIn = ({ nodes }: Snapshot, objects: Objects): ReadonlyArray<MapRow> => {
  const found = nodes.flatMap(({ id, state }) => {
    const map = isRecord(state) ? state.map : undefined
    return isRecord(map) && Array.isArray(map.active)
      ? [{ id, map: map as unknown as ConfigurationMap }]
      : []
  })
  const columns = Math.max(0, ...found.map(({ map }) => map.retired + map.active.length))
  return found.map(({ id, map: { retired, active } }) => ({
    node: id,
    cells: Array.from({ length: columns }, (_, index) => {
      if (index < retired) return "±"
      const configuration = active[index - retired]
      return configuration === undefined ? "⊥" : wordsFor(objects, configuration)
    })
  }))
}

interface View {
  readonly add: ReadonlyArray<string>
  readonly remove: ReadonlyArray<string>
}

interface SnapshotPart {
  readonly view: View
  readonly endorsed: View | null
}

/**
 * The graph of configurations as far as storage nodes know it: from each view, an edge for every
 * change that some node endorses in the view's weak snapshot.
 */
export const dagIn = ({ nodes }: Snapshot): Dag | undefined => {
  const parts = nodes.flatMap(({ id, state }) => {
    const snapshots = isRecord(state) && "latest" in state ? state.snapshots : undefined
    return Array.isArray(snapshots)
      ? [{ id, snapshots: snapshots as ReadonlyArray<SnapshotPart> }]
      : []
  })
  if (parts.length === 0) return undefined
  const visits = nodes.flatMap(({ id, state }) =>
    isRecord(state) && isRecord(state.view) ? [{ id, view: state.view as unknown as View }] : []
  )
  const views = new Map<string, View>()
  const note = (view: View): string => {
    const key = canonical({ add: view.add, remove: view.remove })
    views.set(key, view)
    return key
  }
  for (const { view } of visits) note(view)
  const edges = new Map<string, { from: string; to: string; by: Array<string> }>()
  for (const { id, snapshots } of parts)
    for (const { view, endorsed } of snapshots) {
      const from = note(view)
      if (endorsed === null) continue
      const to = note({
        add: union(view.add, endorsed.add),
        remove: union(view.remove, endorsed.remove)
      })
      const edge = edges.get(`${from} ${to}`) ?? { from, to, by: [] }
      edge.by.push(id)
      edges.set(`${from} ${to}`, edge)
    }
  const keys = [...views.keys()].sort(
    (left, right) => sizeOf(views.get(left)) - sizeOf(views.get(right))
  )
  return {
    vertices: keys.map((key): Vertex => {
      const view = views.get(key) as View
      return {
        text: [
          `{${without(view.add, view.remove).join(",")}}`,
          ...view.remove.map((id) => `-${id}`)
        ].join(" "),
        size: sizeOf(view),
        visitors: visits.filter((visit) => equals(visit.view, view)).map(({ id }) => id)
      }
    }),
    edges: [...edges.values()].map(({ from, to, by }) => ({
      from: keys.indexOf(from),
      to: keys.indexOf(to),
      by
    }))
  }
}

const sizeOf = (view: View | undefined): number =>
  view === undefined ? 0 : view.add.length + view.remove.length

type Known = ReadonlyArray<{ readonly at: string; readonly value: unknown }>

/**
 * What the adversary has learned since the beginning, and the keys and signed terms that it has, in
 * words. (Everything else in its knowledge is public.)
 */
export const knownIn = (known: Known, before: Known, objects: Objects): ReadonlyArray<string> => {
  const told = new Set(before.map(canonical))
  const isTerm = ({ at }: Known[number]) => at === "signing key" || at === "signed"
  const learned = known.filter(
    (one) => isTerm(one) || (isRecord(one.value) && !told.has(canonical(one)))
  )
  return [
    ...new Set(learned.map(({ at, value }) => `${placeName(at)}: ${wordsFor(objects, value)}`))
  ]
}

/** The name of the field that contains a value. */
const placeName = (at: string): string => at.replace(/(?:\{\}|\[\])$/, "")
