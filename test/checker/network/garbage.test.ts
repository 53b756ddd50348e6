import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import * as fc from "fast-check"
import { expect, it } from "vitest"
import { allProperties } from "./random-properties.ts"
import { crashesOnly, modelsOf, noPromises } from "./random-protocols.ts"
import { loadedFrom, runCheck } from "./searching.ts"

/**
 * V8 puts functions that are written where they are assigned to a property, and getters of object
 * literals, among its old objects: what they refer to stays until all memory is collected. Many
 * short searches then spend a fifth of their time on copying searches that are over.
 */
it("a short search that is over goes with the young objects", () => {
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc") as (options?: { readonly type: "minor" }) => void
  const models = fc.sample(modelsOf(noPromises, allProperties, crashesOnly), 20)
  const search = () => {
    for (const model of models) {
      runCheck(loadedFrom(model), { maxStates: 300 })
      collect({ type: "minor" })
    }
  }
  search()
  collect()
  const before = process.memoryUsage().heapUsed
  search()
  expect((process.memoryUsage().heapUsed - before) / models.length).toBeLessThan(150_000)
})
