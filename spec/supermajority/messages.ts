/**
 * The messages of super-majority replication: those of majority replication (tutorial 2.3), with
 * each vt-pair signed by its writer.
 *
 * Each message carries the number of its operation, counted by the client. By this number and the
 * tag a client recognises the replies it is waiting for.
 */
import * as Schema from "effect/Schema"
import { Count } from "../kernel/node.ts"
import { GetRequest, SetReply } from "../majority/messages.ts"
import { describeWritten, Written } from "./signed-pair.ts"

/** A storage node's vt-pair. */
export const GetReply = Schema.TaggedStruct("GetReply", { operation: Count, written: Written })
/** "The client asks storage nodes to store the vt-pair." */
export const SetRequest = Schema.TaggedStruct("Set", { operation: Count, written: Written })

export const Message = Schema.Union([GetRequest, GetReply, SetRequest, SetReply])
export type Message = typeof Message.Type
export type GetReply = typeof GetReply.Type
export type SetRequest = typeof SetRequest.Type

export const describeMessage = (message: Message): string => {
  switch (message._tag) {
    case "Get":
      return "get"
    case "GetReply":
      return `has ${describeWritten(message.written)}`
    case "Set":
      return `set ${describeWritten(message.written)}`
    case "SetReply":
      return "ack"
  }
}
