/**
 * What an outside observer may note of super-majority replication, beside the beginnings and ends
 * of operations: where in the order of pairs an operation stands.
 */
import type { Note } from "../kernel/observation.ts"
import type { AccessObservation } from "../register/operation.ts"
import { describePair, type Pair } from "../register/pair.ts"

/** An operation that ends has settled on this pair: it has written it, or reads it. */
export type Settled = Note<"settled", Pair>

export type SupermajorityObservation = AccessObservation | Settled

export const describeNote = ({ detail }: Settled): string => `settles on ${describePair(detail)}`
