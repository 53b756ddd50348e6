import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { draws } from "../../draws.ts"
import { type RandomScenario, randomScenarios } from "./random-scenarios.ts"
import { runCheck, scenarioOf, stepsToViolation, untilExhausted } from "./searching.ts"
import { type SlowReport, searchSlowly } from "./slow-search.ts"

/**
 * The engine's result for a scenario, in the form of the slow twin's report; undefined if there are
 * too many states.
 */
const told = (data: RandomScenario, maxStates: number): SlowReport | undefined => {
  const result = runCheck(untilExhausted(scenarioOf(data)), { maxStates, slice: 50 })
  if (result === undefined) return undefined
  const { distinct, generated, depth } = result.counts
  return { distinct, generated, depth, nearest: stepsToViolation(result) }
}

/** Compares the two on random scenarios of at most this many states. */
const compare = (numRuns: number, minStates: number, maxStates: number) => {
  const seen = { compared: 0, reconfigured: 0, broken: 0, stuck: 0, unbroken: 0 }
  fc.assert(
    fc.property(randomScenarios, (data) => {
      const report = told(data, maxStates)
      if (report === undefined || report.distinct < minStates) return
      expect(report).toEqual(searchSlowly(scenarioOf(data).model))
      seen.compared++
      const { "deadlock-freedom": deadlock, "clients-differ": _, ...broken } = report.nearest
      if (data.clients.flat().some((operation) => operation.startsWith("reconfigure")))
        seen.reconfigured++
      if (Object.keys(broken).length > 0) seen.broken++
      else if (deadlock === undefined) seen.unbroken++
      if (deadlock !== undefined) seen.stuck++
    }),
    { numRuns }
  )
  return seen
}

describe("the engine without reductions, against its slow twin", () => {
  it("has the same states, transitions and depth, and finds the same nearest violations, in small scenarios", () => {
    const numRuns = draws(1_200)
    const { compared, ...kinds } = compare(numRuns, 1, 600)
    expect(compared).toBeGreaterThan(numRuns / 4)
    for (const often of Object.values(kinds)) expect(often).toBeGreaterThan(compared / 20)
  })

  it("agrees in larger scenarios too", () => {
    expect(compare(draws(180), 600, 3_000).compared).toBeGreaterThan(2)
  })
})
