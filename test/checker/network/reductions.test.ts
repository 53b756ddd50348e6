/**
 * Every reduction, alone and with all others, against no reduction: on random scenarios, and on random protocols.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { allReductions, type ReductionName, soundReductions } from "../../../checker/network/reductions.ts"
import type { LoadedScenario } from "../../../checker/scenario/load.ts"
import { patientProperties, randomProperties } from "./random-properties.ts"
import { dubiousPromises, modelsOf, truePromises } from "./random-protocols.ts"
import { randomSafetyScenarios } from "./random-scenarios.ts"
import {
  checked,
  loadedFrom,
  runCheck,
  scenarioOf,
  stepsToViolation,
  untilExhausted,
  verdicts
} from "./searching.ts"

type Names = ReadonlyArray<ReductionName>

/** Each reduction alone, and all together, as far as they keep the verdicts that are asked for. */
const choicesFor = ({ model, checksDeadlock }: LoadedScenario): ReadonlyArray<Names> =>
  [...allReductions.map((name) => [name]), allReductions]
    .map((names) => soundReductions(names, model, checksDeadlock))
    .filter((names) => names.length > 0)

/** How often each reduction, or all of them, left states out, and how often it found out a broken promise. */
interface Seen {
  compared: number
  violated: number
  held: number
  readonly smaller: Map<string, number>
  readonly broken: Map<string, number>
}
const nothingSeen = (): Seen => ({
  compared: 0,
  violated: 0,
  held: 0,
  smaller: new Map(),
  broken: new Map()
})
const add = (counts: Map<string, number>, names: Names) => {
  const key = names.length === 1 ? String(names[0]) : "together"
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/**
 * Compares the verdicts, and the lengths of counterexamples to safety, which reductions must not change; that each
 * counterexample replays is checked as the results are made.
 */
const compare = (scenario: LoadedScenario, mostStates: number, seen: Seen): void => {
  const plain = runCheck(scenario, { mostStates, slice: 50 })
  if (plain === undefined) return
  seen.compared++
  const { "deadlock-freedom": _, "clients-differ": __, sometimes, ...broken } = stepsToViolation(plain)
  if (Object.keys(broken).length > 0) seen.violated++
  if (!Object.values(verdicts(plain)).includes("violated")) seen.held++
  for (const names of choicesFor(scenario)) {
    const reduced = checked(scenario, { reductions: names })
    expect(verdicts(reduced), String(names)).toEqual(verdicts(plain))
    if (reduced.notes.length > 0) add(seen.broken, names)
    else {
      if (!names.includes("answers-at-once"))
        expect(stepsToViolation(reduced), String(names)).toMatchObject(broken)
      // A lost answer makes a state that is none without the reduction; the others only leave states out.
      if (!names.includes("answers-at-once"))
        expect(reduced.counts.distinct).toBeLessThanOrEqual(plain.counts.distinct)
      if (reduced.counts.distinct < plain.counts.distinct) add(seen.smaller, names)
    }
  }
}

describe("the reductions", () => {
  it("keep every verdict of small scenarios, mutants included, and each leaves states out", () => {
    const seen = nothingSeen()
    const draws = 2_000
    fc.assert(
      fc.property(randomSafetyScenarios, (data) => compare(untilExhausted(scenarioOf(data)), 500, seen)),
      { numRuns: draws }
    )
    expect(seen.compared).toBeGreaterThan(draws / 4)
    expect(seen.violated).toBeGreaterThan(seen.compared / 20)
    expect(seen.held).toBeGreaterThan(seen.compared / 20)
    expect([...seen.smaller.keys()].sort()).toEqual([...allReductions, "together"].sort())
    expect(seen.broken).toEqual(new Map())
  })

  it("keep every verdict of random protocols whose promises are true, and find no fault with these", () => {
    const seen = nothingSeen()
    fc.assert(
      fc.property(modelsOf(truePromises), fc.boolean(), (model, checksDeadlock) =>
        compare(loadedFrom(model, checksDeadlock), 300, seen)
      ),
      { numRuns: 800 }
    )
    expect(seen.violated).toBeGreaterThan(seen.compared / 20)
    expect(seen.held).toBeGreaterThan(seen.compared / 20)
    expect(seen.broken.get("obsolete-messages")).toBeUndefined()
    expect(seen.broken.get("dead-requests")).toBeUndefined()
    for (const name of ["obsolete-messages", "dead-requests", "server-symmetry", "together"])
      expect(seen.smaller.get(name), name).toBeGreaterThan(seen.compared / 50)
  })

  it.each([
    ["of every kind", randomProperties],
    ["that answers at once keep", patientProperties]
  ])(
    "never change the verdict of a property %s in silence when promises are not true",
    (_kinds, properties) => {
      const seen = nothingSeen()
      fc.assert(
        fc.property(modelsOf(dubiousPromises, properties), fc.boolean(), (model, checksDeadlock) =>
          compare(loadedFrom(model, checksDeadlock), 200, seen)
        ),
        { numRuns: 600 }
      )
      expect(seen.violated).toBeGreaterThan(seen.compared / 20)
      for (const name of ["obsolete-messages", "dead-requests", "server-symmetry"])
        expect(seen.broken.get(name), name).toBeGreaterThan(0)
    }
  )
})
