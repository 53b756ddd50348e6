/**
 * The messages of majority replication (tutorial 2.3).
 *
 * Each message carries the number of its operation, counted by the client. The tag gives the phase:
 * Get and its reply belong to the Get phase, Set and its acknowledgement to the Set phase. By these
 * two a client recognises the replies it is waiting for.
 */
import * as Schema from "effect/Schema"
import { Count } from "../kernel/node.ts"
import { describePair, Pair } from "../register/pair.ts"

/** "The client asks storage nodes to send their vt-pairs." */
export const GetRequest = Schema.TaggedStruct("Get", { operation: Count })
/** The storage node replies with its vt-pair. */
export const GetReply = Schema.TaggedStruct("GetReply", { operation: Count, pair: Pair })
/** "The client asks storage nodes to store the vt-pair." */
export const SetRequest = Schema.TaggedStruct("Set", { operation: Count, pair: Pair })
/** "In either case, the storage node sends an acknowledgement." */
export const SetReply = Schema.TaggedStruct("SetReply", { operation: Count })

export const Message = Schema.Union([GetRequest, GetReply, SetRequest, SetReply])
export type Message = typeof Message.Type
export type GetRequest = typeof GetRequest.Type
export type GetReply = typeof GetReply.Type
export type SetRequest = typeof SetRequest.Type
export type SetReply = typeof SetReply.Type

/** The two phases of an operation. */
export type PhaseName = "Get" | "Set"

/** The phase of a message. */
export const phaseOf = ({ _tag }: Pick<Message, "_tag">): PhaseName =>
  _tag === "Get" || _tag === "GetReply" ? "Get" : "Set"

export const describeMessage = (message: Message): string => {
  switch (message._tag) {
    case "Get":
      return "get"
    case "GetReply":
      return `has ${describePair(message.pair)}`
    case "Set":
      return `set ${describePair(message.pair)}`
    case "SetReply":
      return "ack"
  }
}
