/**
 * The load-bearing decisions of the protocol (tutorial, section 5). `correct` is the protocol. Each
 * mutant changes one decision; RAMBO II and RDS make some decisions differently.
 */
import { type Configuration, isQuorum } from "../configuration/configuration.ts"
import * as Consensus from "../consensus/rules.ts"
import type { ContextOf } from "../kernel/protocol.ts"
import type { ServerSet } from "../nodes/nodes.ts"
import { type Enough, isOverForBoth, type Phase } from "../phase/phase.ts"
import type { Access } from "../register/operation.ts"
import type { Pair, Timestamp } from "../register/pair.ts"
import type { StorageParameters } from "../storage/parameters.ts"
import { type ConfigurationMap, isDecided } from "./configuration-map.ts"
import { higher } from "./floor.ts"
import type { ClientState, ClientStep, Getting, Setting, Stage, Task } from "./state.ts"

export interface Rules {
  /** The rules of the instances of consensus. */
  readonly consensus: Consensus.Rules
  /** The source of the sequence: "it can be provided manually by human", or consensus decides. */
  readonly sequence: "person" | "consensus"
  /**
   * Whether a client asks a quorum of its latest configuration for a successor before it reports a
   * change done that this configuration already has, or refuses one.
   */
  readonly confirmsLatest: boolean
  /**
   * Whether a configuration may be a successor: it needs members, which agree on its own successor.
   */
  readonly maySucceed: (configuration: Configuration) => boolean
  /** "There is a consensus instance associated with each configuration." */
  readonly instances: Instances
  /** The part of a received cmap that a reader or writer integrates into its own: all of it. */
  readonly hears: (known: ConfigurationMap, received: ConfigurationMap) => ConfigurationMap
  /** The phases of a read or a write that ask, and wait for, configurations learned meanwhile. */
  readonly extends: ReadonlyArray<(Getting | Setting)["_tag"]>
  /** Whether such a phase restarts when the client learns of a retirement. */
  readonly restarts: boolean
  /** The configurations that must answer for a fixed point: "every active configuration". */
  readonly awaits: (map: ConfigurationMap, phase: Phase<unknown>) => ReadonlyArray<Configuration>
  /** Whether a read remembers which storage nodes hold the largest pair. (Not in the tutorial.) */
  readonly remembersHolders: boolean
  /**
   * Whether a read at a fixed point of these configurations may skip its Set phase when these
   * storage nodes hold its pair. ("The same protocol": never.)
   */
  readonly returnsAtOnce: (
    configurations: ReadonlyArray<Configuration>,
    holders: ServerSet
  ) => boolean
  /**
   * The timestamp that a write's own must exceed: the higher of the one it found and the floor.
   */
  readonly writesAbove: (found: Timestamp, floor: Timestamp) => Timestamp
  /**
   * Whether an operation in its Set phase that learns of a higher floor restarts: a read does.
   */
  readonly beginsAgain: (operation: Access) => boolean
  /** The stages of garbage collection: a configuration can be retired "after two actions". */
  readonly stages: (stages: Stages) => readonly [StageStart, ...ReadonlyArray<StageStart>]
  /** When Action 1 is complete: enough storage nodes have stored the forward pointer. */
  readonly isPointerStored: Enough
  /** The stages in which the client collects the pair to copy. */
  readonly looksIn: ReadonlyArray<Stage["_tag"]>
  /**
   * The index of the oldest active configuration after a round of garbage collection towards the
   * goal.
   */
  readonly nextOldest: (map: ConfigurationMap, goal: number) => number
  /** The retiring configurations in which the client performs Action 1. */
  readonly pointsIn: (retiring: ReadonlyArray<Configuration>) => ReadonlyArray<Configuration>
  /** The parts of a reconfiguration after the decision, in order. */
  readonly course: ReadonlyArray<Part>
  /** Whether a reconfiguration waits for the directory to acknowledge the new configuration. */
  readonly awaitsDirectory: boolean
}

/**
 * The instance of consensus that decides the successor of the configuration at an index, and when
 * it has ended.
 */
interface Instances {
  readonly of: (index: number) => number
  readonly isOver: (map: ConfigurationMap, instance: number) => boolean
}

/** The parts of a reconfiguration after the decision on the new configuration. */
export type Part = "garbage collection" | "announcement"

/** A stage of garbage collection, and its start with the pair collected so far. */
export interface StageStart {
  readonly tag: Stage["_tag"]
  readonly start: (state: ClientState, task: Task, got: Pair) => ClientStep
}

/** All stages, and `collect`, which continues by retiring the next oldest configuration. */
export interface Stages {
  readonly storePointer: StageStart
  readonly getState: StageStart
  readonly transferState: StageStart
  readonly retire: StageStart
  readonly collect: (state: ClientState, task: Task) => ClientStep
}

/** The protocol; a person provides the sequence. */
export const correct: Rules = {
  consensus: Consensus.correct,
  sequence: "person",
  confirmsLatest: true,
  maySucceed: ({ members }) => members.length > 0,
  instances: { of: (index) => index, isOver: isDecided },
  hears: (_known, received) => received,
  extends: ["Getting", "Setting"],
  restarts: true,
  awaits: ({ active }) => active,
  remembersHolders: false,
  returnsAtOnce: () => false,
  writesAbove: higher,
  beginsAgain: ({ _tag }) => _tag === "Read",
  stages: ({ storePointer, transferState, retire }) => [storePointer, transferState, retire],
  isPointerStored: isOverForBoth,
  looksIn: ["StoringPointer", "GettingState"],
  nextOldest: ({ retired }) => retired + 1,
  pointsIn: (retiring) => retiring,
  course: ["garbage collection", "announcement"],
  awaitsDirectory: true
}

/** The protocol; consensus decides the sequence. */
export const withConsensus: Rules = { ...correct, sequence: "consensus" }

/**
 * A read returns at once if a write quorum of every active configuration holds its pair. A Set
 * phase would change nothing: these nodes would acknowledge it with the cmaps of their answers.
 */
export const readsAtOnce: Pick<Rules, "remembersHolders" | "returnsAtOnce"> = {
  remembersHolders: true,
  returnsAtOnce: (configurations, holders) =>
    configurations.every((configuration) => isQuorum(configuration, "write", holders))
}

/** The parameters of the processes. */
export type Context = ContextOf<StorageParameters, Rules>

/** A context with only the rules. */
export interface Ruled {
  readonly rules: Rules
}
