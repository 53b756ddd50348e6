/**
 * Liveness of networks: the real decision against the slow one, on protocols that loop and on the
 * shipped ones, with and without the reductions that liveness allows. (The decision itself confirms
 * that every lasso is a fair run of the specification.)
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { allReductions } from "../../../checker/network/reductions.ts"
import type { CheckResult } from "../../../checker/result.ts"
import { draws } from "../../draws.ts"
import { randomScenarios } from "../network/random-scenarios.ts"
import { loadedFrom, runCheck, scenarioOf, untilExhausted } from "../network/searching.ts"
import { loopingModels } from "./random-loops.ts"
import { violatedSlowly } from "./slow-liveness.ts"

const violated = ({ properties }: CheckResult): ReadonlyArray<string> =>
  properties.flatMap(({ name, kind, verdict }) =>
    kind === "liveness" && verdict === "violated" ? [name] : []
  )

describe("the decision of liveness of a network", () => {
  it("agrees with its slow twin on protocols whose runs may be infinite", () => {
    const seen = { compared: 0, violated: 0, held: 0, loops: 0 }
    fc.assert(
      fc.property(loopingModels, (model) => {
        const result = runCheck(loadedFrom(model, false), { maxStates: 60, slice: 20 })
        if (result === undefined) return
        const slow = violatedSlowly(model, 80)
        expect(violated(result)).toEqual(slow)
        seen.compared++
        if (violated(result).length > 0) seen.violated++
        else seen.held++
        for (const { counterexample } of result.properties)
          if (
            counterexample?.loop !== undefined &&
            counterexample.loop < counterexample.steps.length
          )
            seen.loops++
      }),
      { numRuns: draws(2_400) }
    )
    expect(seen.compared).toBeGreaterThan(150)
    expect(Math.min(seen.violated, seen.held, seen.loops)).toBeGreaterThan(20)
  })

  it("agrees with its slow twin on the shipped protocols, with and without reductions", () => {
    const faults = fc.constantFrom(
      {},
      { crashes: "static-liveness" },
      { crashes: "dynamic-liveness" },
      { crashes: { while: "dynamic-liveness", clients: 0 } },
      { crashes: { servers: 1 } },
      { crashes: { clients: 1 } }
    )
    const seen = { compared: 0, violated: 0, held: 0, reduced: 0 }
    fc.assert(
      fc.property(randomScenarios, faults, (data, faults) => {
        const properties = [
          "termination",
          data.protocol === "majority" ? "static-liveness" : "dynamic-liveness"
        ]
        const scenario = untilExhausted(scenarioOf({ ...data, faults, properties }))
        const plain = runCheck(scenario, { maxStates: 1_000, slice: 100 })
        if (plain === undefined) return
        if (plain.counts.distinct < 100) {
          expect(violated(plain)).toEqual(violatedSlowly(scenario.model, 100))
          seen.compared++
        }
        const reduced = runCheck(scenario, { reductions: allReductions }) as CheckResult
        expect(violated(reduced)).toEqual(violated(plain))
        if (reduced.counts.distinct < plain.counts.distinct) seen.reduced++
        if (violated(plain).length > 0) seen.violated++
        else seen.held++
      }),
      { numRuns: 150 }
    )
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(10)
  })
})
