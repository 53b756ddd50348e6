/**
 * What a client keeps (tutorial, section 5): "each client also stores a cmap", and what it is
 * doing.
 */
import * as Schema from "effect/Schema"
import { Configuration } from "../configuration/configuration.ts"
import { Proposer } from "../consensus/proposer.ts"
import { Count } from "../kernel/node.ts"
import type { Step } from "../kernel/process.ts"
import { ServerSet } from "../nodes/nodes.ts"
import { Phase } from "../phase/phase.ts"
import { type Position, past } from "../phase/position.ts"
import { Access, type Value } from "../register/operation.ts"
import { Pair } from "../register/pair.ts"
import {
  Reconfigure,
  type StorageObservation,
  type StorageOperation
} from "../storage/reconfiguration.ts"
import { ConfigurationMap, initial as initialMap } from "./configuration-map.ts"
import type { InPhase, Question } from "./messages.ts"

/** How many configurations were retired in the client's cmap when it began. */
const retired = Count

/** Nothing. */
export const Idle = Schema.TaggedStruct("Idle", {})
/** In the Get phase of a read or a write; `answer`: the largest pair received so far. */
export const Getting = Schema.TaggedStruct("Getting", {
  operation: Access,
  retired,
  phase: Phase(Pair),
  /** Who answered with that very pair, if a client that reads remembers it. */
  holders: Schema.optionalKey(ServerSet)
})
/** In the Set phase of a read or a write; `answer`: the pair that was picked. */
export const Setting = Schema.TaggedStruct("Setting", {
  operation: Access,
  retired,
  phase: Phase(Pair)
})

/** `goal`: how many configurations must be retired before the reconfiguration returns. */
const reconfiguration = { operation: Reconfigure, goal: Count, retired, phase: Phase(Pair) }
/** Action 1; `answer`: the largest pair of the storage nodes that have stored the pointer. */
export const StoringPointer = Schema.TaggedStruct("StoringPointer", reconfiguration)
/** The Get phase of Action 2 as the prose has it, which only mutants take. */
export const GettingState = Schema.TaggedStruct("GettingState", reconfiguration)
/** The Set phase of Action 2; `answer`: the pair that is copied. */
export const TransferringState = Schema.TaggedStruct("TransferringState", reconfiguration)
/** After both: storing that the old configuration is retired. (`answer` is not used.) */
export const Retiring = Schema.TaggedStruct("Retiring", reconfiguration)

/**
 * After all, where there is a directory: waiting until it knows the configuration with this number.
 */
export const Announcing = Schema.TaggedStruct("Announcing", {
  operation: Reconfigure,
  goal: Count,
  number: Count
})

/**
 * Before them, where consensus decides: waiting for what follows the configuration with this index,
 * which is the latest that the client knows.
 */
export const Deciding = Schema.TaggedStruct("Deciding", {
  operation: Reconfigure,
  instance: Count,
  proposer: Proposer(Configuration)
})

export const Stage = Schema.Union([StoringPointer, GettingState, TransferringState, Retiring])

export const ClientState = Schema.Struct({
  /** How many operations the client has begun. */
  begun: Count,
  /** The number of its phase in the operation, from 1; 0 between operations. */
  phase: Count,
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

/** A client whose Get or Set phase is at a fixed point goes on. */
export const GoOn = Schema.TaggedStruct("GoOn", {})
/** A client that was preempted begins a new ballot. */
export const Retry = Schema.TaggedStruct("Retry", {})
export type Choice = typeof GoOn.Type | typeof Retry.Type

export type ClientStep = Step<ClientState, StorageObservation, Question>

/** The client's state at the beginning: it knows the first configuration. */
export const initial = (configuration: Configuration): ClientState => ({
  begun: 0,
  phase: 0,
  map: initialMap(configuration),
  activity: { _tag: "Idle" }
})

/** The client enters the next phase of its operation. */
export const enter = (state: ClientState): ClientState => ({ ...state, phase: state.phase + 1 })

/** What the questions of the client's phase carry. */
export const inPhase = ({ begun, phase }: Pick<ClientState, "begun" | "phase">): InPhase => ({
  operation: begun,
  phase
})

/**
 * Where the client stands: in a phase of an operation, or after the last phase of the last one.
 * What it tells the directory is no phase: no storage node answers.
 */
export const positionOf = ({ begun, phase, activity }: Standing): Position => [
  begun,
  activity._tag === "Idle" || activity._tag === "Announcing" ? past : phase
]
interface Standing extends Pick<ClientState, "begun" | "phase"> {
  readonly activity: { readonly _tag: string }
}

/** The operation ends, and nothing of it is kept. */
export const finish = (
  state: ClientState,
  operation: StorageOperation,
  result: Value
): ClientStep => ({
  state: { ...state, phase: 0, activity: { _tag: "Idle" } },
  sends: [],
  observations: [{ _tag: "Response", operation, result }]
})
