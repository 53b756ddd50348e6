import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Model } from "../../../checker/network/model.ts"
import { draws } from "../../draws.ts"
import { allProperties } from "./random-properties.ts"
import { crashesOnly, modelsOf, noPromises, severalFaults } from "./random-protocols.ts"
import { loadedFrom, runCheck, stepsToViolation } from "./searching.ts"
import { searchSlowly } from "./slow-search.ts"

/** Compares the engine, without reductions, with its slow twin. */
const compareAll = (models: fc.Arbitrary<Model>, minShare: number) => {
  const numRuns = draws(5_600)
  const seen = { compared: 0, unbroken: 0, deep: 0 }
  const broken = new Map<string, number>()
  const actions = new Map<string, number>()
  const count = (counts: Map<string, number>, name: string) =>
    counts.set(name, (counts.get(name) ?? 0) + 1)
  fc.assert(
    fc.property(models, (model) => {
      const result = runCheck(loadedFrom(model), { maxStates: 300, slice: 50 })
      if (result === undefined) return
      const nearest = stepsToViolation(result)
      const { distinct, generated, depth } = result.counts
      expect({ distinct, generated, depth, nearest }).toEqual(searchSlowly(model))
      seen.compared++
      if (Object.keys(nearest).length === 0) seen.unbroken++
      if (depth >= 6) seen.deep++
      for (const name of Object.keys(nearest)) count(broken, name)
      for (const [name, times] of Object.entries(result.actions))
        if (times > 0) count(actions, name)
    }),
    { numRuns }
  )
  expect(seen.compared).toBeGreaterThan(numRuns / 4)
  for (const often of Object.values(seen)) expect(often).toBeGreaterThan(seen.compared / 20)
  expect(broken.size).toBe(9)
  for (const often of broken.values()) expect(often).toBeGreaterThan(seen.compared * minShare)
  return { compared: seen.compared, actions }
}

describe("the engine, on random protocols", () => {
  it("has the same counts and finds the same nearest violations as its slow twin, for every kind of property", () => {
    compareAll(modelsOf(noPromises, allProperties, crashesOnly), 1 / 50)
  })

  it("does so if nodes may crash, or run another process from some time on", () => {
    const { compared, actions } = compareAll(
      modelsOf(noPromises, allProperties, severalFaults),
      1 / 100
    )
    for (const role of ["server", "client"])
      for (const verb of ["crashes", "goes mad"])
        expect(actions.get(`${role} ${verb}`), `${role} ${verb}`).toBeGreaterThan(compared / 50)
  })
})
