/**
 * The messages of RDS: those of RAMBO, three of them with an additional field.
 */
import * as Schema from "effect/Schema"
import { Configuration } from "../configuration/configuration.ts"
import * as Directory from "../directory/directory.ts"
import { SetOf } from "../kernel/node.ts"
import * as Rambo from "../rambo/messages.ts"
import { Pair } from "../register/pair.ts"

/** The configurations that the storage node has accepted but does not know to be decided. */
const accepted = { accepted: SetOf(Configuration) }

/** A storage node's replies in the Get phase and in the Set phase. */
export const GetReply = Schema.TaggedStruct("GetReply", { ...Rambo.GetReply.fields, ...accepted })
export const SetReply = Schema.TaggedStruct("SetReply", { ...Rambo.SetReply.fields, ...accepted })
/** An acceptor's reply; a vote carries the acceptor's pair. */
export const BallotReply = Schema.TaggedStruct("BallotReply", {
  ...Rambo.BallotReply.fields,
  pair: Schema.optionalKey(Pair)
})

export const Message = Schema.Union([
  Rambo.GetRequest,
  GetReply,
  Rambo.SetRequest,
  SetReply,
  Rambo.StorePointer,
  Rambo.PointerStored,
  Rambo.Retire,
  Rambo.Retired,
  Rambo.Ballot,
  BallotReply,
  Rambo.AskMap,
  Rambo.MapReply,
  Directory.Announce,
  Directory.Announced,
  Directory.Hint
])
export type Message = typeof Message.Type
export type GetReply = typeof GetReply.Type
export type SetReply = typeof SetReply.Type
export type BallotReply = typeof BallotReply.Type
