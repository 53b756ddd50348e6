/**
 * The decisions that carry the protocol (tutorial, section 5), by name. The protocol is one value
 * of them; each mutant is another in which one is decided otherwise, and RAMBO II and RDS decide
 * some of them in their own way.
 */
import { type Configuration, isQuorum } from "../configuration/configuration.ts"
import * as Consensus from "../consensus/rules.ts"
import type { ContextOf } from "../kernel/protocol.ts"
import type { ServerSet } from "../nodes/nodes.ts"
import { type Enough, isOverForBoth, type Phase } from "../phase/phase.ts"
import type { Pair } from "../register/pair.ts"
import type { StorageParameters } from "../storage/parameters.ts"
import { type ConfigurationMap, isDecided } from "./configuration-map.ts"
import type { ClientState, ClientStep, Getting, Setting, Stage, Task } from "./state.ts"

export interface Rules {
  /** How an instance of consensus comes to its decision. */
  readonly consensus: Consensus.Rules
  /**
   * Who says which configuration comes next: "it can be provided manually by human", or consensus
   * decides on it.
   */
  readonly sequence: "person" | "consensus"
  /**
   * Whether a configuration may follow another: it has to have members, for nobody else could say
   * what follows it.
   */
  readonly maySucceed: (configuration: Configuration) => boolean
  /** "There is a consensus instance associated with each configuration." */
  readonly instances: Instances
  /**
   * What a client that reads or writes, and knows the first cmap, hears of the one that it is told:
   * it integrates that.
   */
  readonly hears: (known: ConfigurationMap, told: ConfigurationMap) => ConfigurationMap
  /**
   * The phases of a read or a write that ask and wait for the configurations that their client
   * learns of.
   */
  readonly extends: ReadonlyArray<(Getting | Setting)["_tag"]>
  /** Whether such a phase restarts when its client learns that a configuration is retired. */
  readonly restarts: boolean
  /**
   * The configurations that must have answered at the fixed point: "every active configuration".
   */
  readonly awaits: (map: ConfigurationMap, phase: Phase<unknown>) => ReadonlyArray<Configuration>
  /**
   * Whether a read keeps in mind who answered with the pair that it is about to select. (Not in the
   * tutorial.)
   */
  readonly remembersHolders: boolean
  /**
   * Whether a read whose Get phase is at a fixed point, among these configurations, may return what
   * these nodes are known to hold, without a Set phase. ("The same protocol": never.)
   */
  readonly returnsAtOnce: (
    configurations: ReadonlyArray<Configuration>,
    holders: ServerSet
  ) => boolean
  /** By which stages a configuration is collected as garbage: "after two actions" it can be. */
  readonly stages: (stages: Stages) => readonly [StageStart, ...ReadonlyArray<StageStart>]
  /** When the forward pointer is stored, and Action 1 over. */
  readonly isPointerStored: Enough
  /** The stages in which the client looks at what the storage nodes hold, to copy it. */
  readonly looksIn: ReadonlyArray<Stage["_tag"]>
  /**
   * Which configuration is the oldest active one once a client is through that wants to see the one
   * at the goal installed.
   */
  readonly nextOldest: (map: ConfigurationMap, goal: number) => number
  /** In which of the configurations that are to be retired Action 1 is done. */
  readonly pointsIn: (retiring: ReadonlyArray<Configuration>) => ReadonlyArray<Configuration>
  /** What follows, and in which order, once the sequence has been continued. */
  readonly course: ReadonlyArray<Part>
  /** Whether a reconfiguration waits until the directory knows of the new configuration. */
  readonly awaitsDirectory: boolean
}

/**
 * Which instance of consensus decides what follows the configuration with an index, and when it is
 * not needed any more.
 */
interface Instances {
  readonly of: (index: number) => number
  readonly isOver: (map: ConfigurationMap, instance: number) => boolean
}

/** The parts of a reconfiguration after the sequence has been continued. */
export type Part = "garbage collection" | "announcement"

/** A stage of garbage collection, and how it begins with the pair that was got before. */
export interface StageStart {
  readonly tag: Stage["_tag"]
  readonly start: (state: ClientState, task: Task, got: Pair) => ClientStep
}

/** The stages that there are, and what the client does after them: it retires the next oldest. */
export interface Stages {
  readonly storePointer: StageStart
  readonly getState: StageStart
  readonly transferState: StageStart
  readonly retire: StageStart
  readonly collect: (state: ClientState, task: Task) => ClientStep
}

/** The protocol; a person gives the sequence. */
export const correct: Rules = {
  consensus: Consensus.correct,
  sequence: "person",
  maySucceed: ({ members }) => members.length > 0,
  instances: { of: (index) => index, isOver: isDecided },
  hears: (_known, told) => told,
  extends: ["Getting", "Setting"],
  restarts: true,
  awaits: ({ active }) => active,
  remembersHolders: false,
  returnsAtOnce: () => false,
  stages: ({ storePointer, transferState, retire }) => [storePointer, transferState, retire],
  isPointerStored: isOverForBoth,
  looksIn: ["StoringPointer", "GettingState"],
  nextOldest: ({ retired }) => retired + 1,
  pointsIn: (retiring) => retiring,
  course: ["garbage collection", "announcement"],
  awaitsDirectory: true
}

/** The protocol; consensus gives the sequence. */
export const withConsensus: Rules = { ...correct, sequence: "consensus" }

/**
 * A read returns at once what a write quorum of every active configuration holds. A Set phase would
 * change nothing: these nodes would acknowledge it with the cmaps that they have answered with.
 */
export const readsAtOnce: Pick<Rules, "remembersHolders" | "returnsAtOnce"> = {
  remembersHolders: true,
  returnsAtOnce: (configurations, holders) =>
    configurations.every((configuration) => isQuorum(configuration, "write", holders))
}

/** What the processes are told. */
export type Context = ContextOf<StorageParameters, Rules>

/** For those who need nothing but the rules. */
export interface Ruled {
  readonly rules: Rules
}
