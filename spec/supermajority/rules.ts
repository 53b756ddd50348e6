/**
 * The load-bearing decisions of super-majority replication (tutorial 7; Malkhi and Reiter's
 * dissemination quorums). The protocol is `correct`; a variant is the same code with other
 * decisions.
 */
import type { Cryptography, SigningKey } from "../kernel/cryptography.ts"
import type { ClientId } from "../nodes/nodes.ts"
import { type Enough, isOver } from "../phase/phase.ts"
import type { Pair } from "../register/pair.ts"
import { type IsNewer, isGenuine, isNewer, sign, type Written } from "./signed-pair.ts"

export interface Rules {
  /**
   * Whether a phase has ended: a quorum of the configuration, which is a super-majority, has
   * answered. ("More than two-thirds".)
   */
  readonly enough: Enough
  /** How a writer signs its pair: value and timestamp together. */
  readonly sign: (cryptography: Cryptography, key: SigningKey<ClientId>, pair: Pair) => Written
  /**
   * The pairs that clients and storage nodes believe: those signed by the client that the timestamp
   * names.
   */
  readonly believes: (cryptography: Cryptography, written: Written) => boolean
  /**
   * The newer of two pairs, even of two values under one timestamp, which only a lying client
   * signs.
   */
  readonly isNewer: IsNewer
  /** Whether a read records whether all answers were the same. (Not in the tutorial.) */
  readonly remembersAgreement: boolean
  /**
   * Whether a read may return what it found without a Set phase; `agree`: all answers are known to
   * be the same.
   */
  readonly returnsAtOnce: (agree: boolean) => boolean
  /**
   * Whether the order in which answers arrive makes no difference. It follows from the other rules;
   * a checker relies on it.
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
