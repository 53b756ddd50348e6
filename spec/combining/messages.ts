/**
 * The messages between users and gateways, beside those of majority replication.
 */
import * as Schema from "effect/Schema"
import { Count } from "../kernel/node.ts"
import * as Majority from "../majority/messages.ts"
import { Access, describeValue, register, Value } from "../register/operation.ts"

/** A user asks its gateway to execute an operation; `number` counts the user's operations. */
export const Ask = Schema.TaggedStruct("Ask", { number: Count, asked: Access })
/** The gateway answers with the result. */
export const Answered = Schema.TaggedStruct("Answered", { number: Count, result: Value })

export const Message = Schema.Union([...Majority.Message.members, Ask, Answered])
export type Message = typeof Message.Type

/** True of a message between a gateway and a storage node. */
export const isOfMajority = (message: Message): message is Majority.Message =>
  message._tag !== "Ask" && message._tag !== "Answered"

export type Ask = typeof Ask.Type
export type Answered = typeof Answered.Type

export const describeMessage = (message: Message): string => {
  if (isOfMajority(message)) return Majority.describeMessage(message)
  return message._tag === "Ask"
    ? `asks to ${register.describe(message.asked)}`
    : `result ${describeValue(message.result)}`
}
