/**
 * What masking replication promises about its timestamps: no liar can exhaust them.
 */
import * as Schema from "effect/Schema"
import { Count } from "../kernel/node.ts"
import type { AnyNote, AnyOperation, Note, Observation } from "../kernel/observation.ts"
import type { Event, Observer } from "../kernel/observer.ts"
import type { Observed } from "../kernel/property.ts"
import type { AccessObservation } from "../register/operation.ts"
import type { Timestamp } from "../register/pair.ts"

/** A write has chosen its timestamp. */
export type Chose = Note<"chose", Timestamp>

/** The observations of masking replication. */
export type MaskingObservation = AccessObservation | Chose

type Seen = Observation<AnyOperation, unknown, AnyNote>

const isChoice = (note: AnyNote): note is Chose => note.name === "chose"

/**
 * The number of writes that have begun, and the first write that chose a larger number, in words.
 */
export const Counted = Schema.Struct({ begun: Count, violation: Schema.NullOr(Schema.String) })
export type Counted = typeof Counted.Type

const observe = (state: Counted, event: Event<Seen>): Counted => {
  if (state.violation !== null || event._tag === "Fault") return state
  const { node, observation } = event
  if (observation._tag === "Note") {
    if (!isChoice(observation) || observation.detail.number <= state.begun) return state
    const { number } = observation.detail
    return {
      ...state,
      violation: `${node} chose number ${number} for its write when ${state.begun} had begun`
    }
  }
  const isNew = observation._tag === "Invocation" && observation.operation._tag === "Write"
  return isNew ? { ...state, begun: state.begun + 1 } : state
}

/** The observer of timestamps. */
export const timestampCount: Observer<Counted, Seen> = {
  name: "timestamp-count",
  initial: { begun: 0, violation: null },
  observe,
  // The earlier a write chooses, the fewer writes have begun.
  allowsEarlierResponses: true,
  mentionsServers: false,
  violation: ({ violation }) => violation ?? undefined
}

/** A liar cannot inflate timestamps. */
export const timestampsCountWrites: Observed<unknown, Seen> = {
  _tag: "Observed",
  name: "timestamps-count-writes",
  about: "no write chooses a timestamp with a number above that of the writes that have begun",
  observer: () => timestampCount,
  canFailAt: (observation) => observation._tag === "Note" && isChoice(observation)
}
