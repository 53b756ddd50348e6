/**
 * The bound of consensus. Nothing ensures that proposers ever stop preempting each other, so
 * whoever enumerates the runs has to say how far they go.
 */
import type { Bound } from "../kernel/protocol.ts"

/** The last round in which a proposer that was preempted tries again. */
export const ballots: Bound = {
  name: "ballots",
  about: "A proposer that was preempted begins no ballot of a higher round.",
  usual: 2
}
