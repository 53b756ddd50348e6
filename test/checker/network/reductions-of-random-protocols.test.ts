/**
 * Every reduction, alone and with all others, against no reduction, on random protocols.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Model } from "../../../checker/network/model.ts"
import { draws } from "../../draws.ts"
import { compare, nothingSeen, type Seen } from "./comparing.ts"
import { patientProperties, randomProperties } from "./random-properties.ts"
import {
  dubiousAnswers,
  dubiousPromises,
  modelsOf,
  severalFaults,
  truePromises
} from "./random-protocols.ts"
import { loadedFrom } from "./searching.ts"

/** Compares searches of random models; half of them also look for deadlocks. */
const compareAll = (models: fc.Arbitrary<Model>, most: number): Seen => {
  const seen = nothingSeen()
  fc.assert(
    fc.property(models, fc.boolean(), (model, checksDeadlock) => {
      compare(loadedFrom(model, checksDeadlock), 200, seen)
    }),
    { numRuns: draws(most) }
  )
  expect(seen.violated).toBeGreaterThan(seen.compared / 20)
  return seen
}

describe("the reductions", () => {
  it("keep every verdict of random protocols with true promises, and reject none of these", () => {
    const { compared, held, broken, smaller } = compareAll(modelsOf(truePromises), 800)
    expect(held).toBeGreaterThan(compared / 20)
    expect(broken.get("obsolete-messages")).toBeUndefined()
    expect(broken.get("dead-requests")).toBeUndefined()
    for (const name of ["obsolete-messages", "dead-requests", "server-symmetry", "together"])
      expect(smaller.get(name), name).toBeGreaterThan(compared / 100)
  })

  it("never change a verdict silently when promises are false", () => {
    const { broken } = compareAll(modelsOf(dubiousPromises, randomProperties), 600)
    for (const name of ["obsolete-messages", "dead-requests", "server-symmetry"])
      expect(broken.get(name), name).toBeGreaterThan(0)
  })

  it("never change one silently that answers-at-once should keep", () => {
    const { smaller } = compareAll(modelsOf(dubiousAnswers, patientProperties), 2_400)
    expect(smaller.get("answers-at-once")).toBeGreaterThan(0)
  })

  it("keep every verdict if nodes may run another process from some time on", () => {
    const { smaller, broken } = compareAll(
      modelsOf(truePromises, randomProperties, severalFaults),
      2_700
    )
    for (const name of ["obsolete-messages", "dead-requests", "server-symmetry"])
      expect(smaller.get(name), name).toBeGreaterThan(0)
    expect(broken.get("obsolete-messages")).toBeUndefined()
    expect(broken.get("dead-requests")).toBeUndefined()
  })
})
