/**
 * The state of a client of many registers: one cmap, and an activity for each register. A
 * reconfiguration is about all registers; its state is that of the register with the empty name.
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
 * The merged lists of the nodes that answered: each register with its largest pair, and the name up
 * to which all lists are complete.
 */
export const Listed = Schema.Struct({
  registers: Schema.Array(Held),
  /** Null if all lists are complete. */
  upTo: Schema.NullOr(RegisterName)
})
export type Listed = typeof Listed.Type

/**
 * Action 1 for all registers: storing the forward pointer, and listing the registers after `after`.
 */
export const Surveying = Schema.TaggedStruct("Surveying", {
  ...reconfiguration,
  after: Schema.NullOr(RegisterName),
  phase: Phase(Listed)
})
/** Action 2 for the listed registers: storing each in the next configuration. */
export const Transferring = Schema.TaggedStruct("Transferring", {
  ...reconfiguration,
  /** The start of the next list; null if this is the last one. */
  upTo: Schema.NullOr(RegisterName),
  /** The number of listed registers, and those not yet at a majority of the next configuration. */
  listed: Count,
  left: Schema.Array(Schema.Struct({ name: RegisterName, phase: Phase(Pair) }))
})

/** The state shared by all registers, and the state of each. */
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

/** The client catches up with news of configurations before it continues with this register. */
export const CatchUp = Schema.TaggedStruct("CatchUp", {})
export type Choice = Rambo.Choice | typeof CatchUp.Type

/** The number of registers just transferred, to report progress to users. */
export const transferred = "registers transferred"
export type Transferred = Note<typeof transferred, number>

export type StoreObservation = Observation<StorageOperation, Value, Transferred>
export type ClientStep = PartStep<ClientState, StoreObservation, Message>
