/**
 * The messages about checkpoints: the entries of the log, and the states that replicas have
 * computed from them.
 *
 * In PBFT a replica that lacks messages which the others have discarded fetches a stable checkpoint
 * (Castro and Liskov, OSDI 1999, 4.3 and 4.6). There, 2f+1 signed CHECKPOINTs prove it, since the
 * primaries of later views rely on it. Here only the replica that was left behind does, and it
 * needs to know that one correct replica has computed the state: f+1 vouch for it.
 */
import * as Schema from "effect/Schema"
import { Count } from "../../kernel/node.ts"
import { describeValue, Value } from "../../register/operation.ts"

/** The state after this number of slots: all entries so far, one after the other. */
export const Checkpoint = Schema.Struct({
  number: Count,
  entries: Schema.Array(Value).check(Schema.isMaxLength(64))
})
export type Checkpoint = typeof Checkpoint.Type

/** To the log: a client submits an entry. */
export const Submit = Schema.TaggedStruct("Submit", { content: Value })
/** The log: it has the client's entry. */
export const Appended = Schema.TaggedStruct("Appended", {})
/** The log: what the slot with this number has. */
export const Entry = Schema.TaggedStruct("Entry", { slot: Count, content: Value })
/** A replica has computed this state, and discards what led to it. */
export const Vouch = Schema.TaggedStruct("Vouch", { checkpoint: Checkpoint })

export const Message = Schema.Union([Submit, Appended, Entry, Vouch])
export type Message = typeof Message.Type

export const describeMessage = (message: Message): string => {
  switch (message._tag) {
    case "Submit":
      return `submits ${describeValue(message.content)}`
    case "Appended":
      return "the log has it"
    case "Entry":
      return `slot ${message.slot} has ${describeValue(message.content)}`
    case "Vouch": {
      const { number, entries } = message.checkpoint
      return `after ${number} slots the state is ${entries.map(describeValue).join(", ")}`
    }
  }
}
