/**
 * The decisions that the move of the membership service rests on. The protocol is `correct`; a
 * variant is the same text under other decisions.
 *
 * Numbers of members are those of the replicas of one epoch, 3f+1 or more, of which `faulty` may
 * lie: f.
 */
import type { Cryptography } from "../../kernel/cryptography.ts"
import { type FollowingRules, following } from "../following.ts"
import type { Nonce, ReadingKey, ServiceShare, StatementPart } from "./messages.ts"

export interface Rules extends FollowingRules {
  /** How many shares of a dealing make a signature of the service. */
  readonly threshold: (members: number, faulty: number) => number
  /** Whether the epoch is over when so many of its replicas say that they have erased. */
  readonly areEnoughErased: (erased: number, members: number, faulty: number) => boolean
  /**
   * The shares that a replica keeps when the next have been dealt; `isStaying`: it has one of
   * those.
   */
  readonly keptShares: (
    shares: ReadonlyArray<ServiceShare>,
    isStaying: boolean
  ) => ReadonlyArray<ServiceShare>
  /** The key to read with, once that of this epoch has been used. */
  readonly nextKey: (
    cryptography: Cryptography,
    key: ReadingKey,
    number: number
  ) => ReadingKey | undefined
  /** Whether a replica waits with its first answer until the epoch before is over. */
  readonly waitsForBegin: boolean
  /** What a replica signs of the question beside the answer. */
  readonly signsNonce: (nonce: Nonce) => Nonce | null
  /** Whether an answer is to this question. */
  readonly answers: (nonce: Nonce, signed: Nonce | null) => boolean
  /** Whether these parts of an answer are one. */
  readonly states: (cryptography: Cryptography, parts: ReadonlyArray<StatementPart>) => boolean
}

const sameNonce = (nonce: Nonce, signed: Nonce | null): boolean =>
  signed !== null &&
  signed.client === nonce.client &&
  signed.operation === nonce.operation &&
  signed.number === nonce.number

export const correct: Rules = {
  ...following,
  threshold: (_members, faulty) => 2 * faulty + 1,
  areEnoughErased: (erased, _members, faulty) => erased >= 2 * faulty + 1,
  keptShares: () => [],
  nextKey: (cryptography, key, number) => cryptography.hashed(key, number + 1),
  waitsForBegin: true,
  signsNonce: (nonce) => nonce,
  answers: sameNonce,
  states: ({ threshold }, parts) => threshold.combine(parts) !== undefined
}
