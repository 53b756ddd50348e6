/**
 * The decisions that super-majority replication rests on (tutorial 7; Malkhi and Reiter's
 * dissemination quorums). The protocol is `correct`; a variant is the same text under other
 * decisions.
 */
import type { Cryptography, SigningKey } from "../kernel/cryptography.ts"
import type { ClientId } from "../nodes/nodes.ts"
import { type Enough, isOver } from "../phase/phase.ts"
import type { Pair } from "../register/pair.ts"
import { type IsNewer, isGenuine, isNewer, sign, type Written } from "./signed-pair.ts"

export interface Rules {
  /**
   * When a phase is over: with a quorum of the configuration, which is a super-majority. ("More
   * than two-thirds".)
   */
  readonly enough: Enough
  /** How a writer signs its pair: value and timestamp in one. */
  readonly sign: (cryptography: Cryptography, key: SigningKey<ClientId>, pair: Pair) => Written
  /**
   * Which pairs clients and storage nodes believe: those that the client which the timestamp names
   * has signed.
   */
  readonly believes: (cryptography: Cryptography, written: Written) => boolean
  /** Which of two pairs is newer: two values under one timestamp, if a client lies, included. */
  readonly isNewer: IsNewer
  /** Whether a read keeps in mind if all answers were the same. (Not in the tutorial.) */
  readonly remembersAgreement: boolean
  /**
   * Whether a read may return what it found without a Set phase; `agree`: all answers are known to
   * be the same.
   */
  readonly returnsAtOnce: (agree: boolean) => boolean
  /**
   * Whether it makes no difference in which order answers come. It follows from the others; a
   * checker relies on it.
   */
  readonly answersCommute: boolean
}

/** Super-majority replication of signed pairs. */
export const correct: Rules = {
  enough: isOver,
  sign,
  believes: isGenuine,
  isNewer,
  remembersAgreement: false,
  returnsAtOnce: () => false,
  answersCommute: true
}
