/**
 * What a client keeps (tutorial, section 5): "each client also stores a cmap", and what it is doing.
 */
import * as Schema from "effect/Schema"
import { Configuration } from "../configuration/configuration.ts"
import { Proposer } from "../consensus/proposer.ts"
import { Count } from "../kernel/node.ts"
import type { Step } from "../kernel/process.ts"
import { Phase } from "../phase/phase.ts"
import { Access, type Value } from "../register/operation.ts"
import { Pair } from "../register/pair.ts"
import { Reconfigure, type StorageObservation, type StorageOperation } from "../storage/reconfiguration.ts"
import { ConfigurationMap, initial as initialMap } from "./configuration-map.ts"
import type { Question } from "./messages.ts"

/** How many configurations were known to be retired when the stage began. Its questions carry the number. */
const retired = Count

/** Nothing. */
export const Idle = Schema.TaggedStruct("Idle", {})
/** A read or a write in the Get phase: its answer is the pair with the largest timestamp received so far. */
export const Getting = Schema.TaggedStruct("Getting", { operation: Access, retired, phase: Phase(Pair) })
/** A read or a write in the Set phase: its answer is the pair that was picked and that is being stored. */
export const Setting = Schema.TaggedStruct("Setting", { operation: Access, retired, phase: Phase(Pair) })

/** What every stage of a reconfiguration carries; `goal`: how many configurations must be retired before it returns. */
const reconfiguration = { operation: Reconfigure, goal: Count, retired, phase: Phase(Pair) }
/** Action 1: storing the forward pointer; its answer is the pair with the largest timestamp of those that have stored it. */
export const Pointing = Schema.TaggedStruct("Pointing", reconfiguration)
/** Only in mutants: getting the pair with the largest timestamp from the old configuration, pointer or not. */
export const Copying = Schema.TaggedStruct("Copying", reconfiguration)
/** Action 2, state transfer: setting that pair in the next configuration. */
export const Populating = Schema.TaggedStruct("Populating", reconfiguration)
/** After both: storing that the old configuration is retired. (The answer is of no use.) */
export const Retiring = Schema.TaggedStruct("Retiring", reconfiguration)

/** After all of them, where there is a directory: waiting until it knows of the configuration with this number. */
export const Announcing = Schema.TaggedStruct("Announcing", {
  operation: Reconfigure,
  goal: Count,
  number: Count
})

/**
 * Before them: waiting for what comes after the configuration with this index, which is the latest that the client knows.
 * (Not where the sequence is given by a person.)
 */
export const Deciding = Schema.TaggedStruct("Deciding", {
  operation: Reconfigure,
  instance: Count,
  proposer: Proposer(Configuration)
})

export const Stage = Schema.Union([Pointing, Copying, Populating, Retiring])

export const ClientState = Schema.Struct({
  /** How many operations the client has begun. */
  begun: Count,
  map: ConfigurationMap,
  activity: Schema.Union([Idle, Getting, Setting, Deciding, Stage, Announcing])
})
export type ClientState = typeof ClientState.Type
export type Getting = typeof Getting.Type
export type Setting = typeof Setting.Type
export type Deciding = typeof Deciding.Type
export type Stage = typeof Stage.Type
export type Announcing = typeof Announcing.Type

/** A reconfiguration on its way. */
export type Task = Pick<Stage, "operation" | "goal">

/** A client whose Get or Set phase has come to its fixed point goes on. */
export const GoOn = Schema.TaggedStruct("GoOn", {})
/** A client that was preempted begins a new ballot. */
export const Retry = Schema.TaggedStruct("Retry", {})
export type Choice = typeof GoOn.Type | typeof Retry.Type

export type ClientStep = Step<ClientState, StorageObservation, Question>

/** The client's state at the beginning: it knows the first configuration. */
export const initial = (configuration: Configuration): ClientState => ({
  begun: 0,
  map: initialMap(configuration),
  activity: { _tag: "Idle" }
})

/** The operation ends, and nothing of it is kept. */
export const finish = (state: ClientState, operation: StorageOperation, result: Value): ClientStep => ({
  state: { ...state, activity: { _tag: "Idle" } },
  sends: [],
  observations: [{ _tag: "Response", operation, result }]
})
