/**
 * The messages of reconfiguration by an administrator (tutorial 7.2): those of super-majority
 * replication, extended with the configuration in which they are asked, and those by which the
 * administrator changes the configuration.
 *
 * A question carries a nonce, and its answer repeats the nonce, so an answer counts only for the
 * question that it answers.
 */
import * as Schema from "effect/Schema"
import { Count } from "../kernel/node.ts"
import { AdministratorId, ClientId } from "../nodes/nodes.ts"
import { describeWritten, SignedPair } from "../supermajority/signed-pair.ts"
import { describeView, View } from "./view.ts"

/** What storage nodes keep and send: a pair signed by a writer, or null before the first write. */
export const Stored = Schema.NullOr(SignedPair)
export type Stored = typeof Stored.Type

/**
 * Identifies a question uniquely: the node that asks, its operation, the configuration and the
 * phase. No node asks the same question twice. (A nonce can be guessed. That does no harm: a
 * storage node answers the node that asks, over authentic links, so no other node can obtain the
 * answer to a future question.)
 */
export const Nonce = Schema.Struct({
  asker: Schema.Union([ClientId, AdministratorId]),
  operation: Count,
  number: Count,
  stage: Schema.Literals(["get", "confirm", "set", "stop"])
})
export type Nonce = typeof Nonce.Type

/** `number` is the number of the configuration in which the client asks. */
const question = { number: Count, nonce: Nonce }

/** "The client asks storage nodes for their vt-pairs" (2.3). */
export const Get = Schema.TaggedStruct("Get", question)
/** The client asks whether the storage nodes still serve this configuration. */
export const Confirm = Schema.TaggedStruct("Confirm", question)
/** "The client asks storage nodes to store the vt-pair" (2.3). */
export const SetRequest = Schema.TaggedStruct("Set", { ...question, written: SignedPair })
/** The questions that clients ask storage nodes. */
export const Question = Schema.Union([Get, Confirm, SetRequest])
export type Question = typeof Question.Type

/**
 * A storage node has done what the question with this nonce asks, and sends what it holds now.
 */
export const Answer = Schema.TaggedStruct("Answer", { nonce: Nonce, written: Stored })
export type Answer = typeof Answer.Type

/**
 * Administrator to storage nodes: NEW_VIEW, the configuration from now on. The nodes that stop
 * answer it. `old` is the metadata of the previous configuration.
 */
export const newView = { view: View, old: View, nonce: Nonce }
export const NewView = Schema.TaggedStruct("NewView", newView)
export type NewView = typeof NewView.Type
/**
 * Administrator to the new members: begin to serve the configuration with this number, with this
 * data.
 */
export const Begin = Schema.TaggedStruct("Begin", { number: Count, written: Stored })
export type Begin = typeof Begin.Type
/** Administrator to clients: this is the configuration from now on. */
export const Notice = Schema.TaggedStruct("Notice", { view: View })
export type Notice = typeof Notice.Type

/** Administrator to the trusted server, in a system that has one: the configuration from now on. */
export const Announce = Schema.TaggedStruct("Announce", { view: View })
/** The trusted server knows the configuration with this number, or a later one. */
export const Announced = Schema.TaggedStruct("Announced", { number: Count })
/** Client to the trusted server: which is the configuration now? */
export const Ask = Schema.TaggedStruct("Ask", { nonce: Nonce })
/** The trusted server answers that this was the configuration when it was asked. */
export const Current = Schema.TaggedStruct("Current", { nonce: Nonce, view: View })
export type Current = typeof Current.Type

/** The messages whose sender needs no proof, since links are authentic. */
export const Plain = Schema.Union([Question, Begin, Notice, Announce, Announced, Ask, Current])
export type Plain = typeof Plain.Type

export const Message = Schema.Union([...Plain.members, Answer, NewView])
export type Message = typeof Message.Type

const describeNonce = ({ asker, operation, number, stage }: Nonce): string =>
  `${asker}'s ${stage} ${operation} in configuration ${number}`

export const describeMessage = (message: Message): string => {
  switch (message._tag) {
    case "Get":
      return `get in configuration ${message.number}`
    case "Confirm":
      return `do you still serve configuration ${message.number}?`
    case "Set":
      return `set ${describeWritten(message.written)} in configuration ${message.number}`
    case "Answer":
      return `has ${describeWritten(message.written)} (to ${describeNonce(message.nonce)})`
    case "NewView":
      return `NEW_VIEW: ${describeView(message.view)}`
    case "Begin":
      return `serve configuration ${message.number} with ${describeWritten(message.written)}`
    case "Notice":
      return `the configuration is ${describeView(message.view)}`
    case "Announce":
      return `the configuration is ${describeView(message.view)}`
    case "Announced":
      return "noted"
    case "Ask":
      return "what is the current configuration?"
    case "Current":
      return `it is ${describeView(message.view)}`
  }
}
