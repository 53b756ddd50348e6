/**
 * A search by several runners, which share no memory, has the same outcome as one by a single
 * worker: the same counts, verdicts and counterexamples. The runners here are in one process;
 * `test/checker/command/runners/` has real ones.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Check } from "../../../checker/check.ts"
import { Search } from "../../../checker/engine/search.ts"
import type { Keeping } from "../../../checker/engine/visited-states.ts"
import {
  allReductions,
  type ReductionName,
  soundReductions
} from "../../../checker/network/reductions.ts"
import { ParallelSearch } from "../../../checker/parallel/conductor.ts"
import { ParallelCheck } from "../../../checker/parallel/parallel-check.ts"
import type { LoadedScenario } from "../../../checker/scenario/load.ts"
import { draws } from "../../draws.ts"
import { type Growth, growingSpace, growths } from "../engine/random-spaces.ts"
import { dubiousPromises, modelsOf } from "../network/random-protocols.ts"
import { randomSafetyScenarios } from "../network/random-scenarios.ts"
import { loadedFrom, runCheck, scenarioOf } from "../network/searching.ts"
import { alone, outcome } from "../parallel/outcomes.ts"
import { shipped } from "../shipped.ts"
import { runnersInMemory } from "./in-memory.ts"

const indices = (count: number) => Array.from({ length: count }, (_, index) => index)

const together = async (
  scenario: LoadedScenario,
  reductions: ReadonlyArray<ReductionName>,
  keeping: Keeping,
  count: number,
  piece = Number.POSITIVE_INFINITY
) => {
  const { model, checksDeadlock } = scenario
  const check = new ParallelCheck(scenario, reductions, { keeping }, (setup) =>
    runnersInMemory(
      indices(count).map((index) => ({
        ...{ model, reductions: setup.reductions, checksDeadlock, keeping, index, count },
        sealsFrom: 1
      }))
    )
  )
  while (await check.advance(piece));
  return check.result()
}

describe("one, two and three runners", () => {
  it.each([
    ["majority/ties", [], [2]],
    ["majority/mutants/read-without-set-phase", [], [1, 3]],
    ["naive/new-write-old-read", allReductions, [3]]
  ] as const)("have the outcome of one worker on %s with reductions [%s]", async (...given) => {
    const [name, reductions, numbers] = given
    const expected = outcome(alone(shipped(name), reductions, "states"))
    for (const count of numbers)
      expect(outcome(await together(shipped(name), reductions, "states", count))).toEqual(expected)
  })

  it("have the outcome of one worker on random scenarios", async () => {
    await fc.assert(
      fc.asyncProperty(
        randomSafetyScenarios,
        fc.boolean(),
        fc.constantFrom<Keeping>("states", "fingerprints"),
        fc.constantFrom(2, 3, 5, 64),
        fc.constantFrom(7, 100, Number.POSITIVE_INFINITY),
        async (data, isReduced, keeping, count, piece) => {
          const reductions = isReduced ? allReductions : []
          const probe = new Check(scenarioOf(data), "bfs", reductions, { keeping })
          if (probe.advance(1_000)) return
          const expected = outcome(alone(scenarioOf(data), reductions, keeping))
          expect(
            outcome(await together(scenarioOf(data), reductions, keeping, count, piece))
          ).toEqual(expected)
        }
      ),
      { numRuns: draws(60) }
    )
  })

  it("notice every broken promise that one notices, whichever runner met the steps that break it", async () => {
    let broken = 0
    await fc.assert(
      fc.asyncProperty(modelsOf(dubiousPromises), fc.constantFrom(2, 3), async (model, count) => {
        const scenario = loadedFrom(model)
        const reductions = soundReductions(allReductions, model, true)
        const one = runCheck(scenario, { reductions, maxStates: 500 })
        if (one === undefined) return
        if (one.notes.length > 0) broken++
        expect(outcome(await together(scenario, reductions, "states", count))).toEqual(outcome(one))
      }),
      { numRuns: draws(300) }
    )
    expect(broken).toBeGreaterThan(2)
  })
})

const nothing = { actions: {}, reached: [], observations: [], transitionCalls: 0 }
const toldNothing = { ...nothing, boundsReached: [], facts: [] }

describe("runners that meet new values in the same round", () => {
  it("pack what they receive in layouts that grow apart", async () => {
    const searched = async (growth: Growth, keeping: Keeping, count: number, piece: number) => {
      const setups = indices(count).map((index) => ({
        subject: {
          space: growingSpace(growth),
          told: () => toldNothing,
          tellFacts: () => [],
          hear: () => undefined
        },
        ...{ checksDeadlock: false, keeping, index, count, sealsFrom: 1 }
      }))
      const search = new ParallelSearch(runnersInMemory(setups))
      while (await search.advance(piece));
      return search.counts
    }
    await fc.assert(
      fc.asyncProperty(
        growths,
        fc.constantFrom<Keeping>("states", "fingerprints"),
        fc.constantFrom(2, 3),
        fc.integer({ min: 4, max: 16 }),
        async (growth, keeping, count, piece) => {
          const search = new Search(growingSpace(growth), { checksDeadlock: false })
          while (search.advance(1_000));
          expect(await searched(growth, keeping, count, piece)).toEqual(search.counts)
        }
      ),
      { numRuns: draws(100), seed: 3 }
    )
  })
})
