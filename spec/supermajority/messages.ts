/**
 * The messages of super-majority replication: those of majority replication (tutorial 2.3), in
 * which a vt-pair comes with the signature of its writer.
 *
 * Each carries the number of the client's operation that it belongs to. Together with its tag that
 * tells a client whether a reply is one that it waits for.
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
