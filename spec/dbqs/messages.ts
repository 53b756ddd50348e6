/**
 * The messages of dBQS (protocols.md 8.2).
 *
 * "Every client request carries" its epoch: the number in its nonce. A nonce identifies a phase, so
 * a phase that restarts in another epoch is another phase.
 */
import * as Schema from "effect/Schema"
import { Count, SetOf, Text } from "../kernel/node.ts"
import { ClientId } from "../nodes/nodes.ts"
import { describeWritten, Written } from "../supermajority/signed-pair.ts"
import { Data } from "./content.ts"
import { Certificate, describeEpoch } from "./epoch.ts"
import { describeStored, Stored } from "./stored.ts"

/** The client of the phase, its operation, and the epoch. */
export const Nonce = Schema.Struct({
  asker: ClientId,
  operation: Count,
  number: Count,
  stage: Schema.Literals(["get", "set"])
})
export type Nonce = typeof Nonce.Type

/**
 * A client asks the replicas for what they have of the public-key object, or of the object with
 * this hash.
 */
export const Get = Schema.TaggedStruct("Get", { nonce: Nonce, hash: Schema.optionalKey(Text) })
/** A client asks the replicas to store this. */
export const SetRequest = Schema.TaggedStruct("Set", { nonce: Nonce, stored: Stored })
export const Question = Schema.Union([Get, SetRequest])
export type Question = typeof Question.Type

/** A replica has done what the question asks, and sends what it has now. */
export const Answer = Schema.TaggedStruct("Answer", { nonce: Nonce, stored: Stored })
export type Answer = typeof Answer.Type
/** STALE(e, certificate): the replica has left the epoch of the question for this one. */
export const Stale = Schema.TaggedStruct("Stale", { nonce: Nonce, certificate: Certificate })
export type Stale = typeof Stale.Type

/** The membership service announces an epoch. */
export const Notice = Schema.TaggedStruct("Notice", { certificate: Certificate })
export type Notice = typeof Notice.Type

/** A new replica asks the old ones for the data they had in the epoch with this number. */
export const Transfer = Schema.TaggedStruct("Transfer", { number: Count })
export type Transfer = typeof Transfer.Type
/**
 * An old replica has left that epoch, and sends what it had then, or newer: the newest version that
 * it knows, and all data.
 */
export const Handover = Schema.TaggedStruct("Handover", {
  number: Count,
  written: Written,
  contents: SetOf(Data)
})
export type Handover = typeof Handover.Type
/**
 * A replica of the epoch with this number has the data: replicas that left no longer need to keep
 * it for this one.
 */
export const Complete = Schema.TaggedStruct("Complete", { number: Count })
export type Complete = typeof Complete.Type

export const Message = Schema.Union([
  ...Question.members,
  Answer,
  Stale,
  Notice,
  Transfer,
  Handover,
  Complete
])
export type Message = typeof Message.Type

const describeNonce = ({ asker, operation, number, stage }: Nonce): string =>
  `${asker}'s ${stage} ${operation} in epoch ${number}`

export const describeMessage = (message: Message): string => {
  switch (message._tag) {
    case "Get":
      return `get${message.hash === undefined ? "" : ` ${message.hash}`} in epoch ${message.nonce.number}`
    case "Set":
      return `set ${describeStored(message.stored)} in epoch ${message.nonce.number}`
    case "Answer":
      return `has ${describeStored(message.stored)} (to ${describeNonce(message.nonce)})`
    case "Stale":
      return `STALE, it is ${describeEpoch(message.certificate.content)}`
    case "Notice":
      return `it is ${describeEpoch(message.certificate.content)}`
    case "Transfer":
      return `what did you have in epoch ${message.number}?`
    case "Handover":
      return `had ${describeWritten(message.written)}${message.contents.map((data) => `, ${describeStored(data)}`).join("")} in epoch ${message.number}`
    case "Complete":
      return `has the data in epoch ${message.number}`
  }
}
