/**
 * Reads return only written values: a property of registers under Byzantine storage nodes, in
 * addition to atomicity. The clients are correct; a value written by a lying client is like any
 * other.
 */
import * as Schema from "effect/Schema"
import { including } from "../kernel/data.ts"
import { SetOf } from "../kernel/node.ts"
import type { AnyNote, AnyOperation, Observation } from "../kernel/observation.ts"
import type { Event, Observer } from "../kernel/observer.ts"
import type { Observed } from "../kernel/property.ts"
import { describeValue, isAccess, Value } from "./operation.ts"

/** Operations on a register, and others. */
type Seen = Observation<AnyOperation, Value, AnyNote>

/**
 * The values of all writes that have begun, and the first read that returned another value,
 * described.
 */
const Begun = Schema.Struct({ values: SetOf(Value), violation: Schema.NullOr(Schema.String) })
type Begun = typeof Begun.Type

const observe = (state: Begun, event: Event<Seen>): Begun => {
  if (state.violation !== null || event._tag === "Fault" || event.observation._tag === "Note")
    return state
  const { node, observation } = event
  const { operation } = observation
  if (!isAccess(operation)) return state
  if (observation._tag === "Invocation")
    return operation._tag === "Write"
      ? { ...state, values: including(state.values, operation.value) }
      : state
  const { result } = observation
  return operation._tag === "Write" || state.values.includes(result)
    ? state
    : {
        ...state,
        violation: `${node} read ${describeValue(result)}, which no client had begun to write`
      }
}

/** The observer of read values. Reads may return the initial value. */
export const writtenValues: Observer<Begun, Seen> = {
  name: "written-values",
  initial: { values: [null], violation: null },
  observe,
  // The earlier a read returns, the fewer writes have begun.
  allowsEarlierResponses: true,
  mentionsServers: false,
  violation: ({ violation }) => violation ?? undefined
}

/** No storage node can make a client read an invented value. */
export const onlyWrittenValues: Observed<unknown, Seen> = {
  _tag: "Observed",
  name: "only-written-values",
  about: "a read returns the initial value, or the value of a write that has begun",
  observer: () => writtenValues,
  canFailAt: (observation) =>
    observation._tag === "Response" && observation.operation._tag === "Read"
}
