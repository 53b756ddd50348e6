/**
 * What an outside observer may note of super-majority replication besides the beginnings and ends
 * of operations: the place of an operation in the order of pairs.
 */
import type { Note } from "../kernel/observation.ts"
import type { AccessObservation } from "../register/operation.ts"
import { describePair, type Pair } from "../register/pair.ts"

/** An operation that ends has settled on this pair: it has written or read it. */
export type Settled = Note<"settled", Pair>

export type SupermajorityObservation = AccessObservation | Settled

export const describeNote = ({ detail }: Settled): string => `settles on ${describePair(detail)}`
