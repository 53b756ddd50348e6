/**
 * The messages of DynaStore (tutorial 6): those of majority replication, which read and write the
 * data in a configuration, and those of weak snapshots, each with the view of its snapshot. Systems
 * with a directory have further messages, by which clients find the latest configuration.
 */
import * as Schema from "effect/Schema"
import * as Directory from "../directory/directory.ts"
import { describePair, Pair } from "../register/pair.ts"
import * as Snapshot from "../weak-snapshot/messages.ts"
import { describeView, View } from "./view.ts"

const { InPhase } = Snapshot

/** The questions of the weak snapshot, each with the view of the snapshot. */
export const Endorse = Schema.Struct({ ...Snapshot.Endorse.fields, view: View })
export const Store = Schema.Struct({ ...Snapshot.Store.fields, view: View })
export const Collect = Schema.Struct({ ...Snapshot.Collect.fields, view: View })
export const SnapshotQuestion = Schema.Union([Endorse, Store, Collect])
export type SnapshotQuestion = typeof SnapshotQuestion.Type

/** The Get phase of 2.3: send your vt-pair. */
export const GetRequest = Schema.TaggedStruct("Get", InPhase)
/** The storage node replies with its vt-pair. */
export const GetReply = Schema.TaggedStruct("GetReply", { ...InPhase, pair: Pair })
/** The Set phase of 2.3: store the vt-pair. */
export const SetRequest = Schema.TaggedStruct("Set", { ...InPhase, pair: Pair })
/** The storage node has this vt-pair or a newer one. */
export const SetReply = Schema.TaggedStruct("SetReply", InPhase)

/**
 * Reconfigurer to a member of its last view: operations may begin there. (NOTIFY of the original
 * paper [2].)
 */
export const Notify = Schema.TaggedStruct("Notify", { ...InPhase, view: View })
/** The storage node knows this view or a later one. */
export const Notified = Schema.TaggedStruct("Notified", InPhase)
/** "It asks these storage nodes for their latest configuration." */
export const AskView = Schema.TaggedStruct("AskView", {})
/** The latest view that the storage node knows. */
export const ViewReply = Schema.TaggedStruct("ViewReply", { view: View })

export const Message = Schema.Union([
  SnapshotQuestion,
  Snapshot.Answer,
  GetRequest,
  GetReply,
  SetRequest,
  SetReply,
  Notify,
  Notified,
  AskView,
  ViewReply,
  ...Directory.Message.members
])
export type Message = typeof Message.Type
export type Notify = typeof Notify.Type
export type ViewReply = typeof ViewReply.Type
export type GetRequest = typeof GetRequest.Type
export type GetReply = typeof GetReply.Type
export type SetRequest = typeof SetRequest.Type
export type SetReply = typeof SetReply.Type

/** The tags of the messages that exist only in systems with a directory. */
export const onlyWithDirectory = [
  "Notify",
  "Notified",
  "AskView",
  "ViewReply",
  "Announce",
  "Announced",
  "Hint"
]

/** The messages of a phase: all but those for discovery and the directory. */
export type OfPhase = Extract<Message, { readonly phase: number }>

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
    case "Notify":
      return `operations may begin in ${describeView(message.view)}`
    case "Notified":
      return "noted"
    case "AskView":
      return "what is the latest configuration?"
    case "ViewReply":
      return `the latest is ${describeView(message.view)}`
    case "Announce":
    case "Announced":
    case "Hint":
      return Directory.describeMessage(message)
    case "Endorsed":
    case "Stored":
    case "Collected":
      return Snapshot.describeMessage(message)
  }
}
