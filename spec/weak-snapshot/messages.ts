/**
 * The messages of a weak snapshot (tutorial 6).
 *
 * There are three questions: endorse a change, store endorsements (the Set phase on the matrix),
 * and send your array. A message carries the number of the client's operation and the number of the
 * phase within it, since an operation has several phases of the same kind.
 */
import * as Schema from "effect/Schema"
import { Count } from "../kernel/node.ts"
import { describeChange } from "../storage/reconfiguration.ts"
import { Change } from "./change.ts"
import { describeEndorsements, Endorsements } from "./endorsements.ts"

/** The client's operation and phase that a message belongs to. */
export const InPhase = { operation: Count, phase: Count }

/** "It sends an endorsement request with d to the storage nodes in c." */
export const Endorse = Schema.TaggedStruct("Endorse", { ...InPhase, change: Change })
/** The change that the storage node endorses: d, or an earlier one. */
export const Endorsed = Schema.TaggedStruct("Endorsed", { ...InPhase, change: Change })
/** "It ensures that a majority of the storage nodes know": add these to your array. */
export const Store = Schema.TaggedStruct("Store", { ...InPhase, endorsements: Endorsements })
/** The storage node has added them. */
export const Stored = Schema.TaggedStruct("Stored", InPhase)
/** "A client collects the arrays." */
export const Collect = Schema.TaggedStruct("Collect", InPhase)
/** A storage node's array. */
export const Collected = Schema.TaggedStruct("Collected", {
  ...InPhase,
  endorsements: Endorsements
})

export const Question = Schema.Union([Endorse, Store, Collect])
export type Question = typeof Question.Type
export const Answer = Schema.Union([Endorsed, Stored, Collected])
export type Answer = typeof Answer.Type
export const Message = Schema.Union([Question, Answer])
export type Message = typeof Message.Type

export type Endorse = typeof Endorse.Type
export type Endorsed = typeof Endorsed.Type
export type Store = typeof Store.Type
export type Collected = typeof Collected.Type

export const describeMessage = (message: Message): string => {
  switch (message._tag) {
    case "Endorse":
      return `endorse ${describeChange(message.change)}`
    case "Endorsed":
      return `endorses ${describeChange(message.change)}`
    case "Store":
      return `store ${describeEndorsements(message.endorsements)}`
    case "Stored":
      return "stored"
    case "Collect":
      return "collect"
    case "Collected":
      return `knows ${describeEndorsements(message.endorsements)}`
  }
}
