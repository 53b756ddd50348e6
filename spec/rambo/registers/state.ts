/**
 * What a client of many registers keeps: one cmap for all of them, and for each register what it is doing. A
 * reconfiguration concerns all registers; it stands where the register with the empty name would.
 */
import * as Schema from "effect/Schema"
import type { Step } from "../../kernel/process.ts"
import type { Setup } from "../../kernel/protocol.ts"
import { Phase } from "../../phase/phase.ts"
import { Reconfigure, type StorageOperation } from "../../register/operation.ts"
import { Pair } from "../../register/pair.ts"
import { ConfigurationMap } from "../configuration-map.ts"
import * as Rambo from "../state.ts"
import { Held, type Message } from "./messages.ts"
import type { VariantName } from "./variants.ts"

const reconfiguration = { operation: Reconfigure, goal: Schema.Int, retired: Schema.Int }

/** What was listed by those who answered: each register with the largest pair, and up to which name all did. */
export const Listed = Schema.Struct({
  registers: Schema.Array(Held),
  /** Null if everybody who answered listed everything. */
  upTo: Schema.NullOr(Schema.String)
})
export type Listed = typeof Listed.Type

/** Action 1 for all registers: storing the forward pointer, and listing the registers after this one. */
export const Surveying = Schema.TaggedStruct("Surveying", {
  ...reconfiguration,
  after: Schema.NullOr(Schema.String),
  phase: Phase(Listed)
})
/** Action 2 for those that were listed: each is set in the next configuration. */
export const Transferring = Schema.TaggedStruct("Transferring", {
  ...reconfiguration,
  /** Where the next list begins; null if there is no next one. */
  upTo: Schema.NullOr(Schema.String),
  /** How many there were, and those that are not yet at a majority of the next configuration. */
  listed: Schema.Int,
  left: Schema.Array(Schema.Struct({ name: Schema.String, phase: Phase(Pair) }))
})

export const ClientState = Schema.Struct({
  begun: Schema.Int,
  map: ConfigurationMap,
  activity: Schema.Union([
    Rambo.Idle,
    Rambo.Getting,
    Rambo.Setting,
    Rambo.Deciding,
    Surveying,
    Transferring,
    Rambo.Retiring
  ])
})
export type ClientState = typeof ClientState.Type
export type Surveying = typeof Surveying.Type
export type Transferring = typeof Transferring.Type

/** The client learned something about the configurations that what it does to this register has to heed. */
export const CatchUp = Schema.TaggedStruct("CatchUp", {})
export type Choice = Rambo.Choice | typeof CatchUp.Type

export type ClientOperation = StorageOperation
export type Context = Setup<VariantName>
export type ClientStep = Step<ClientState, ClientOperation, Message>
