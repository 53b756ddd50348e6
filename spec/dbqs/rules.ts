/**
 * The decisions that dBQS rests on (protocols.md 8.2 and 8.4; membership.md 5). The protocol is
 * `correct`; a variant is the same text under other decisions.
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
  /** When a phase is over: 2f+1 replicas of the group have answered, all in the same epoch. */
  readonly enough: Enough
  /** Whether only answers count that were given in the epoch that the client is in. */
  readonly countsOneEpoch: boolean
  /** Whether a client that moves to another epoch begins its phase anew, with no answers. */
  readonly restarts: boolean
  /**
   * Whether a read may return what it found without a Set phase; `agree`: all answers are equal.
   */
  readonly returnsAtOnce: (agree: boolean) => boolean
  /** How the owner of an object signs: value and version in one. */
  readonly sign: (cryptography: Cryptography, key: SigningKey<ClientId>, pair: Pair) => Written
  /** Whether a fetch believes that this data has the hash that it asked for. */
  readonly hasHash: (stored: Stored, hash: string) => boolean
  /** Whether the first replica that has the data suffices for a fetch. */
  readonly oneSuffices: boolean
  /**
   * Whether it makes no difference in which order answers come. It follows from the others; a
   * checker relies on it.
   */
  readonly answersCommute: boolean
}

/** What replicas decide. */
export interface ReplicaRules {
  /** Whether a replica that has entered an epoch never serves an earlier one again. */
  readonly stops: boolean
  /** Whether a new replica serves only when it has the data. */
  readonly waitsForData: boolean
  /** The epoch whose group a new replica of this epoch copies from. */
  readonly copiesFrom: (epoch: number) => number
  /** How many of the old group it hears: 2f+1. */
  readonly enoughCopies: Enough
  /** Whether an old replica counts only when it has left the epoch that is copied. */
  readonly copiesAfterLeaving: boolean
  /** Whether it counts only when it has that epoch's data itself. */
  readonly copiesWhenComplete: boolean
  /**
   * Whether a replica need not keep what it has for an epoch any more, by who of that epoch's group
   * has said that it has the data: `newcomers` are those of them that had to copy it. One that is
   * in the group no more erases what it need not keep for any. Null: never.
   */
  readonly erases: ((told: ServerSet, newcomers: ServerSet) => boolean) | null
  /**
   * Whether it waits for all who became new replicas since it came into the group, and not only for
   * those who did when it left: they may be late, and copy from it what there was long ago.
   */
  readonly keepsWhileIn: boolean
  /** Whether also those say that they have the data who had nothing to copy, as they stayed. */
  readonly stayersTell: boolean
  /** Whether it makes no difference in which order handovers come; a checker relies on it. */
  readonly handoversCommute: boolean
}

/** What both decide. */
export interface CommonRules extends Placed {
  /** The hash of data, which names a content-hash object. */
  readonly hashOf: (value: Value) => string
  /** Which values everybody believes: those that the client which the version names has signed. */
  readonly believes: (cryptography: Cryptography, written: Written) => boolean
  /** Which certificates: those of the service. */
  readonly believesEpoch: (context: WithEpochs, certificate: Certificate) => boolean
}

export type Rules = ClientRules & ReplicaRules & CommonRules

/** dBQS: one object at the beginning of the circle, of whose replicas one may lie. */
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
