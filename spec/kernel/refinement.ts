/**
 * Systems as abstract systems for others: which steps a system of processes can take, so that another one can be held
 * against it (`Refines`, in `property.ts`).
 */
import { canonical, equals } from "./data.ts"
import type { About, Keyed } from "./keyed.ts"
import type { NodeId } from "./node.ts"
import type { AnyOperation } from "./observation.ts"
import type { Refines } from "./property.ts"
import type { AnyGlobalState, Envelope, GlobalState, System, SystemNode } from "./system.ts"

/** The state of a system in which nothing has happened yet. */
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
      const inFlight: Record<NodeId, ReadonlyArray<Envelope<unknown>>> = { ...state.inFlight, [id]: left }
      for (const { to, message } of step.sends)
        inFlight[to] = [...(inFlight[to] ?? []), { from: id, message }]
      return { nodes: { ...state.nodes, [role]: { ...state.nodes[role], [id]: step.state } }, inFlight }
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
      Object.entries(inFlight).map(([node, inbox]) => [node, inbox.map((one) => canonical(one)).sort()])
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
  return successors({ ...system, nodes }, before, operations).some((state) => textOf(state) === wanted)
}

/** Whether the node has another state, or a message fewer on its way to it: whoever took the step has, unless it only sent. */
const hasMoved = (before: AnyGlobalState, after: AnyGlobalState, { id, role }: SystemNode): boolean => {
  const [was, is] = [before.nodes[role]?.[id], after.nodes[role]?.[id]]
  if (was !== is && !equals(was, is)) return true
  const left = after.inFlight[id] ?? []
  return (before.inFlight[id] ?? []).some((one) => !left.some((other) => equals(one, other)))
}

/** The states of several independent systems, by key; one in which nothing has happened yet is left out. */
type SideBySide = Readonly<Record<string, AnyGlobalState>>

/**
 * A system of many objects does with each what a system of that object alone does: it is those systems, side by side.
 * `single` makes of its context the system of one object, and `operationIn` says which operation a node in this state has
 * begun, if any: those are what users may have invoked.
 */
export const refinesSingle = <Context>(
  single: (context: Context) => System,
  operationIn: (role: string, state: unknown) => AnyOperation | undefined
): Refines<Context, GlobalState<Readonly<Record<string, Keyed>>, About<unknown>>, SideBySide> => ({
  _tag: "Refines",
  name: "refines-single",
  about: "what happens to each object is what happens to it in a system of that object alone",
  mapping: (context, whole) => {
    const { context: singleContext, nodes } = single(context)
    const keys = new Set([
      ...Object.values(whole.nodes).flatMap((states) =>
        Object.values(states).flatMap(({ objects }) => Object.keys(objects))
      ),
      ...Object.values(whole.inFlight).flatMap((inbox) => inbox.map(({ message }) => message.key))
    ])
    const shown = (node: SystemNode, key: string): unknown => {
      const keyed = whole.nodes[node.role]?.[node.id]
      const own = keyed?.objects[key]
      return own === undefined ? node.process.initial(singleContext, node.id) : { ...keyed?.shared, ...own }
    }
    return Object.fromEntries(
      [...keys].sort().map((key) => [
        key,
        {
          nodes: statesByRole(nodes, (node) => shown(node, key)),
          inFlight: Object.fromEntries(
            nodes.map(({ id }) => [
              id,
              (whole.inFlight[id] ?? [])
                .filter(({ message }) => message.key === key)
                .map(({ from, message }) => ({ from, message: message.message }))
            ])
          )
        }
      ])
    )
  },
  begins: (_context, abstract) => Object.keys(abstract).length === 0,
  allows: (context, before, after) => {
    const system = single(context)
    const initial = initialStateOf(system)
    const moved = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
      (key) => textOf(before[key] ?? initial) !== textOf(after[key] ?? initial)
    )
    const [key] = moved
    if (key === undefined) return true
    const next = after[key] ?? initial
    const begun = Object.entries(next.nodes).flatMap(([role, states]) =>
      Object.values(states).flatMap((state) => operationIn(role, state) ?? [])
    )
    return moved.length === 1 && isStepOf(system, before[key] ?? initial, next, begun)
  }
})
