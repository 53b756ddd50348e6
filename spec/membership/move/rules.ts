/**
 * The load-bearing decisions of the membership service's move. The protocol is `correct`; a variant
 * is the same code with other decisions.
 *
 * Numbers of members count the replicas of one epoch, 3f+1 or more, of which `faulty` may lie: f.
 */
import type { Cryptography } from "../../kernel/cryptography.ts"
import { type FollowingRules, following } from "../following.ts"
import type { Nonce, ReadingKey, ServiceShare, StatementPart } from "./messages.ts"

export interface Rules extends FollowingRules {
  /** The number of shares of a dealing that make a signature of the service. */
  readonly threshold: (members: number, faulty: number) => number
  /** Whether the epoch ends when the given number of its replicas say that they have erased. */
  readonly areEnoughErased: (erased: number, members: number, faulty: number) => boolean
  /**
   * The shares that a replica keeps once the next ones have been dealt; `isStaying`: it has one of
   * the next.
   */
  readonly keptShares: (
    shares: ReadonlyArray<ServiceShare>,
    isStaying: boolean
  ) => ReadonlyArray<ServiceShare>
  /** The key for reading, once the key of this epoch has been used. */
  readonly nextKey: (
    cryptography: Cryptography,
    key: ReadingKey,
    number: number
  ) => ReadingKey | undefined
  /** Whether a replica delays its first answer until the previous epoch has ended. */
  readonly waitsForBegin: boolean
  /** The parts of the question that a replica signs with the answer. */
  readonly signsNonce: (nonce: Nonce) => Nonce | null
  /** Whether an answer belongs to this question. */
  readonly answers: (nonce: Nonce, signed: Nonce | null) => boolean
  /** Whether a replica that is in an epoch of the system says that this one is not over. */
  readonly statesSystem: (asked: number, own: number) => boolean
  /** The epoch of the system that a replica is in when it begins to answer, told by the log. */
  readonly beginsIn: (own: number, told: number) => number
  /** Whether these parts form an answer. */
  readonly states: (cryptography: Cryptography, parts: ReadonlyArray<StatementPart>) => boolean
}

const sameNonce = (nonce: Nonce, signed: Nonce | null): boolean =>
  signed !== null &&
  signed.client === nonce.client &&
  signed.operation === nonce.operation &&
  signed.number === nonce.number &&
  signed.system === nonce.system

export const correct: Rules = {
  ...following,
  threshold: (_members, faulty) => 2 * faulty + 1,
  areEnoughErased: (erased, _members, faulty) => erased >= 2 * faulty + 1,
  keptShares: () => [],
  nextKey: (cryptography, key, number) => cryptography.hashed(key, number + 1),
  waitsForBegin: true,
  signsNonce: (nonce) => nonce,
  answers: sameNonce,
  statesSystem: (asked, own) => asked === own,
  beginsIn: (_own, told) => told,
  states: ({ threshold }, parts) => threshold.combine(parts) !== undefined
}
