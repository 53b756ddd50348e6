/**
 * The messages of reconfiguration where storage nodes serve many registers under one cmap.
 *
 * What concerns a node as a whole is asked and answered under the empty name (`wholeNode`); what concerns a register,
 * under its name.
 */
import * as Schema from "effect/Schema"
import { Hint } from "../../directory/directory.ts"
import { describePair, Pair } from "../../register/pair.ts"
import { ConfigurationMap, describeMap } from "../configuration-map.ts"
import * as Rambo from "../messages.ts"

/** The name under which a node is asked about all its registers, and about its cmap. */
export const wholeNode = ""

const question = { operation: Schema.Int, retired: Schema.Int }

/** A register that a storage node holds, and its vt-pair there. */
export const Held = Schema.Struct({ name: Schema.String, pair: Pair })
export type Held = typeof Held.Type

/**
 * Action 1 for all registers: "store this cmap, in which the next configuration stands; and which registers do you hold,
 * after this one in the order of their names?" At most so many are listed in one answer.
 */
export const List = Schema.TaggedStruct("List", {
  ...question,
  map: ConfigurationMap,
  after: Schema.NullOr(Schema.String),
  most: Schema.Int
})
/** The storage node has stored the cmap; these are the next registers that it holds, and whether they are its last. */
export const Listing = Schema.TaggedStruct("Listing", {
  ...question,
  map: ConfigurationMap,
  after: Schema.NullOr(Schema.String),
  registers: Schema.Array(Held),
  isLast: Schema.Boolean
})
/** Action 2 for one register, to a storage node of the next configuration: store this pair. */
export const Populate = Schema.TaggedStruct("Populate", { ...question, ...Held.fields })
/** The storage node holds that pair of that register, or a newer one. */
export const Populated = Schema.TaggedStruct("Populated", {
  ...question,
  name: Schema.String,
  map: ConfigurationMap
})
export const ofManyRegisters = [List, Listing, Populate, Populated] as const
/** Those of one register, which are used unchanged; Action 1 is `List` instead. */
export const ofOneRegister = [
  Rambo.GetRequest,
  Rambo.GetReply,
  Rambo.SetRequest,
  Rambo.SetReply,
  Rambo.Retire,
  Rambo.RetireReply,
  Rambo.Ballot,
  Rambo.BallotReply,
  Rambo.AskMap,
  Rambo.MapReply,
  Hint
] as const

export const Message = Schema.Union([...ofOneRegister, ...ofManyRegisters])
export type Message = typeof Message.Type
export type List = typeof List.Type
export type Listing = typeof Listing.Type
export type Populate = typeof Populate.Type
export type Populated = typeof Populated.Type

export const describeMessage = (message: Message): string => {
  switch (message._tag) {
    case "List":
      return `next is ${describeMap(message.map)}; registers after ${message.after ?? "the beginning"}?`
    case "Listing":
      return `stored, holds ${[...message.registers.map(describeHeld), ...(message.isLast ? [] : ["…"])].join(", ") || "nothing more"}`
    case "Populate":
      return `set ${describeHeld(message)}`
    case "Populated":
      return `ack of ${JSON.stringify(message.name)}, knows ${describeMap(message.map)}`
    default:
      return Rambo.describeMessage(message)
  }
}

const describeHeld = ({ name, pair }: Held): string => `${JSON.stringify(name)}: ${describePair(pair)}`
