/**
 * The messages of reconfiguration for storage nodes that serve many registers under one cmap.
 *
 * Messages about a register carry its name as key; messages about a node as a whole carry the empty
 * name (`wholeNode`).
 */
import * as Schema from "effect/Schema"
import { Floor } from "../../configuration/configuration.ts"
import { Hint } from "../../directory/directory.ts"
import { RegisterName } from "../../register/operation.ts"
import { describePair, describeTimestamp, Pair } from "../../register/pair.ts"
import { Removed } from "../../storage/reconfiguration.ts"
import { ConfigurationMap, describeMap } from "../configuration-map.ts"
import * as Rambo from "../messages.ts"

/** The key of messages about all registers of a node, or about its cmap. */
export const wholeNode = ""

/**
 * The maximum number of registers in one answer, and their maximum size as JSON, in bytes. A single
 * register may exceed the size.
 */
export const maxListed = 1024
export const maxListedBytes = 2 ** 20

/** A register of a storage node, with its vt-pair. */
export const Held = Schema.Struct({ name: RegisterName, pair: Pair })
export type Held = typeof Held.Type

/**
 * Action 1 for all registers: "store this cmap, which contains the next configuration, and list
 * your registers after this one in the order of their names". One answer lists at most `most`.
 */
export const List = Schema.TaggedStruct("List", {
  ...Rambo.InPhase,
  map: ConfigurationMap,
  after: Schema.NullOr(RegisterName),
  most: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: maxListed })),
  /** Whether to list only removed registers. */
  only: Schema.optionalKey(Schema.Literal("removed"))
})
/**
 * The storage node has stored the cmap; it sends its next registers, and whether they are the last.
 */
export const Listing = Schema.TaggedStruct("Listing", {
  ...Rambo.InPhase,
  map: ConfigurationMap,
  registers: Schema.Array(Held).check(Schema.isMaxLength(maxListed)),
  isLast: Schema.Boolean
})
/**
 * Action 2 for the registers of a list, to a storage node of the next configuration: store these
 * pairs.
 */
export const PopulateList = Schema.TaggedStruct("PopulateList", {
  ...Rambo.InPhase,
  registers: Schema.Array(Held).check(Schema.isMaxLength(maxListed)),
  /** The floor that its sender knew before it asked for the list, if there was one. */
  floor: Schema.optionalKey(Floor)
})
/** The storage node has each of these pairs, or a newer one. */
export const PopulatedList = Schema.TaggedStruct("PopulatedList", {
  ...Rambo.InPhase,
  map: ConfigurationMap
})
/** To a storage node: store this pair of this register. */
export const Populate = Schema.TaggedStruct("Populate", {
  ...Rambo.InPhase,
  ...Held.fields,
  /** The floor that its sender knew before it asked for the pair, if there was one. */
  floor: Schema.optionalKey(Floor)
})
/** The storage node has this pair of this register, or a newer one. */
export const Populated = Schema.TaggedStruct("Populated", {
  ...Rambo.InPhase,
  name: RegisterName,
  map: ConfigurationMap
})
/**
 * The storage node refuses a Set or a Populate below its floor: it may be an old message about a
 * removed register (`holding.ts`).
 */
export const Refused = Schema.TaggedStruct("Refused", {
  ...Rambo.InPhase,
  map: ConfigurationMap
})
/**
 * To a storage node: forget this register, if it was removed with this timestamp; enforce this
 * floor.
 */
export const Forget = Schema.TaggedStruct("Forget", {
  ...Rambo.InPhase,
  ...Removed.fields,
  floor: Floor,
  map: ConfigurationMap
})
/** The storage node has forgotten the register, or never will. */
export const Forgotten = Schema.TaggedStruct("Forgotten", {
  ...Rambo.InPhase,
  name: RegisterName,
  map: ConfigurationMap
})
/** To a storage node that is to be added: enforce the floor of this cmap. */
export const Join = Schema.TaggedStruct("Join", { ...Rambo.InPhase, map: ConfigurationMap })
/** Whether the storage node enforces it; it cannot if it still holds registers. */
export const Joined = Schema.TaggedStruct("Joined", {
  ...Rambo.InPhase,
  map: ConfigurationMap,
  holdsFloor: Schema.Boolean
})
/**
 * The messages of one register are unchanged, except that `List` replaces Action 1, and that there
 * is no announcement to a directory.
 */
export const Message = Schema.Union([
  Rambo.GetRequest,
  Rambo.GetReply,
  Rambo.SetRequest,
  Rambo.SetReply,
  Rambo.Retire,
  Rambo.Retired,
  Rambo.Ballot,
  Rambo.BallotReply,
  Rambo.AskMap,
  Rambo.MapReply,
  Hint,
  List,
  Listing,
  PopulateList,
  PopulatedList,
  Populate,
  Populated,
  Refused,
  Forget,
  Forgotten,
  Join,
  Joined
])
export type Message = typeof Message.Type
export type List = typeof List.Type
export type Listing = typeof Listing.Type
export type PopulateList = typeof PopulateList.Type
export type PopulatedList = typeof PopulatedList.Type
export type Populate = typeof Populate.Type
export type Populated = typeof Populated.Type
export type Refused = typeof Refused.Type
export type Forget = typeof Forget.Type
export type Forgotten = typeof Forgotten.Type
export type Join = typeof Join.Type
export type Joined = typeof Joined.Type

/** The messages about all registers of a node, or about what all registers share. */
export type OfAll =
  | List
  | Listing
  | PopulateList
  | PopulatedList
  | Populate
  | Populated
  | Refused
  | Forget
  | Forgotten
  | Join
  | Joined

/** The messages that `../client.ts` and `../server.ts` know. */
export type OfOneRegister = Exclude<Message, OfAll>

export const isOfOneRegister = (message: Message): message is OfOneRegister => {
  switch (message._tag) {
    case "List":
    case "Listing":
    case "PopulateList":
    case "PopulatedList":
    case "Populate":
    case "Populated":
    case "Refused":
    case "Forget":
    case "Forgotten":
    case "Join":
    case "Joined":
      return false
    default:
      return true
  }
}

/** True for messages that only a client that reconfigures or reclaims registers sends. */
export const reconfigures = (message: Message): boolean => {
  switch (message._tag) {
    case "List":
    case "PopulateList":
    case "Populate":
    case "Forget":
    case "Join":
      return true
    case "Listing":
    case "PopulatedList":
    case "Populated":
    case "Refused":
    case "Forgotten":
    case "Joined":
      return false
    default:
      return Rambo.reconfigures(message)
  }
}

export const describeMessage = (message: Message): string => {
  switch (message._tag) {
    case "List":
      return `next is ${describeMap(message.map)}; ${message.only === undefined ? "" : "removed "}registers after ${message.after ?? "the beginning"}?`
    case "Listing":
      return `stored, holds ${[...message.registers.map(describeHeld), ...(message.isLast ? [] : ["…"])].join(", ") || "nothing more"}`
    case "PopulateList":
      return `set ${message.registers.map(describeHeld).join(", ")}`
    case "PopulatedList":
      return `ack, knows ${describeMap(message.map)}`
    case "Populate":
      return `set ${describeHeld(message)}`
    case "Populated":
      return `ack of ${JSON.stringify(message.name)}, knows ${describeMap(message.map)}`
    case "Refused":
      return `refused: below the floor; knows ${describeMap(message.map)}`
    case "Forget":
      return `forget ${JSON.stringify(message.name)} of ${describeTimestamp(message.timestamp)} below ${describeTimestamp(message.floor)}`
    case "Forgotten":
      return `forgotten: ${JSON.stringify(message.name)}, knows ${describeMap(message.map)}`
    case "Join":
      return `hold to the floor of ${describeMap(message.map)}`
    case "Joined":
      return message.holdsFloor ? "holds to the floor" : "already holds registers"
    default:
      return Rambo.describeMessage(message)
  }
}

const describeHeld = ({ name, pair }: Held): string =>
  `${JSON.stringify(name)}: ${describePair(pair)}`
