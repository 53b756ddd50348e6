/**
 * The messages of a membership service that moves to other nodes.
 *
 * The log is an interface: it sends what the replicas have agreed on, in order, and receives what
 * they submit.
 */
import * as Schema from "effect/Schema"
import { describeView, View } from "../../administrator/view.ts"
import { Encrypted, SymmetricKey } from "../../kernel/cryptography.ts"
import { Count, SetOf } from "../../kernel/node.ts"
import { Partial, Share, SubShare } from "../../kernel/threshold.ts"
import { ClientId, ServerId } from "../../nodes/nodes.ts"
import { EpochPart } from "../following.ts"

/**
 * The key with which a node reads what is dealt to it, hashed once for each epoch that has ended.
 */
export const ReadingKey = SymmetricKey(ServerId)
export type ReadingKey = typeof ReadingKey.Type

/** A replica's share of the service's key. */
export const ServiceShare = Share(ServerId)
export type ServiceShare = typeof ServiceShare.Type

/** A part of a share, encrypted for its holder. */
export const Sealed = Encrypted(ServerId, SubShare(ServerId))
export type Sealed = typeof Sealed.Type

/**
 * What tells a question from all others: who asks, in which operation, and in which epochs, of the
 * service and of the system whose members it tracks.
 */
export const Nonce = Schema.Struct({
  client: ClientId,
  operation: Count,
  number: Count,
  system: Count
})
export type Nonce = typeof Nonce.Type

/** "These epochs are not over", in answer to a question. */
export const Statement = Schema.Struct({ nonce: Schema.NullOr(Nonce), view: View })
export type Statement = typeof Statement.Type
/** A replica's part of the answer. */
export const StatementPart = Partial(ServerId, Statement)
export type StatementPart = typeof StatementPart.Type

/** The log: the service moves, to the replicas of this epoch. */
export const Move = Schema.TaggedStruct("Move", { view: View })
/** A replica signs the certificate of the next epoch. */
export const Certify = Schema.TaggedStruct("Certify", { part: EpochPart })
/** To the log: a replica reshares its share among the replicas of this epoch. */
export const Deal = Schema.TaggedStruct("Deal", { number: Count, sealed: SetOf(Sealed) })
export type Deal = typeof Deal.Type
/** The log: enough replicas have dealt; what they have dealt to the receiver. */
export const Dealt = Schema.TaggedStruct("Dealt", { number: Count, sealed: SetOf(Sealed) })
export type Dealt = typeof Dealt.Type
/** To the log: a replica has erased its secrets of the epoch before this one. */
export const Erased = Schema.TaggedStruct("Erased", { number: Count })
/** The log: the epoch before this one has ended; the epoch that the system is in by then. */
export const Begin = Schema.TaggedStruct("Begin", { number: Count, system: Count })
/**
 * The log, in this epoch of the service: the system goes on to the epoch of this number. (To
 * clients it stands for the certificate of that epoch, which `tracking` is about.)
 */
export const Advance = Schema.TaggedStruct("Advance", { epoch: Count, number: Count })
export type Advance = typeof Advance.Type
/** A client asks whether its epochs are the current ones. */
export const Ask = Schema.TaggedStruct("Ask", { nonce: Nonce })
export type Ask = typeof Ask.Type
/** A replica's part of the answer. */
export const Answer = Schema.TaggedStruct("Answer", { part: StatementPart })
export type Answer = typeof Answer.Type

export const Message = Schema.Union([
  Move,
  Certify,
  Deal,
  Dealt,
  Erased,
  Begin,
  Advance,
  Ask,
  Answer
])
export type Message = typeof Message.Type

export const describeMessage = (message: Message): string => {
  switch (message._tag) {
    case "Move":
      return `the service moves to ${describeView(message.view)}`
    case "Certify": {
      const { content, holder, dealing } = message.part
      return `${describeView(content)}, signed with the share of ${holder} in dealing ${dealing}`
    }
    case "Deal":
      return `deals its share anew, for epoch ${message.number}`
    case "Dealt":
      return `shares are dealt for epoch ${message.number}`
    case "Erased":
      return `has erased what it had before epoch ${message.number}`
    case "Begin":
      return `epoch ${message.number} begins`
    case "Advance":
      return `the system goes on to its epoch ${message.number}`
    case "Ask":
      return `is epoch ${message.nonce.number} the current one? (${describeNonce(message.nonce)})`
    case "Answer": {
      const { content, holder, dealing } = message.part
      const asked = content.nonce === null ? "" : ` (${describeNonce(content.nonce)})`
      return `epoch ${content.view.number} is the current one${asked}, signed with the share of ${holder} in dealing ${dealing}`
    }
  }
}

const describeNonce = ({ client, operation, number, system }: Nonce): string =>
  `question ${operation} of ${client} in epoch ${number}${system > 0 ? ` and epoch ${system} of the system` : ""}`
