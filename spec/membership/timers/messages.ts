/**
 * The messages about the membership service's timers: the submissions of replicas to the log when
 * one of their timers runs out, and the log's current place.
 */
import * as Schema from "effect/Schema"
import { Signed } from "../../kernel/cryptography.ts"
import { Count } from "../../kernel/node.ts"
import { ServerId } from "../../nodes/nodes.ts"

/** What begins when it is due: the next round of probing, or the next epoch. */
export const What = Schema.Literals(["round", "epoch"])
export type What = typeof What.Type

/** "The next round, or epoch, after this one is due." */
export const DueContent = Schema.Struct({ what: What, epoch: Count, round: Count })
export type DueContent = typeof DueContent.Type
export const SignedDue = Signed(ServerId, DueContent)
export type SignedDue = typeof SignedDue.Type

/** The replicas whose timers ran out, in this epoch and round. */
export const DueBy = Schema.Struct({ what: What, by: ServerId })
export type DueBy = typeof DueBy.Type

/** To the log: a timer of a replica has run out. */
export const Due = Schema.TaggedStruct("Due", { due: SignedDue })
export type Due = typeof Due.Type
/** The log: this round of this epoch has begun. */
export const Now = Schema.TaggedStruct("Now", { epoch: Count, round: Count })

export const Message = Schema.Union([Due, Now])
export type Message = typeof Message.Type

export const describeMessage = (message: Message): string => {
  switch (message._tag) {
    case "Due": {
      const { signer, content } = message.due
      return `${signer}: the next ${content.what} after round ${content.round} of epoch ${content.epoch} is due`
    }
    case "Now":
      return `round ${message.round} of epoch ${message.epoch} begins`
  }
}
