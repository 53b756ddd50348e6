/**
 * The load-bearing decisions of tracking the members. The protocol is `correct`; a variant is the
 * same code with other decisions.
 */
import { equals } from "../../kernel/data.ts"
import { type FollowingRules, following } from "../following.ts"
import type { Round } from "./messages.ts"

export interface Rules extends FollowingRules {
  /** The number of shares that make a signature of the service. */
  readonly threshold: (faulty: number) => number
  /** Whether the log verifies the signer of an admission. */
  readonly checksAdmissions: boolean
  /** Whether the log verifies the signer of an agreement. */
  readonly checksAgreements: boolean
  /** Whether an agreement from the first round counts in the second, the current one. */
  readonly counts: (agreed: Round, now: Round) => boolean
  /** Whether the given number of agreeing replicas evicts a node. */
  readonly evicts: (replicas: number, faulty: number) => boolean
  /** The number of intervals that a replica must miss a node before it proposes to evict it. */
  readonly missedToPropose: number
  /** The number of intervals before it agrees with a proposal: the same number, or fewer. */
  readonly missedToAgree: number
}

export const correct: Rules = {
  ...following,
  threshold: (faulty) => 2 * faulty + 1,
  checksAdmissions: true,
  checksAgreements: true,
  counts: (agreed, now) => equals(agreed, now),
  evicts: (replicas, faulty) => replicas >= faulty + 1,
  missedToPropose: 2,
  missedToAgree: 1
}

/**
 * The rules of a runtime. However small the two numbers are, a node that no correct replica misses
 * is not evicted. But one liar, together with one correct replica that misses a node for the second
 * number of intervals, evicts it. A node that is slow for a moment must not be missed.
 */
export const patient: Rules = { ...correct, missedToPropose: 6, missedToAgree: 4 }
