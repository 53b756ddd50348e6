/**
 * The messages of reconfiguration along an agreed sequence (tutorial, section 5).
 *
 * Each message carries the number of the client's operation and the number of the phase within it.
 * Each reply carries the storage node's cmap.
 */
import * as Schema from "effect/Schema"
import { Configuration, Floor, listed } from "../configuration/configuration.ts"
import * as Consensus from "../consensus/messages.ts"
import * as Directory from "../directory/directory.ts"
import { Count } from "../kernel/node.ts"
import { describePair, describeTimestamp, Pair } from "../register/pair.ts"
import { ConfigurationMap, describeMap } from "./configuration-map.ts"

export const InPhase = { operation: Count, phase: Count }
export interface InPhase {
  readonly operation: number
  readonly phase: number
}
const withMap = { ...InPhase, map: ConfigurationMap }

/** "It sends a request to the storage nodes in the active configurations." */
export const GetRequest = Schema.TaggedStruct("Get", InPhase)
/** "Each storage node replies with its vt-pair and its cmap." */
export const GetReply = Schema.TaggedStruct("GetReply", { ...withMap, pair: Pair })
/** "The client sends the picked vt-pair to the storage nodes in the active configurations." */
export const SetRequest = Schema.TaggedStruct("Set", {
  ...InPhase,
  pair: Pair,
  /** The floor that the client knew before its Get phase, if there was one (`floor.ts`). */
  floor: Schema.optionalKey(Floor)
})
/** "And then sends back an acknowledgement", which "piggybacks the storage node's cmap". */
export const SetReply = Schema.TaggedStruct("SetReply", withMap)
/** Action 1, to a storage node of c: store this cmap, which contains c'. */
export const StorePointer = Schema.TaggedStruct("StorePointer", withMap)
/** The storage node has stored the cmap; this is its vt-pair. */
export const PointerStored = Schema.TaggedStruct("PointerStored", { ...withMap, pair: Pair })
/** To a storage node of c': store this cmap, in which c is retired. */
export const Retire = Schema.TaggedStruct("Retire", withMap)
/** The storage node has stored the cmap. */
export const Retired = Schema.TaggedStruct("Retired", withMap)
/** A proposer's message in the instance of consensus of the configuration with this index. */
export const Ballot = Schema.TaggedStruct("Ballot", {
  ...InPhase,
  instance: Count,
  message: Consensus.Message(Configuration)
})
/**
 * The acceptor's answer in that instance. A storage node that knows the decision rejects; its cmap
 * contains the decision.
 */
export const BallotReply = Schema.TaggedStruct("BallotReply", {
  ...withMap,
  instance: Count,
  message: Consensus.Message(Configuration)
})
/** Client to a storage node named in a hint: send your cmap. */
export const AskMap = Schema.TaggedStruct("AskMap", {})
/** The storage node's cmap. */
export const MapReply = Schema.TaggedStruct("MapReply", { map: ConfigurationMap })

export const Message = Schema.Union([
  GetRequest,
  GetReply,
  SetRequest,
  SetReply,
  StorePointer,
  PointerStored,
  Retire,
  Retired,
  Ballot,
  BallotReply,
  AskMap,
  MapReply,
  Directory.Announce,
  Directory.Announced,
  Directory.Hint
])
export type Message = typeof Message.Type
export type GetRequest = typeof GetRequest.Type
export type GetReply = typeof GetReply.Type
export type SetRequest = typeof SetRequest.Type
export type SetReply = typeof SetReply.Type
export type StorePointer = typeof StorePointer.Type
export type PointerStored = typeof PointerStored.Type
export type Retire = typeof Retire.Type
export type Retired = typeof Retired.Type
export type Ballot = typeof Ballot.Type
export type BallotReply = typeof BallotReply.Type
export type AskMap = typeof AskMap.Type
export type MapReply = typeof MapReply.Type

/** The tags of messages never sent in this system: without a directory, those for discovery. */
export const unused = ({ directory }: Directory.WithDirectory): ReadonlyArray<string> =>
  directory === undefined ? ["AskMap", "MapReply", "Announce", "Announced", "Hint"] : []

/** The messages that a client sends. */
export type Question =
  | GetRequest
  | SetRequest
  | StorePointer
  | Retire
  | Ballot
  | AskMap
  | Directory.Announce

/** The messages of an operation: all but those for discovery and the directory. */
export type OfOperation = Extract<Message, { readonly operation: number }>

/** The replies in the Get and Set phases and in the stages of a reconfiguration. */
export type Reply = GetReply | SetReply | PointerStored | Retired

/**
 * True for messages that only a reconfigurer sends: they decide on the next configuration, or
 * retire one. Reads and writes learn of configurations but do not pass them on.
 */
export const reconfigures = (message: Message): boolean => {
  switch (message._tag) {
    case "StorePointer":
    case "Retire":
    case "Ballot":
      return true
    case "Get":
    case "Set":
    case "GetReply":
    case "SetReply":
    case "PointerStored":
    case "Retired":
    case "BallotReply":
    case "AskMap":
    case "MapReply":
    case "Announce":
    case "Announced":
    case "Hint":
      return false
  }
}

export const describeMessage = (message: Message): string => {
  switch (message._tag) {
    case "Get":
      return "get"
    case "GetReply":
      return `has ${describePair(message.pair)}, knows ${describeMap(message.map)}`
    case "Set":
      return `set ${describePair(message.pair)}${message.floor === undefined ? "" : `, found above ${describeTimestamp(message.floor)}`}`
    case "SetReply":
      return `ack, knows ${describeMap(message.map)}`
    case "StorePointer":
      return `next is ${describeMap(message.map)}`
    case "PointerStored":
      return `stored, has ${describePair(message.pair)}, knows ${describeMap(message.map)}`
    case "Retire":
      return `retired: ${describeMap(message.map)}`
    case "Retired":
      return `stored, knows ${describeMap(message.map)}`
    case "Ballot":
      return `after ${message.instance}: ${describeBallot(message.message)}`
    case "BallotReply":
      return `after ${message.instance}: ${describeBallot(message.message)}, knows ${describeMap(message.map)}`
    case "AskMap":
      return "which configurations?"
    case "MapReply":
      return `knows ${describeMap(message.map)}`
    case "Announce":
    case "Announced":
    case "Hint":
      return Directory.describeMessage(message)
  }
}

const describeBallot = (message: Consensus.Message<Configuration>): string =>
  Consensus.describeMessage(message, ({ members }) => listed(members))
