/**
 * Two mutants of PBFT need three views: their scenarios begin after a course of the first view.
 * What they are meant to show happens in their counterexamples; and under the rules of PBFT, what
 * the second view decides in them is kept.
 */
import { describe, expect, test } from "vitest"
import type { Event, Model } from "../../../checker/network/model.ts"
import { allReductions } from "../../../checker/network/reductions.ts"
import { type Counterexample, stepsFound } from "../../../checker/report/trace.ts"
import { equals } from "../../../spec/kernel/data.ts"
import { correct } from "../../../spec/pbft/rules.ts"
import { checked } from "../../checker/network/searching.ts"
import { shipped } from "../../checker/shipped.ts"
import { accepts } from "./attacks.ts"

const mutants = ["first-prepared-claimed", "earliest-claim-followed"]

describe.each(mutants)("%s: after a course of the first view", (name) => {
  const scenario = shipped(`pbft/large/${name}`)
  const result = checked(scenario, { reductions: allReductions, slice: 10_000 })
  const [counterexample] = result.properties.flatMap((one) => one.counterexample ?? [])
  const { steps, given } = counterexample as Counterexample
  const choices = steps.map(({ action }) => (action._tag === "Choose" ? action.choice : undefined))

  test("the second view decides another request, and the third undoes that", () => {
    const proposal = (view: number, value: 1 | 2) => accepts("s2", view, value)[1]
    expect(given).toBe(scenario.model.after?.length)
    expect(choices).toContainEqual(proposal(1, 2))
    expect(choices.slice(given)).toContainEqual({ _tag: "Decide" })
    expect(choices.findLast((choice) => choice !== undefined)).toEqual(proposal(2, 1))
    expect(stepsFound(counterexample as Counterexample)).toBeGreaterThan(20)
  })

  test("under the rules of PBFT the decision of the second view is kept: exhausted", () => {
    const decided = choices.findIndex((choice) => equals(choice, { _tag: "Decide" }))
    const after = steps.slice(0, decided + 1).map(({ node, action }): Event => ({ node, action }))
    const context = { ...(scenario.model.system.context as object), rules: correct }
    const { system } = scenario.model
    const rightly: Model = { ...scenario.model, system: { ...system, context }, after }
    const { verdict, counts } = checked(
      { ...scenario, model: rightly, expect: new Map([["decisions-are-kept", "holds"]]) },
      { reductions: allReductions, slice: 10_000 }
    )
    expect(verdict).toBe("holds")
    expect(counts.distinct).toBeGreaterThan(100)
  })
})
