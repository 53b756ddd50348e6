/**
 * Systems as abstract systems for others: which steps a system of processes can take, so that
 * another one can be held against it (`Refines`, in `property.ts`).
 */
import { canonical, equals, without } from "./data.ts"
import type { About, Keyed } from "./keyed.ts"
import type { NodeId } from "./node.ts"
import type { AnyOperation } from "./observation.ts"
import type { Refines } from "./property.ts"
import type { AnyGlobalState, Envelope, GlobalState, System, SystemNode } from "./system.ts"

/**
 * The state of a system in which nothing has happened yet. Nodes that are gone are in no system any
 * more.
 */
export const initialStateOf = ({ nodes, context }: System): AnyGlobalState => ({
  nodes: statesByRole(nodes, ({ id, process }) => process.initial(context, id)),
  inFlight: Object.fromEntries(nodes.map(({ id }) => [id, []]))
})

const statesByRole = (
  nodes: ReadonlyArray<SystemNode>,
  stateOf: (node: SystemNode) => unknown
): Record<string, Record<string, unknown>> => {
  const byRole: Record<string, Record<string, unknown>> = {}
  for (const node of nodes) {
    const states = byRole[node.role] ?? {}
    byRole[node.role] = states
    states[node.id] = stateOf(node)
  }
  return byRole
}

/** The states to which one step of a node leads; users may invoke these operations. */
const successors = (
  { nodes, context }: System,
  state: AnyGlobalState,
  operations: ReadonlyArray<AnyOperation>
): ReadonlyArray<AnyGlobalState> =>
  nodes.flatMap(({ id, role, process }) => {
    const own = state.nodes[role]?.[id]
    if (own === undefined) return []
    const inbox = state.inFlight[id] ?? []
    const inputs = [
      ...operations
        .filter((operation) => process.ready(context, id, own, operation))
        .map((operation) => ({ _tag: "Invoke", operation }) as const),
      ...inbox.map(({ from, message }) => ({ _tag: "Receive", from, message }) as const),
      ...process.choices(context, id, own).map((choice) => ({ _tag: "Choose", choice }) as const)
    ]
    return inputs.map((input) => {
      const step = process.step(context, id, own, input)
      const left = input._tag === "Receive" ? withoutOne(inbox, input) : inbox
      const inFlight: Record<NodeId, ReadonlyArray<Envelope<unknown>>> = {
        ...state.inFlight,
        [id]: left
      }
      for (const { to, message } of step.sends) {
        const before = inFlight[to]
        // What is sent to a node that is gone will never be received.
        if (before !== undefined) inFlight[to] = [...before, { from: id, message }]
      }
      return {
        nodes: { ...state.nodes, [role]: { ...state.nodes[role], [id]: step.state } },
        inFlight
      }
    })
  })

const withoutOne = (
  inbox: ReadonlyArray<Envelope<unknown>>,
  { from, message }: Envelope<unknown>
): ReadonlyArray<Envelope<unknown>> => {
  const at = inbox.findIndex((other) => equals(other, { from, message }))
  return inbox.filter((_, index) => index !== at)
}

/** The text of a state, whatever the order of the messages on their way. */
const textOf = ({ nodes, inFlight }: AnyGlobalState): string =>
  canonical([
    nodes,
    Object.fromEntries(
      Object.entries(inFlight).map(([node, inbox]) => [
        node,
        inbox.map((one) => canonical(one)).sort()
      ])
    )
  ])

/** Whether one step of some node leads from the one state to the other. */
export const isStepOf = (
  system: System,
  before: AnyGlobalState,
  after: AnyGlobalState,
  operations: ReadonlyArray<AnyOperation>
): boolean => {
  const wanted = textOf(after)
  const moved = system.nodes.filter((node) => hasMoved(before, after, node))
  // Of a node that only sends nothing can be seen here: then it may be any.
  const nodes = moved.length > 0 ? moved : system.nodes
  return successors({ ...system, nodes }, before, operations).some(
    (state) => textOf(state) === wanted
  )
}

/**
 * Whether the node has another state, or a message fewer on its way to it: whoever took the step
 * has, unless it only sent.
 */
const hasMoved = (
  before: AnyGlobalState,
  after: AnyGlobalState,
  { id, role }: SystemNode
): boolean => {
  const [was, is] = [before.nodes[role]?.[id], after.nodes[role]?.[id]]
  if (was !== is && !equals(was, is)) return true
  const left = after.inFlight[id] ?? []
  return (before.inFlight[id] ?? []).some((one) => !left.some((other) => equals(one, other)))
}

/**
 * The state of those nodes alone that are left of a system: it has lost all else, and what is on
 * its way to others.
 */
const among = (
  left: ReadonlyArray<SystemNode>,
  { nodes, inFlight }: AnyGlobalState
): AnyGlobalState => ({
  nodes: statesByRole(left, ({ id, role }) => nodes[role]?.[id]),
  inFlight: Object.fromEntries(left.map(({ id }) => [id, inFlight[id] ?? []]))
})

/** Several independent systems of the same nodes. */
interface SideBySide {
  /** The nodes that a fault has befallen: they are gone from every system. */
  readonly gone: ReadonlyArray<NodeId>
  /** The states of the systems, by key; one in which nothing has happened yet is left out. */
  readonly systems: Readonly<Record<string, AnyGlobalState>>
}

/** The nodes of a system that are left when these are gone. */
const leftOf = (system: System, gone: ReadonlyArray<NodeId>): System => ({
  ...system,
  nodes: system.nodes.filter(({ id }) => !gone.includes(id))
})

/**
 * The state of the system with this key, which may be the name of something that every record
 * inherits.
 */
const stateOf = (system: System, { gone, systems }: SideBySide, key: string): AnyGlobalState =>
  (Object.hasOwn(systems, key) ? systems[key] : undefined) ?? initialStateOf(leftOf(system, gone))

/** A fault befalls one more node: nothing else happens, in any system. */
const losesOne = (system: System, before: SideBySide, after: SideBySide): boolean => {
  const { nodes } = leftOf(system, after.gone)
  return (
    without(before.gone, after.gone).length === 0 &&
    after.gone.length === before.gone.length + 1 &&
    keysOf(before, after).every(
      (key) =>
        textOf(among(nodes, stateOf(system, before, key))) === textOf(stateOf(system, after, key))
    )
  )
}

const keysOf = (...all: ReadonlyArray<SideBySide>): ReadonlyArray<string> => [
  ...new Set(all.flatMap(({ systems }) => Object.keys(systems)))
]

/**
 * A system of many objects does with each what a system of that object alone does: it is those
 * systems, side by side. `single` makes of its context the system of one object, and `operationIn`
 * says which operation a node in this state has begun, if any: those are what users may have
 * invoked. A fault befalls a node in all of them at once.
 */
export const refinesSingle = <Context>(
  single: (context: Context) => System,
  operationIn: (role: string, state: unknown) => AnyOperation | undefined
): Refines<Context, GlobalState<Readonly<Record<string, Keyed>>, About<unknown>>, SideBySide> => ({
  _tag: "Refines",
  name: "refines-single",
  about: "what happens to each object is what happens to it in a system of that object alone",
  mapping: (context, whole) => {
    const system = single(context)
    const isLeft = ({ role, id }: SystemNode) => whole.nodes[role]?.[id] !== undefined
    const left = system.nodes.filter(isLeft)
    const keys = new Set([
      ...Object.values(whole.nodes).flatMap((states) =>
        Object.values(states).flatMap(({ objects }) => Object.keys(objects))
      ),
      ...left.flatMap(({ id }) => (whole.inFlight[id] ?? []).map(({ message }) => message.key))
    ])
    const shown = ({ role, id, process }: SystemNode, key: string): unknown => {
      const keyed = whole.nodes[role]?.[id]
      return keyed !== undefined && Object.hasOwn(keyed.objects, key)
        ? { ...keyed.shared, ...keyed.objects[key] }
        : process.initial(system.context, id)
    }
    return {
      gone: system.nodes.filter((node) => !isLeft(node)).map(({ id }) => id),
      systems: Object.fromEntries(
        [...keys].sort().map((key) => [
          key,
          {
            nodes: statesByRole(left, (node) => shown(node, key)),
            inFlight: Object.fromEntries(
              left.map(({ id }) => [
                id,
                (whole.inFlight[id] ?? [])
                  .filter(({ message }) => message.key === key)
                  .map(({ from, message }) => ({ from, message: message.message }))
              ])
            )
          }
        ])
      )
    }
  },
  begins: (_context, { gone, systems }) => gone.length === 0 && Object.keys(systems).length === 0,
  allows: (context, before, after) => {
    const system = single(context)
    if (!equals(before.gone, after.gone)) return losesOne(system, before, after)
    const moved = keysOf(before, after).filter(
      (key) => textOf(stateOf(system, before, key)) !== textOf(stateOf(system, after, key))
    )
    const [key] = moved
    if (key === undefined) return true
    const next = stateOf(system, after, key)
    const begun = Object.entries(next.nodes).flatMap(([role, states]) =>
      Object.values(states).flatMap((state) => operationIn(role, state) ?? [])
    )
    const left = leftOf(system, after.gone)
    return moved.length === 1 && isStepOf(left, stateOf(system, before, key), next, begun)
  }
})
