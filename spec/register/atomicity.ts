/**
 * Atomicity, or linearizability (tutorial 2.2): "each operation must appear to take place
 * instantaneously between the time when it is invoked and the time when it produces a response".
 *
 * The definition is an automaton. Its state is the set of possibilities: a value the register may
 * have by now, with the pending operations that have taken effect so far. After an invocation, the
 * new operation may take effect at once, later, or never (if its client crashes). A response
 * discards every possibility in which the operation has not taken effect with that result. If no
 * possibility is left, no order of the operations explains the history, and atomicity is violated.
 * For one register and finitely many clients this is exact.
 */
import * as Schema from "effect/Schema"
import { canonical, setOf } from "../kernel/data.ts"
import { NodeId, SetOf } from "../kernel/node.ts"
import type { AnyNote, AnyOperation, Observation } from "../kernel/observation.ts"
import type { Event, Observer } from "../kernel/observer.ts"
import { type Access, describeValue, isAccess, Value } from "./operation.ts"

/** A client's operation that has been invoked and has not responded. */
const Pending = Schema.Struct({
  client: NodeId,
  operation: Schema.Union([
    Schema.TaggedStruct("Write", { value: Value }),
    Schema.TaggedStruct("Read", {})
  ])
})
/** A pending operation that has taken effect, with its future result (null for a write). */
const Effective = Schema.Struct({ client: NodeId, result: Value })
/** One possibility: the register's value, and the pending operations that have taken effect. */
const Possibility = Schema.Struct({ value: Value, effective: SetOf(Effective) })

export const AtomicityState = Schema.Struct({
  pending: SetOf(Pending),
  possibilities: SetOf(Possibility),
  /** The response that left no possibility, described. */
  violation: Schema.NullOr(Schema.String)
})
export type AtomicityState = typeof AtomicityState.Type
type Pending = typeof Pending.Type
type Possibility = typeof Possibility.Type

export const initial: AtomicityState = {
  pending: [],
  possibilities: [{ value: null, effective: [] }],
  violation: null
}

/** A client invokes an operation: from now on it may take effect. */
export const invoked = (
  state: AtomicityState,
  client: NodeId,
  operation: Access
): AtomicityState => {
  const asked: Pending["operation"] =
    operation._tag === "Write" ? { _tag: "Write", value: operation.value } : { _tag: "Read" }
  const pending = setOf([...state.pending, { client, operation: asked }])
  return { ...state, pending, possibilities: closure(pending, state.possibilities) }
}

/** A client's operation responds: it took effect before now, with this result. */
export const responded = (state: AtomicityState, client: NodeId, result: Value): AtomicityState => {
  const pending = state.pending.filter((other) => other.client !== client)
  const possibilities = setOf(
    state.possibilities
      .filter(({ effective }) =>
        effective.some((one) => one.client === client && one.result === result)
      )
      .map(({ value, effective }) => ({
        value,
        effective: effective.filter((one) => one.client !== client)
      }))
  )
  const operation = state.pending.find((other) => other.client === client)?.operation
  return {
    pending,
    possibilities,
    violation: possibilities.length > 0 ? null : `${client}'s ${outcome(operation, result)}`
  }
}

/**
 * A client crashes. Its pending read no longer matters; its pending write may still take effect at
 * any time.
 */
export const crashed = (state: AtomicityState, client: NodeId): AtomicityState => {
  if (!state.pending.some((other) => other.client === client && other.operation._tag === "Read"))
    return state
  return {
    ...state,
    pending: state.pending.filter((other) => other.client !== client),
    possibilities: setOf(
      state.possibilities.map(({ value, effective }) => ({
        value,
        effective: effective.filter((one) => one.client !== client)
      }))
    )
  }
}

/** All possibilities reachable when pending operations take effect one after the other. */
const closure = (
  pending: ReadonlyArray<Pending>,
  from: ReadonlyArray<Possibility>
): ReadonlyArray<Possibility> => {
  const found = new Map(from.map((possibility) => [canonical(possibility), possibility]))
  const open = [...found.values()]
  for (let possibility = open.pop(); possibility !== undefined; possibility = open.pop()) {
    for (const next of pending.flatMap((operation) => takeEffect(possibility, operation))) {
      const key = canonical(next)
      if (!found.has(key)) {
        found.set(key, next)
        open.push(next)
      }
    }
  }
  return setOf(found.values())
}

/** The pending operation takes effect now, unless it already has. */
const takeEffect = (
  { value, effective }: Possibility,
  { client, operation }: Pending
): ReadonlyArray<Possibility> => {
  if (effective.some((one) => one.client === client)) return []
  return operation._tag === "Write"
    ? [{ value: operation.value, effective: setOf([...effective, { client, result: null }]) }]
    : [{ value, effective: setOf([...effective, { client, result: value }]) }]
}

const outcome = (operation: Pending["operation"] | undefined, result: Value): string =>
  operation?._tag === "Write"
    ? `write ${describeValue(operation.value)} returned`
    : `read returned ${describeValue(result)}`

/** The observations of any system; the automaton ignores those not about a register. */
type Seen = Observation<AnyOperation, Value, AnyNote>

const observe = (state: AtomicityState, event: Event<Seen>): AtomicityState => {
  if (state.violation !== null) return state
  if (event._tag === "Fault") return crashed(state, event.node)
  const { node, observation } = event
  if (observation._tag === "Note" || !isAccess(observation.operation)) return state
  return observation._tag === "Invocation"
    ? invoked(state, node, observation.operation)
    : responded(state, node, observation.result)
}

/**
 * The observer of atomicity. "The reconfiguration operation does not affect the semantics of reads
 * and writes" (3.1).
 */
export const atomicity: Observer<AtomicityState, Seen> = {
  name: "atomicity",
  initial,
  observe,
  // An earlier response only adds constraints: an order that explains the new history also
  // explained the old one.
  allowsEarlierResponses: true,
  mentionsServers: false,
  violation: ({ violation }) =>
    violation === null ? undefined : `${violation}, which no order of the operations explains`
}
