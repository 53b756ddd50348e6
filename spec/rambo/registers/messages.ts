/**
 * The messages of reconfiguration where storage nodes serve many registers under one cmap.
 *
 * What concerns a node as a whole is asked and answered under the empty name (`wholeNode`); what
 * concerns a register, under its name.
 */
import * as Schema from "effect/Schema"
import { Hint } from "../../directory/directory.ts"
import { RegisterName } from "../../register/operation.ts"
import { describePair, Pair } from "../../register/pair.ts"
import { ConfigurationMap, describeMap } from "../configuration-map.ts"
import * as Rambo from "../messages.ts"

/** The name under which a node is asked about all its registers, and about its cmap. */
export const wholeNode = ""

/**
 * The most registers in one answer, and the most bytes of them as JSON, unless there is but one.
 */
export const mostListed = 1024
export const mostListedBytes = 2 ** 20

/** A register that a storage node holds, and its vt-pair there. */
export const Held = Schema.Struct({ name: RegisterName, pair: Pair })
export type Held = typeof Held.Type

/**
 * Action 1 for all registers: "store this cmap, in which the next configuration stands; and which
 * registers do you hold, after this one in the order of their names?" At most so many are listed in
 * one answer.
 */
export const List = Schema.TaggedStruct("List", {
  ...Rambo.InPhase,
  map: ConfigurationMap,
  after: Schema.NullOr(RegisterName),
  most: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: mostListed }))
})
/**
 * The storage node has stored the cmap; these are the next registers that it holds, and whether
 * they are its last.
 */
export const Listing = Schema.TaggedStruct("Listing", {
  ...Rambo.InPhase,
  map: ConfigurationMap,
  registers: Schema.Array(Held).check(Schema.isMaxLength(mostListed)),
  isLast: Schema.Boolean
})
/** Action 2 for one register, to a storage node of the next configuration: store this pair. */
export const Populate = Schema.TaggedStruct("Populate", { ...Rambo.InPhase, ...Held.fields })
/** The storage node holds that pair of that register, or a newer one. */
export const Populated = Schema.TaggedStruct("Populated", {
  ...Rambo.InPhase,
  name: RegisterName,
  map: ConfigurationMap
})
/**
 * Those of one register are used unchanged, but that Action 1 is `List`, and that there is no
 * directory to announce to.
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
  Populate,
  Populated
])
export type Message = typeof Message.Type
export type List = typeof List.Type
export type Listing = typeof Listing.Type
export type Populate = typeof Populate.Type
export type Populated = typeof Populated.Type

/** Those that `../client.ts` and `../server.ts` know. */
export type OfOneRegister = Exclude<Message, List | Listing | Populate | Populated>

export const isOfOneRegister = (message: Message): message is OfOneRegister => {
  switch (message._tag) {
    case "List":
    case "Listing":
    case "Populate":
    case "Populated":
      return false
    default:
      return true
  }
}

/** What only a client that reconfigures sends. */
export const reconfigures = (message: Message): boolean =>
  isOfOneRegister(message)
    ? Rambo.reconfigures(message)
    : message._tag === "List" || message._tag === "Populate"

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

const describeHeld = ({ name, pair }: Held): string =>
  `${JSON.stringify(name)}: ${describePair(pair)}`
