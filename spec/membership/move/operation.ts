/**
 * The question of a client to the membership service: which epoch is the current one.
 */
import * as Schema from "effect/Schema"
import type { ObjectType } from "../../kernel/object.ts"
import type { Observation } from "../../kernel/observation.ts"
import type { Value } from "../../register/operation.ts"

export const AskEpoch = Schema.TaggedStruct("Ask", {})
export type AskEpoch = typeof AskEpoch.Type
/** It returns the number of the epoch. */
export type EpochObservation = Observation<AskEpoch, Value>

/** The current epoch of a system. */
export const epoch: ObjectType<AskEpoch, Value> = {
  name: "epoch",
  Operation: AskEpoch,
  kinds: [
    {
      tag: "Ask",
      syntax: "ask",
      parse: (words) => (words.length > 0 ? undefined : { _tag: "Ask" })
    }
  ],
  describe: () => "ask",
  isKnownByResult: () => true,
  describeResult: (_, result) => `epoch ${result}`
}
