/**
 * Every reduction, alone and with all others, against no reduction, on random scenarios.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { allReductions } from "../../../checker/network/reductions.ts"
import { draws } from "../../draws.ts"
import { compare, nothingSeen } from "./comparing.ts"
import { randomSafetyScenarios } from "./random-scenarios.ts"
import { scenarioOf, untilExhausted } from "./searching.ts"

describe("the reductions", () => {
  it("keep every verdict of small scenarios, mutants included, and each leaves states out", () => {
    const seen = nothingSeen()
    const many = draws(2_000)
    fc.assert(
      fc.property(randomSafetyScenarios, (data) => {
        compare(untilExhausted(scenarioOf(data)), 400, seen)
      }),
      { numRuns: many }
    )
    expect(seen.compared).toBeGreaterThan(many / 4)
    expect(seen.violated).toBeGreaterThan(seen.compared / 20)
    expect(seen.held).toBeGreaterThan(seen.compared / 20)
    // Random scenarios have no messages that are declared welcome: the shipped ones cover those.
    const tried = allReductions.filter((name) => name !== "welcome-messages")
    expect([...seen.smaller.keys()].sort()).toEqual([...tried, "together"].sort())
    expect(seen.broken).toEqual(new Map())
  })
})
