/**
 * What a client keeps (tutorial, section 5): "each client also stores a cmap", and what it is doing.
 */
import * as Schema from "effect/Schema"
import type { Configuration } from "../configuration/configuration.ts"
import type { Step } from "../kernel/process.ts"
import type { Setup } from "../kernel/protocol.ts"
import { Phase } from "../phase/phase.ts"
import { Operation, type Reconfigure } from "../register/operation.ts"
import { Pair } from "../register/pair.ts"
import { ConfigurationMap, initial as initialMap } from "./configuration-map.ts"
import type { Message } from "./messages.ts"
import type { VariantName } from "./variants.ts"

/** What every stage of an operation carries. */
const common = {
  operation: Operation,
  /** How many configurations must be retired before the operation can return: for a read or a write none. */
  goal: Schema.Int,
  /** How many configurations were known to be retired when the stage began. Its questions carry the number. */
  retired: Schema.Int
}

/** Nothing. */
export const Idle = Schema.TaggedStruct("Idle", {})
/** The Get phase: its answer is the pair with the largest timestamp received so far. */
export const Getting = Schema.TaggedStruct("Getting", { ...common, phase: Phase(Pair) })
/** The Set phase: its answer is the pair that was picked and that is being stored. */
export const Setting = Schema.TaggedStruct("Setting", { ...common, phase: Phase(Pair) })
/** Action 1, storing the forward pointer. (Its answer is of use to a mutant: what it got too early.) */
export const Pointing = Schema.TaggedStruct("Pointing", { ...common, phase: Phase(Pair) })
/** After Action 2, storing that the old configuration is retired. */
export const Retiring = Schema.TaggedStruct("Retiring", { ...common, phase: Phase(Schema.Null) })

export const ClientState = Schema.Struct({
  /** How many operations the client has begun. */
  begun: Schema.Int,
  map: ConfigurationMap,
  activity: Schema.Union([Idle, Getting, Setting, Pointing, Retiring])
})
export type ClientState = typeof ClientState.Type
export type Getting = typeof Getting.Type
export type Setting = typeof Setting.Type
export type Pointing = typeof Pointing.Type
export type Retiring = typeof Retiring.Type

/** An operation on its way. */
export interface Task {
  readonly operation: Operation
  readonly goal: number
}
/** A reconfiguration on its way. */
export interface ReconfigureTask {
  readonly operation: Reconfigure
  readonly goal: number
}

/** A client whose Get or Set phase has come to its fixed point goes on. */
export const GoOn = Schema.TaggedStruct("GoOn", {})
export type Choice = typeof GoOn.Type

export type Context = Setup<VariantName>
export type ClientStep = Step<ClientState, Operation, Message>

/** The client's state at the beginning: it knows the first configuration. */
export const initial = (configuration: Configuration): ClientState => ({
  begun: 0,
  map: initialMap(configuration),
  activity: { _tag: "Idle" }
})

/** The operation ends, and nothing of it is kept. */
export const finish = (state: ClientState, operation: Operation, result: unknown): ClientStep => ({
  state: { ...state, activity: { _tag: "Idle" } },
  sends: [],
  observations: [{ _tag: "Response", operation, result }]
})
