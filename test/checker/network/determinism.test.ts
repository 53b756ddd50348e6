/**
 * The same scenario gives the same counts, findings and counterexamples, however the work is
 * divided.
 */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Check } from "../../../checker/check.ts"
import { readScenario } from "../../../checker/command/shipped.ts"
import { allReductions } from "../../../checker/network/reductions.ts"
import type { CheckResult } from "../../../checker/result.ts"
import { type LoadedScenario, load } from "../../../checker/scenario/load.ts"
import { draws } from "../../draws.ts"
import { randomSafetyScenarios } from "./random-scenarios.ts"
import { checked, runCheck, type SearchOptions, scenarioOf } from "./searching.ts"

/** Everything that a check reports, with whole counterexamples. */
const everything = ({ scenario: _, ...result }: CheckResult) => JSON.stringify(result)

const shipped = (name: string): LoadedScenario =>
  Result.getOrThrow(Result.flatMap(readScenario(name), (text) => load(name, text)))

/**
 * One scenario with a violation of each kind, one that holds, one that continues after a violation,
 * one with renamed servers.
 */
const scenarios = [
  "majority/mutants/read-without-set-phase",
  "majority/mutants/set-only-to-answerers",
  "majority/majority-crash",
  "majority/minority-crash",
  "naive/new-write-old-read"
]

describe("a check", () => {
  it.each(scenarios)("finds the same every time, however the work is divided: %s", (name) => {
    const variants: ReadonlyArray<SearchOptions> = [{}, { slice: 7 }, { slice: 1_000_000 }]
    const results = variants.map((options) =>
      everything(checked(shipped(name), { ...options, reductions: allReductions }))
    )
    expect(new Set(results).size).toBe(1)
  })

  it("finds the same in random scenarios, also depth-first", () => {
    let compared = 0
    fc.assert(
      fc.property(
        randomSafetyScenarios,
        fc.constantFrom("bfs" as const, "dfs" as const),
        fc.boolean(),
        fc.integer({ min: 1, max: 50 }),
        (data, order, isReduced, slice) => {
          const options = { order, reductions: isReduced ? allReductions : [] }
          const first = runCheck(scenarioOf(data), { ...options, maxStates: 300, slice: 50 })
          if (first === undefined) return
          compared++
          expect(everything(checked(scenarioOf(data), { ...options, slice }))).toBe(
            everything(first)
          )
        }
      ),
      { numRuns: draws(900) }
    )
    expect(compared).toBeGreaterThan(30)
  })

  it("counts the same actions when it is asked for its result a second time", () => {
    const check = new Check(shipped("majority/mutants/quorum-one-short"), "bfs", allReductions)
    while (check.advance(100));
    const { actions } = check.result()
    expect(check.result().actions).toEqual(actions)
  })
})
