/**
 * Nothing is read that nobody wrote: what a register promises where storage nodes lie, beside
 * atomicity. The clients are correct: what a lying client writes is a value like any other.
 */
import * as Schema from "effect/Schema"
import { including } from "../kernel/data.ts"
import { SetOf } from "../kernel/node.ts"
import type { AnyNote, AnyOperation, Observation } from "../kernel/observation.ts"
import type { Event, Observer } from "../kernel/observer.ts"
import type { Observed } from "../kernel/property.ts"
import { describeValue, isAccess, Value } from "./operation.ts"

/** Operations on a register, and others beside them. */
type Seen = Observation<AnyOperation, Value, AnyNote>

/**
 * The values of all writes that have begun, and the first read that returned another one, in words.
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
        violation: `${node} read ${describeValue(result)}, which nobody had begun to write`
      }
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
  canFailAt: (observation) =>
    observation._tag === "Response" && observation.operation._tag === "Read"
}
