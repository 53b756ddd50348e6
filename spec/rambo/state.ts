/**
 * The state of a client (tutorial, section 5): "each client also stores a cmap", and its current
 * activity.
 */
import * as Schema from "effect/Schema"
import { Configuration, Floor } from "../configuration/configuration.ts"
import { Proposer } from "../consensus/proposer.ts"
import { Count } from "../kernel/node.ts"
import type { Step } from "../kernel/process.ts"
import { ServerSet } from "../nodes/nodes.ts"
import { Phase } from "../phase/phase.ts"
import { type Position, past } from "../phase/position.ts"
import { Access, type Value } from "../register/operation.ts"
import { Pair } from "../register/pair.ts"
import { Reconfigure, type StorageOperation } from "../storage/reconfiguration.ts"
import { ConfigurationMap, initial as initialMap } from "./configuration-map.ts"
import type { InPhase, Question } from "./messages.ts"
import type { RamboObservation } from "./observation.ts"

/** The number of retired configurations in the client's cmap when the activity began. */
const retired = Count

/** No operation. */
export const Idle = Schema.TaggedStruct("Idle", {})
/** The Get phase of a read or a write. Its answer is the largest pair received so far. */
export const Getting = Schema.TaggedStruct("Getting", {
  operation: Access,
  retired,
  phase: Phase(Pair),
  /**
   * The storage nodes that answered with this very pair; kept only for reads, and only if the rules
   * ask for it.
   */
  holders: Schema.optionalKey(ServerSet)
})
/** The Set phase of a read or a write. Its answer is the picked pair. */
export const Setting = Schema.TaggedStruct("Setting", {
  operation: Access,
  retired,
  phase: Phase(Pair),
  /** The floor that the client knew before its Get phase, if there was one (`floor.ts`). */
  floor: Schema.optionalKey(Floor)
})

/** `goal` is the number of configurations to retire before the reconfiguration returns. */
const reconfiguration = { operation: Reconfigure, goal: Count, retired, phase: Phase(Pair) }
/** Action 1. Its answer is the largest pair of the storage nodes that have stored the pointer. */
export const StoringPointer = Schema.TaggedStruct("StoringPointer", reconfiguration)
/** The Get phase of Action 2 as in the tutorial; only mutants use it. */
export const GettingState = Schema.TaggedStruct("GettingState", reconfiguration)
/** The Set phase of Action 2. Its answer is the copied pair. */
export const TransferringState = Schema.TaggedStruct("TransferringState", reconfiguration)
/** After both actions: storing the retirement of the old configuration. (The answer is unused.) */
export const Retiring = Schema.TaggedStruct("Retiring", reconfiguration)

/**
 * The last activity, in systems with a directory: waiting for it to acknowledge the configuration
 * with this number.
 */
export const Announcing = Schema.TaggedStruct("Announcing", {
  operation: Reconfigure,
  goal: Count,
  number: Count
})

/**
 * The first activity, if consensus decides: waiting for the successor of the configuration with
 * this index, the latest one the client knows.
 */
export const Deciding = Schema.TaggedStruct("Deciding", {
  operation: Reconfigure,
  instance: Count,
  proposer: Proposer(Configuration)
})

export const Stage = Schema.Union([StoringPointer, GettingState, TransferringState, Retiring])

export const ClientState = Schema.Struct({
  /** The number of operations the client has begun. */
  begun: Count,
  /** The number of the phase within the operation, from 1; 0 between operations. */
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

/** A reconfiguration in progress. */
export type Task = Pick<Stage, "operation" | "goal">

/** A client whose Get or Set phase is at a fixed point continues. */
export const Continue = Schema.TaggedStruct("Continue", {})
/** A preempted client begins a new ballot. */
export const Retry = Schema.TaggedStruct("Retry", {})
export type Choice = typeof Continue.Type | typeof Retry.Type

export type ClientStep = Step<ClientState, RamboObservation, Question>

/** The initial state of a client: it knows the first configuration. */
export const initial = (configuration: Configuration): ClientState => ({
  begun: 0,
  phase: 0,
  map: initialMap(configuration),
  activity: { _tag: "Idle" }
})

/** The client enters the next phase of its operation. */
export const enter = (state: ClientState): ClientState => ({ ...state, phase: state.phase + 1 })

/** The numbers that the questions of the client's phase carry. */
export const inPhase = ({ begun, phase }: Pick<ClientState, "begun" | "phase">): InPhase => ({
  operation: begun,
  phase
})

/**
 * The client's position: a phase of an operation, or after the last phase of the last one. An
 * announcement to the directory is not a phase: no storage node answers it.
 */
export const positionOf = ({ begun, phase, activity }: PhaseOfClient): Position => [
  begun,
  activity._tag === "Idle" || activity._tag === "Announcing" ? past : phase
]
interface PhaseOfClient extends Pick<ClientState, "begun" | "phase"> {
  readonly activity: { readonly _tag: string }
}

/** The operation returns, and the client discards its state. */
export const finish = (
  state: ClientState,
  operation: StorageOperation,
  result: Value
): ClientStep => ({
  state: { ...state, phase: 0, activity: { _tag: "Idle" } },
  sends: [],
  observations: [{ _tag: "Response", operation, result }]
})

/** A reconfiguration returns. Its place in the sequence is the configuration with this index. */
export const finishAt = (
  index: number,
  state: ClientState,
  operation: Reconfigure,
  result: Value
): ClientStep => {
  const step = finish(state, operation, result)
  const placed = { _tag: "Note", name: "placed", detail: { index } } as const
  return { ...step, observations: [placed, ...step.observations] }
}
