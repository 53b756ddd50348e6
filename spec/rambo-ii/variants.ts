/**
 * RAMBO II, and its mutant.
 */
import type { Variant } from "../kernel/protocol.ts"
import { type Rules, withConsensus } from "../rambo/rules.ts"

/** The client retires all configurations before its own at once. */
const correct: Rules = { ...withConsensus, nextOldest: (_map, goal) => goal }

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "correct",
    kind: "correct",
    about: "RAMBO II, with consensus: a client retires all configurations before its own at once.",
    rules: correct
  },
  {
    name: "parallel-retirement-of-one",
    kind: "mutant",
    about:
      "Parallel retirement, with Action 1 only in the last of the retiring configurations: the data of the others is lost.",
    rules: { ...correct, pointsIn: (retiring) => retiring.slice(-1) }
  }
]
