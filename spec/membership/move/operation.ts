/**
 * The question of a client to the membership service: which epoch is the current one.
 */
import * as Schema from "effect/Schema"
import type { ObjectType } from "../../kernel/object.ts"
import type { Note, Observation } from "../../kernel/observation.ts"
import type { Value } from "../../register/operation.ts"

export const AskEpoch = Schema.TaggedStruct("Ask", {})
export type AskEpoch = typeof AskEpoch.Type

/** The client learns the current epoch of the system when it returns the service's epoch. */
export type Told = Note<"told", { readonly system: number }>
/** It returns the number of the epoch of the service. */
export type EpochObservation = Observation<AskEpoch, Value, Told>

/**
 * From now on the replica reports no earlier epoch of the system than this one. Once `enough`
 * correct replicas have advanced, no client learns of an earlier one.
 */
export type Advanced = Note<"advanced", { readonly number: number; readonly enough: number }>

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
