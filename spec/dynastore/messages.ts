/**
 * The messages of DynaStore (tutorial 6): those of majority replication, which read and write the data in a
 * configuration, and those of weak snapshots, which say of which configuration's snapshot they are.
 */
import * as Schema from "effect/Schema"
import { describePair, Pair } from "../register/pair.ts"
import * as Snapshot from "../weak-snapshot/messages.ts"
import { describeView, View } from "./view.ts"

const { InPhase } = Snapshot

/** The weak snapshot's questions, each about the snapshot of one view. */
export const Endorse = Schema.Struct({ ...Snapshot.Endorse.fields, view: View })
export const Store = Schema.Struct({ ...Snapshot.Store.fields, view: View })
export const Collect = Schema.Struct({ ...Snapshot.Collect.fields, view: View })
export const SnapshotQuestion = Schema.Union([Endorse, Store, Collect])
export type SnapshotQuestion = typeof SnapshotQuestion.Type

/** The Get phase of 2.3: send your vt-pair. */
export const GetRequest = Schema.TaggedStruct("Get", InPhase)
/** A storage node's vt-pair. */
export const GetReply = Schema.TaggedStruct("GetReply", { ...InPhase, pair: Pair })
/** The Set phase of 2.3: store the vt-pair. */
export const SetRequest = Schema.TaggedStruct("Set", { ...InPhase, pair: Pair })
/** The storage node holds this vt-pair or a newer one. */
export const SetReply = Schema.TaggedStruct("SetReply", InPhase)

export const Message = Schema.Union([
  SnapshotQuestion,
  Snapshot.Answer,
  GetRequest,
  GetReply,
  SetRequest,
  SetReply
])
export type Message = typeof Message.Type
export type GetRequest = typeof GetRequest.Type
export type GetReply = typeof GetReply.Type
export type SetRequest = typeof SetRequest.Type
export type SetReply = typeof SetReply.Type

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
    case "Endorse":
    case "Store":
    case "Collect":
      return `${Snapshot.describeMessage(message)} in ${describeView(message.view)}`
    default:
      return Snapshot.describeMessage(message)
  }
}
