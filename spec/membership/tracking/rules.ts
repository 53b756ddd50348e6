/**
 * The decisions that tracking the members rests on. The protocol is `correct`; a variant is the
 * same text under other decisions.
 */
import { equals } from "../../kernel/data.ts"
import { type FollowingRules, following } from "../following.ts"
import type { Round } from "./messages.ts"

export interface Rules extends FollowingRules {
  /** How many shares make a signature of the service. */
  readonly threshold: (faulty: number) => number
  /** Whether the log looks at who has signed an admission. */
  readonly checksAdmissions: boolean
  /** Whether the log looks at who has signed an agreement. */
  readonly checksAgreements: boolean
  /** Whether an agreement from the one round counts in the other, which is now. */
  readonly counts: (agreed: Round, now: Round) => boolean
  /** Whether so many replicas that agree evict a node. */
  readonly evicts: (replicas: number, faulty: number) => boolean
  /** For how many intervals a replica has to miss a node before it proposes to evict it. */
  readonly missedToPropose: number
  /** For how many before it agrees with who proposes: as many, or fewer. */
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
 * What a runtime runs. However small the two numbers are, nobody is evicted whom no correct replica
 * misses; but one liar and one correct replica that misses a node for the second number evict it. A
 * node that is slow for a moment must not be missed.
 */
export const patient: Rules = { ...correct, missedToPropose: 6, missedToAgree: 4 }
