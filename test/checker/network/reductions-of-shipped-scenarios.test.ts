/**
 * Every reduction, alone and with all others, against no reduction, on the shipped scenarios.
 */
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { readScenario, shippedNames } from "../../../checker/command/shipped.ts"
import { allReductions, type ReductionName } from "../../../checker/network/reductions.ts"
import { type LoadedScenario, load } from "../../../checker/scenario/load.ts"
import { compare, nothingSeen } from "./comparing.ts"
import { checked, stepsToViolation, verdicts } from "./searching.ts"

/**
 * The number of states that a search without reductions visits, to its end or to the expected
 * violation.
 */
const small: Readonly<Record<string, number>> = {
  "majority/mutants/late-get-reply-counted": 8826,
  "majority/mutants/quorum-one-short": 449,
  "majority/mutants/read-stored-at-read-quorum": 11_896,
  "majority/mutants/removed-register-forgotten": 201,
  "majority/mutants/set-only-to-answerers": 3658,
  "majority/mutants/timestamp-without-client": 14_184,
  "majority/mutants/write-without-get-phase": 71,
  "majority/refinement/quorum-one-short": 239,
  "majority/refinement/writes-crash": 3901,
  "majority/ties": 9035,
  "majority/weighted-quorums-crash": 951,
  "majority/weighted-quorums-heavy-crash": 388,
  "majority/weighted-quorums-light-crash": 356,
  "majority/weighted-quorums-threshold-crash": 216,
  "majority/write": 264,
  "naive/kept-node-not-stopped": 94,
  "naive/removed-node-stopped": 66,
  "naive/stop-the-world-twice": 390,
  "naive/stop-the-world-two-reconfigurers": 8521,
  "naive/stop-the-world-two-writers": 1607,
  "naive/stop-the-world-unconfirmed": 703,
  "naive/write-locked-three-clients": 19_237,
  "naive/write-locked-two-writers": 25_583
}

/**
 * The same with only the two reductions that drop messages, as far as they are sound: without them
 * there are more than half a million states.
 */
const medium: Readonly<Record<string, number>> = {
  "majority/read-stored-value-at-once": 13_032,
  "majority/read-stored-value-at-once-read-one-write-all": 5_468,
  "majority/read-one-write-all": 5_468,
  "majority/read-your-write": 27_295,
  "majority/write-read-read": 8_555,
  "naive/new-write-old-read": 19_289
}
const dropping: ReadonlyArray<ReductionName> = ["obsolete-messages", "dead-requests"]

/**
 * Even so, these have too many states for a test, or are too slow for what they add to those above:
 * `npm run bench -- reductions` compares them.
 */
const large = [
  "majority/amnesia",
  "majority/amnesia-under-its-name",
  "majority/majority-crash",
  "majority/minority-crash",
  "majority/mutants/older-set-not-acknowledged",
  "majority/mutants/read-without-set-phase",
  "majority/read-all-write-one",
  "majority/refinement/write-read",
  "majority/removal",
  "majority/tutorial-quorums",
  "majority/tutorial-quorums-majority-crash",
  "majority/tutorial-quorums-minority-crash",
  "majority/weighted-quorums",
  "majority/weighted-quorums-in-any-order",
  "majority/write-read",
  "majority/write-write-read",
  "naive/populate-old-write",
  "naive/split-brain",
  "naive/stop-the-world",
  "naive/stop-the-world-client-crash",
  "naive/write-locked",
  "naive/write-locked-client-crash",
  "naive/write-locked-collect-anywhere",
  "naive/write-locked-late-answers-counted",
  "naive/write-locked-unlock-early"
]

const shipped = (name: string): LoadedScenario =>
  Result.getOrThrow(Result.flatMap(readScenario(name), (text) => load(name, text)))

describe("the reductions, on the shipped scenarios", () => {
  it("are compared on every one that is small enough, or by the bench", () => {
    // Those of liveness are compared in test/checker/liveness/, with the reductions that liveness
    // allows; those of the other protocols by `npm run bench -- reductions`.
    const names = shippedNames().filter((name) => /^(majority|naive)\/(?!liveness)/.test(name))
    expect([...Object.keys(small), ...Object.keys(medium), ...large].sort()).toEqual(names)
  })

  it.each(Object.entries(small))(
    "keep every verdict of %s, which has %i states without them",
    (name, states) => {
      const seen = nothingSeen()
      expect(compare(shipped(name), states, seen)?.counts.distinct).toBe(states)
      expect(seen).toMatchObject({ compared: 1, broken: new Map() })
    }
  )

  it.each(Object.entries(medium))(
    "keep every verdict of %s, beyond those that drop messages",
    (name, states) => {
      const dropped = checked(shipped(name), { reductions: dropping })
      expect(dropped.counts.distinct).toBe(states)
      const all = checked(shipped(name), { reductions: allReductions })
      expect(all.counts.distinct).toBeLessThan(states)
      expect(verdicts(all)).toEqual(verdicts(dropped))
      expect(stepsToViolation(all)).toEqual(stepsToViolation(dropped))
    }
  )
})
