/**
 * Systems as abstract systems for others: the steps that a system of processes can take, so that
 * another system can be checked against it (`Refines`, in `property.ts`).
 */
import { canonical, equals, without } from "./data.ts"
import type { About, Keyed } from "./keyed.ts"
import type { NodeId } from "./node.ts"
import type { AnyOperation } from "./observation.ts"
import type { Refines } from "./property.ts"
import type { AnyGlobalState, Envelope, GlobalState, System, SystemNode } from "./system.ts"

/**
 * The initial state of a system. Nodes that are gone are no longer part of any system.
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

/** The states that one step of a node leads to; users may invoke these operations. */
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
        // A message to a node that is gone is never received.
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

/** The text of a state, independent of the order of the messages in flight. */
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

/** Whether one step of some node leads from the first state to the second. */
export const isStepOf = (
  system: System,
  before: AnyGlobalState,
  after: AnyGlobalState,
  operations: ReadonlyArray<AnyOperation>
): boolean => {
  const wanted = textOf(after)
  return successors(system, before, operations).some((state) => textOf(state) === wanted)
}

/**
 * The state restricted to the nodes left in a system, without the other nodes and the messages in
 * flight to them.
 */
const among = (
  left: ReadonlyArray<SystemNode>,
  { nodes, inFlight }: AnyGlobalState
): AnyGlobalState => {
  const ids = left.map(({ id }) => id as string)
  return {
    nodes: statesByRole(left, ({ id, role }) => nodes[role]?.[id]),
    inFlight: Object.fromEntries(Object.entries(inFlight).filter(([id]) => ids.includes(id)))
  }
}

/** Several independent systems of the same nodes. */
interface SideBySide {
  /** The nodes with a fault: they are gone from every system. */
  readonly gone: ReadonlyArray<NodeId>
  /** The states of the systems, by key; a system in its initial state is omitted. */
  readonly systems: Readonly<Record<string, AnyGlobalState>>
}

/** The nodes of a system that are left when these are gone. */
const leftOf = (system: System, gone: ReadonlyArray<NodeId>): System => ({
  ...system,
  nodes: system.nodes.filter(({ id }) => !gone.includes(id))
})

/**
 * The state of the system with this key. The key may be the name of a property that every record
 * inherits.
 */
const stateOf = (system: System, { gone, systems }: SideBySide, key: string): AnyGlobalState =>
  (Object.hasOwn(systems, key) ? systems[key] : undefined) ?? initialStateOf(leftOf(system, gone))

/** One more node fails, and nothing else happens in any system. */
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
 * A system of many objects treats each object as a system of that object alone does: it consists of
 * those systems, side by side. `single` turns its context into the system of one object, and
 * `operationIn` gives the operation, if any, that a node in this state has begun: users may have
 * invoked those. A node fails in all of these systems at once.
 */
export const refinesSingle = <Context>(
  single: (context: Context) => System,
  operationIn: (role: string, state: unknown) => AnyOperation | undefined
): Refines<Context, GlobalState<Readonly<Record<string, Keyed>>, About<unknown>>, SideBySide> => ({
  _tag: "Refines",
  name: "refines-single",
  about: "each object behaves as it does in a system of that object alone",
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
