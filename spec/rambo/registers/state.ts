/**
 * What a client of many registers keeps: one cmap for all of them, and for each register what it is
 * doing. A reconfiguration concerns all registers; it stands where the register with the empty name
 * would.
 */
import * as Schema from "effect/Schema"
import type { PartStep } from "../../kernel/keyed.ts"
import { Count } from "../../kernel/node.ts"
import type { Note, Observation } from "../../kernel/observation.ts"
import { Phase } from "../../phase/phase.ts"
import { RegisterName, type Value } from "../../register/operation.ts"
import { Pair } from "../../register/pair.ts"
import { Reconfigure, type StorageOperation } from "../../storage/reconfiguration.ts"
import { ConfigurationMap } from "../configuration-map.ts"
import * as Rambo from "../state.ts"
import { Held, type Message } from "./messages.ts"

const reconfiguration = { operation: Reconfigure, goal: Count, retired: Count }

/**
 * What was listed by those who answered: each register with the largest pair, and up to which name
 * all did.
 */
export const Listed = Schema.Struct({
  registers: Schema.Array(Held),
  /** Null if everybody who answered listed everything. */
  upTo: Schema.NullOr(RegisterName)
})
export type Listed = typeof Listed.Type

/**
 * Action 1 for all registers: storing the forward pointer, and listing the registers after this
 * one.
 */
export const Surveying = Schema.TaggedStruct("Surveying", {
  ...reconfiguration,
  after: Schema.NullOr(RegisterName),
  phase: Phase(Listed)
})
/** Action 2 for those that were listed: each is set in the next configuration. */
export const Transferring = Schema.TaggedStruct("Transferring", {
  ...reconfiguration,
  /** Where the next list begins; null if there is no next one. */
  upTo: Schema.NullOr(RegisterName),
  /** How many there were, and those that are not yet at a majority of the next configuration. */
  listed: Count,
  left: Schema.Array(Schema.Struct({ name: RegisterName, phase: Phase(Pair) }))
})

/** What exists once, and what there is for each register. */
export const Shared = Schema.Struct({ map: ConfigurationMap })
export const Own = Schema.Struct({
  begun: Count,
  phase: Count,
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
type SharedFields = typeof Shared.Type
type OwnFields = typeof Own.Type
export interface ClientState extends SharedFields, OwnFields {}
export type Surveying = typeof Surveying.Type
export type Transferring = typeof Transferring.Type

/**
 * The client learned something about the configurations that what it does to this register has to
 * heed.
 */
export const CatchUp = Schema.TaggedStruct("CatchUp", {})
export type Choice = Rambo.Choice | typeof CatchUp.Type

/** For people who wait: so many registers more are transferred. */
export const transferred = "registers transferred"
export type Transferred = Note<typeof transferred, number>

export type StoreObservation = Observation<StorageOperation, Value, Transferred>
export type ClientStep = PartStep<ClientState, StoreObservation, Message>
