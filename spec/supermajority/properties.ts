/**
 * What super-majority replication promises beside atomicity, whatever fewer than a third of the
 * storage nodes do.
 *
 * The clients are correct: what a lying client signs is a value like any other.
 */
import * as Schema from "effect/Schema"
import { including } from "../kernel/data.ts"
import { SetOf } from "../kernel/node.ts"
import type { AnyNote, AnyOperation, Observation } from "../kernel/observation.ts"
import type { Event, Observer } from "../kernel/observer.ts"
import type { Observed, PairInvariant, StepInvariant } from "../kernel/property.ts"
import { describeValue, isAccess, Value } from "../register/operation.ts"
import * as Register from "../register/properties.ts"
import type { ServerState } from "./server.ts"
import { pairOf } from "./signed-pair.ts"

/** A storage node as the properties of registers know it. */
const replica = ({ written }: ServerState) => ({ pair: pairOf(written) })

/** What a correct storage node holds never grows older. */
export const timestampsGrow: StepInvariant<unknown, "server", ServerState> = {
  ...Register.timestampsGrow,
  holds: (context, self, before, after) =>
    Register.timestampsGrow.holds(context, self, replica(before), replica(after))
}

/** A timestamp names one value. */
export const timestampsNameValues: PairInvariant<unknown, "server", ServerState> = {
  ...Register.timestampsNameValues,
  holds: (context, left, right) => Register.timestampsNameValues.holds(context, replica(left), replica(right))
}

/** Operations on a register, and others beside them. */
type Seen = Observation<AnyOperation, Value, AnyNote>

/**
 * The values of all writes that have begun, and the first read that returned another one, in words.
 */
export const Begun = Schema.Struct({ values: SetOf(Value), violation: Schema.NullOr(Schema.String) })
export type Begun = typeof Begun.Type

const observe = (state: Begun, event: Event<Seen>): Begun => {
  if (state.violation !== null || event._tag === "Fault" || event.observation._tag === "Note") return state
  const { node, observation } = event
  const { operation } = observation
  if (!isAccess(operation)) return state
  if (observation._tag === "Invocation")
    return operation._tag === "Write" ? { ...state, values: including(state.values, operation.value) } : state
  const { result } = observation
  return operation._tag === "Write" || state.values.includes(result)
    ? state
    : { ...state, violation: `${node} read ${describeValue(result)}, which nobody had begun to write` }
}

/** The observer of what is read: everybody knows the initial value. */
export const writtenValues: Observer<Begun, Seen> = {
  name: "written-values",
  initial: { values: [null], violation: null },
  observe,
  // The earlier a read returns, the fewer writes have begun.
  allowsEarlierResponses: true,
  mentionsServers: false,
  violation: ({ violation }) => violation ?? undefined
}

/** No storage node can have a client read what it made up. */
export const onlyWrittenValues: Observed<unknown, Seen> = {
  _tag: "Observed",
  name: "only-written-values",
  about: "a read returns the initial value, or one that a write which has begun writes",
  observer: () => writtenValues,
  canFailAt: (observation) => observation._tag === "Response" && observation.operation._tag === "Read"
}
