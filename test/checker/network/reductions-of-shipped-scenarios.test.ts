/**
 * Every reduction, alone and with all others, against no reduction, on the shipped scenarios.
 */
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { readScenario, shippedNames } from "../../../checker/command/shipped.ts"
import type { ReductionName } from "../../../checker/network/reductions.ts"
import { type LoadedScenario, load } from "../../../checker/scenario/load.ts"
import { compare, nothingSeen } from "./comparing.ts"
import { checked, stepsToViolation, verdicts } from "./searching.ts"

/** The states that a search without reductions visits, to its end or to the violation that is expected. */
const small: Readonly<Record<string, number>> = {
  "consensus/one-proposer": 264,
  "majority/majority-crash": 739_427,
  "majority/minority-crash": 598_090,
  "majority/mutants/late-get-reply-counted": 6_849,
  "majority/mutants/older-set-not-acknowledged": 470_578,
  "majority/mutants/quorum-one-short": 346,
  "majority/mutants/read-without-set-phase": 35_452,
  "majority/mutants/set-only-to-answerers": 381,
  "majority/mutants/timestamp-without-client": 14_173,
  "majority/mutants/write-without-get-phase": 70,
  "majority/weighted-quorums": 79_423,
  "majority/write": 264,
  "majority/write-read": 151_100,
  "rambo/nothing-to-change": 676
}

/** The same with the two reductions that drop messages only: without them there are more than 1.5 million states. */
const medium: Readonly<Record<string, number>> = {
  "consensus/mutants/quorum-one-short": 4_444,
  "consensus/mutants/promise-forgotten": 53_243,
  "consensus/mutants/highest-vote-ignored": 29_770,
  "consensus/two-proposers": 72_406,
  "majority/read-one-write-all": 5_468,
  "majority/read-your-write": 27_295,
  "majority/write-read-read": 8_555,
  "naive/new-write-old-read": 18_703,
  "naive/populate-old-write": 31_099,
  "naive/stop-the-world": 77_423,
  "naive/stop-the-world-client-crash": 70_245,
  "rambo/everything-removed": 21_412,
  "rambo/mutants/populate-without-get": 4_243,
  "rambo/mutants/forward-pointer-one-short": 9_543,
  "rambo/mutants/retire-before-transfer": 24_785
}
const dropping: ReadonlyArray<ReductionName> = ["obsolete-messages", "dead-requests"]

/** Too many states for a test even so, 200 thousand to 3.5 million. */
const large = [
  "consensus/decision-is-final",
  "consensus/duel",
  "consensus/proposer-and-acceptor-crash",
  "majority/tutorial-quorums",
  "majority/write-write-read",
  "naive/split-brain",
  "naive/write-locked",
  "naive/write-locked-client-crash",
  "naive/write-locked-collect-anywhere",
  "naive/write-locked-late-answers-counted",
  "naive/write-locked-unlock-early",
  "rambo/answers-kept-at-retirement",
  "rambo/as-written",
  "rambo/consensus-replace-one",
  "rambo/consensus-two-in-a-row",
  "rambo/copied-from-anywhere",
  "rambo/mutants/consensus-instance-shared",
  "rambo/mutants/get-before-forward-pointer",
  "rambo/mutants/learned-configuration-ignored",
  "rambo/mutants/new-configuration-alone",
  "rambo/mutants/no-forward-pointer",
  "rambo/mutants/set-phase-not-extended",
  "rambo/replace-one-read-after-write",
  "rambo/replace-one-read-in-the-new",
  "rambo/replace-one-to-the-end",
  "rambo/two-in-a-row"
]

const shipped = (name: string): LoadedScenario =>
  Result.getOrThrow(Result.flatMap(readScenario(name), (text) => load(name, text)))

describe("the reductions, on the shipped scenarios", () => {
  it("are compared on every one that is small enough", () => {
    expect([...Object.keys(small), ...Object.keys(medium), ...large].sort()).toEqual(
      shippedNames().filter((name) => !name.includes("/large/"))
    )
  })

  it.each(Object.entries(small))(
    "keep every verdict of %s, which has %i states without them",
    (name, states) => {
      expect(checked(shipped(name)).counts.distinct).toBe(states)
      const seen = nothingSeen()
      compare(shipped(name), states, seen)
      expect(seen).toMatchObject({ compared: 1, broken: new Map() })
    }
  )

  it.each(Object.entries(medium))(
    "keep every verdict of %s, beyond those that drop messages",
    (name, states) => {
      const dropped = checked(shipped(name), { reductions: dropping })
      expect(dropped.counts.distinct).toBe(states)
      const all = checked(shipped(name), {
        reductions: [...dropping, "answers-at-once", "server-symmetry"]
      })
      expect(all.counts.distinct).toBeLessThan(states)
      expect(verdicts(all)).toEqual(verdicts(dropped))
      expect(stepsToViolation(all)).toEqual(stepsToViolation(dropped))
    }
  )
})
