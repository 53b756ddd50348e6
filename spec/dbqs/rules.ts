/**
 * The load-bearing decisions of dBQS (protocols.md 8.2 and 8.4; membership.md 5). The protocol is
 * `correct`; a variant is the same code with other decisions.
 */
import type { Cryptography, SigningKey } from "../kernel/cryptography.ts"
import type { ClientId, ServerSet } from "../nodes/nodes.ts"
import { type Enough, isOver } from "../phase/phase.ts"
import type { Value } from "../register/operation.ts"
import type { Pair } from "../register/pair.ts"
import { isGenuine, sign, type Written } from "../supermajority/signed-pair.ts"
import { hashOf } from "./content.ts"
import { type Certificate, isCertified, type Placed, type WithEpochs } from "./epoch.ts"
import { byName } from "./ring.ts"
import { isData, type Stored } from "./stored.ts"

/** What clients decide. */
export interface ClientRules {
  /** Whether a phase has ended: 2f+1 replicas of the group have answered, all in the same epoch. */
  readonly enough: Enough
  /** Whether only answers given in the client's current epoch count. */
  readonly countsOneEpoch: boolean
  /** Whether a client that moves to another epoch restarts its phase, without answers. */
  readonly restarts: boolean
  /**
   * Whether a read may return what it found without a Set phase; `agree`: all answers are equal.
   */
  readonly returnsAtOnce: (agree: boolean) => boolean
  /** How the owner of an object signs: value and version together. */
  readonly sign: (cryptography: Cryptography, key: SigningKey<ClientId>, pair: Pair) => Written
  /** Whether a fetch believes that this data has the hash that it asked for. */
  readonly hasHash: (stored: Stored, hash: string) => boolean
  /** Whether the first replica that has the data suffices for a fetch. */
  readonly oneSuffices: boolean
  /**
   * Whether the order in which answers arrive makes no difference. It follows from the other rules;
   * a checker relies on it.
   */
  readonly answersCommute: boolean
}

/** What replicas decide. */
export interface ReplicaRules {
  /** Whether a replica that has entered an epoch never serves an earlier one again. */
  readonly stops: boolean
  /** Whether a new replica serves only once it has the data. */
  readonly waitsForData: boolean
  /** The epoch whose group a new replica of this epoch copies from. */
  readonly copiesFrom: (epoch: number) => number
  /** Whether it has heard from enough of the old group: 2f+1. */
  readonly enoughCopies: Enough
  /** Whether an old replica counts only once it has left the epoch being copied. */
  readonly copiesAfterLeaving: boolean
  /** Whether an old replica counts only if it has that epoch's data itself. */
  readonly copiesWhenComplete: boolean
  /**
   * Whether a replica no longer needs to keep its data for an epoch, given the members of that
   * epoch's group that have said that they have the data; `newcomers` are those that had to copy
   * it. A replica that has left the group erases its data once no epoch needs it. Null: never.
   */
  readonly erases: ((told: ServerSet, newcomers: ServerSet) => boolean) | null
  /**
   * Whether a replica waits for every node that became a replica since it entered the group, not
   * only for those that did when it left: those that joined before may be late, and copy from it
   * the data of a much earlier epoch.
   */
  readonly keepsWhileIn: boolean
  /**
   * Whether replicas that had nothing to copy, because they stayed, also say that they have the
   * data.
   */
  readonly stayersTell: boolean
  /** Whether the order in which handovers arrive makes no difference; a checker relies on it. */
  readonly handoversCommute: boolean
}

/** What both decide. */
export interface CommonRules extends Placed {
  /** The hash of data, which names a content-hash object. */
  readonly hashOf: (value: Value) => string
  /** The values that every node believes: those signed by the client that the version names. */
  readonly believes: (cryptography: Cryptography, written: Written) => boolean
  /** Which certificates a node believes: those of the service. */
  readonly believesEpoch: (context: WithEpochs, certificate: Certificate) => boolean
}

export type Rules = ClientRules & ReplicaRules & CommonRules

/** dBQS: one object at the start of the circle, one of whose replicas may lie. */
export const correct: Rules = {
  place: "",
  identifier: byName,
  liars: 1,
  hashOf,
  enough: isOver,
  countsOneEpoch: true,
  restarts: true,
  returnsAtOnce: (agree) => agree,
  sign,
  hasHash: (stored, hash) => isData(stored) && hashOf(stored.value) === hash,
  oneSuffices: true,
  answersCommute: true,
  stops: true,
  waitsForData: true,
  copiesFrom: (epoch) => epoch - 1,
  enoughCopies: isOver,
  copiesAfterLeaving: true,
  copiesWhenComplete: true,
  erases: null,
  keepsWhileIn: true,
  stayersTell: false,
  handoversCommute: true,
  believes: isGenuine,
  believesEpoch: isCertified
}
