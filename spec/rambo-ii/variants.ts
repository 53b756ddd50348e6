/**
 * RAMBO II, and its mutant.
 */
import type { Variant } from "../kernel/protocol.ts"
import { type Rules, withConsensus } from "../rambo/rules.ts"

/**
 * All configurations before the one that the client wants to see installed are retired in one go.
 */
const correct: Rules = { ...withConsensus, nextOldest: (_map, goal) => goal }

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "correct",
    kind: "correct",
    about:
      "RAMBO II, with consensus: all configurations before the one that a client wants to see installed are retired in one go.",
    rules: correct
  },
  {
    name: "parallel-retirement-of-one",
    kind: "mutant",
    about:
      "Parallel retirement, with Action 1 in the last of the configurations that are to be retired alone: what the others hold is lost.",
    rules: { ...correct, pointsIn: (retiring) => retiring.slice(-1) }
  }
]
