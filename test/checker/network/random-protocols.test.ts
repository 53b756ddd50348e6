import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { modelsOf, noPromises } from "./random-protocols.ts"
import { loadedFrom, runCheck, stepsToViolation } from "./searching.ts"
import { searchSlowly } from "./slow-search.ts"

describe("the engine, on random protocols", () => {
  it("counts the same and finds the same nearest violations as its slow twin, for every kind of property", () => {
    const draws = 700
    const seen = { compared: 0, unbroken: 0, deep: 0 }
    const broken = new Map<string, number>()
    fc.assert(
      fc.property(modelsOf(noPromises), (model) => {
        const result = runCheck(loadedFrom(model), { mostStates: 300, slice: 50 })
        if (result === undefined) return
        const nearest = stepsToViolation(result)
        const { distinct, generated, depth } = result.counts
        expect({ distinct, generated, depth, nearest }).toEqual(searchSlowly(model))
        seen.compared++
        if (Object.keys(nearest).length === 0) seen.unbroken++
        if (depth >= 6) seen.deep++
        for (const name of Object.keys(nearest)) broken.set(name, (broken.get(name) ?? 0) + 1)
      }),
      { numRuns: draws }
    )
    expect(seen.compared).toBeGreaterThan(draws / 4)
    for (const often of Object.values(seen)) expect(often).toBeGreaterThan(seen.compared / 20)
    expect(broken.size).toBe(8)
    for (const often of broken.values()) expect(often).toBeGreaterThan(seen.compared / 50)
  })
})
