/**
 * The bound of consensus. Proposers may preempt each other forever, so a search needs a bound on
 * the rounds.
 */
import type { Bound } from "../kernel/protocol.ts"

/** The last round in which a preempted proposer tries again. */
export const ballots: Bound = {
  name: "ballots",
  about: "A preempted proposer begins no ballot in a higher round.",
  usual: 2
}
