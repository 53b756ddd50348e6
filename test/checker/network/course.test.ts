/**
 * Searches that begin after a course: against the slow twin, with each reduction, and from within
 * counterexamples, whose violation what follows must still contain.
 */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { possibleSteps } from "../../../checker/network/course.ts"
import { ModelIllFormed } from "../../../checker/network/ill-formed.ts"
import type { Event, Model } from "../../../checker/network/model.ts"
import { Network } from "../../../checker/network/network.ts"
import { allReductions } from "../../../checker/network/reductions.ts"
import { stepsFound } from "../../../checker/report/trace.ts"
import type { LoadedScenario } from "../../../checker/scenario/load.ts"
import { scenarioOf as scenarioOfProtocol } from "../../../checker/scenario/scenario-of.ts"
import { WalkCheck } from "../../../checker/walk/walk-check.ts"
import { client, servers } from "../../../spec/nodes/nodes.ts"
import { protocols } from "../../../spec/protocols.ts"
import { draws } from "../../draws.ts"
import { shipped } from "../shipped.ts"
import { compare, nothingSeen } from "./comparing.ts"
import { randomSafetyScenarios, randomScenarios } from "./random-scenarios.ts"
import { checked, runCheck, scenarioOf, stepsToViolation, untilExhausted } from "./searching.ts"
import { allStates, searchSlowly, statesAfterCourse } from "./slow-search.ts"

/** A course of the model, as far as these picks lead without a violation. */
const courseOf = (model: Model, picks: ReadonlyArray<number>): ReadonlyArray<Event> => {
  const network = new Network(model)
  const course: Array<Event> = []
  let state = network.start
  for (const pick of picks) {
    const possible = possibleSteps(network, state).filter(({ failures }) => failures === 0)
    const step = possible[pick % Math.max(1, possible.length)]
    if (step === undefined) break
    course.push(step.event)
    state = step.after
  }
  return course
}

const begunAfter = (scenario: LoadedScenario, course: ReadonlyArray<Event>): LoadedScenario => ({
  ...scenario,
  model: { ...scenario.model, after: course }
})

const picks = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 7 })

describe("a search after a course", () => {
  it("visits what follows in the whole space, as its slow twin does", () => {
    let compared = 0
    let smaller = 0
    fc.assert(
      fc.property(randomScenarios, picks, (data, drawn) => {
        const scenario = untilExhausted(scenarioOf(data))
        if (runCheck(scenario, { maxStates: 500, slice: 50 }) === undefined) return
        const course = courseOf(scenario.model, drawn)
        if (course.length === 0) return
        const begun = begunAfter(scenario, course)
        const result = checked(begun)
        const { distinct, generated, depth } = result.counts
        expect({ distinct, generated, depth, nearest: stepsToViolation(result) }).toEqual(
          searchSlowly(begun.model)
        )
        const [some, all] = [statesAfterCourse(begun.model), allStates(scenario.model)]
        expect([some.size, [...some].every((state) => all.has(state))]).toEqual([distinct, true])
        compared++
        if (some.size < all.size) smaller++
      }),
      { numRuns: draws(500) }
    )
    expect(compared).toBeGreaterThan(draws(500) / 6)
    expect(smaller).toBeGreaterThan(compared / 4)
  })

  it("has the same verdicts with each reduction, and with all of them", () => {
    const seen = nothingSeen()
    fc.assert(
      fc.property(randomSafetyScenarios, picks, (data, drawn) => {
        const scenario = scenarioOf(data)
        const course = courseOf(scenario.model, drawn)
        if (course.length > 0) compare(untilExhausted(begunAfter(scenario, course)), 400, seen)
      }),
      { numRuns: draws(1_500, 24) }
    )
    expect(seen.compared).toBeGreaterThan(draws(1_500, 24) / 5)
    expect(seen.held).toBeGreaterThan(seen.compared / 20)
    for (const name of [...allReductions.slice(0, 4), "together"])
      expect([name, (seen.smaller.get(name) ?? 0) > 0]).toEqual([name, true])
  })

  it("has the same violations with each reduction", () => {
    const seen = nothingSeen()
    const broken = [
      "majority/mutants/timestamp-without-client",
      "majority/mutants/quorum-one-short"
    ]
    for (const name of broken) {
      const scenario = untilExhausted(shipped(name))
      const { properties } = checked(shipped(name), { reductions: allReductions })
      const steps = properties.flatMap(({ counterexample }) => counterexample?.steps ?? [])
      const course = steps.slice(0, 8).map(({ node, action }): Event => ({ node, action }))
      compare(begunAfter(scenario, course), 50_000, seen)
    }
    expect([seen.compared, seen.violated]).toEqual([2, 2])
  })

  it.each([
    "majority/mutants/timestamp-without-client",
    "naive/new-write-old-read",
    "membership/mutants/one-certifies",
    "byzantine/clients/signs-two-values",
    "pbft/mutants/prepared-one-short"
  ])("finds the rest of a counterexample of %s after its first steps", (name) => {
    const scenario = shipped(name)
    const whole = checked(scenario, { reductions: allReductions })
    for (const { counterexample, name: property } of whole.properties) {
      if (counterexample === undefined) continue
      const events = counterexample.steps.map(({ node, action }): Event => ({ node, action }))
      for (const given of [1, Math.floor(events.length / 2), events.length - 1]) {
        const begun = begunAfter(scenario, events.slice(0, given))
        const { properties } = checked(begun, { reductions: allReductions })
        const found = properties.find((one) => one.name === property)?.counterexample
        expect(found?.given).toBe(given)
        expect(found?.steps.slice(0, given)).toEqual(counterexample.steps.slice(0, given))
        expect(found && stepsFound(found)).toBeGreaterThan(0)
      }
    }
  })
})

describe("other ways to check after a course", () => {
  const scenario = shipped("majority/mutants/timestamp-without-client")
  const begun = begunAfter(scenario, courseOf(scenario.model, [0, 0, 0, 1, 2]))
  const isBegun = (steps: ReadonlyArray<Event> = []): void =>
    expect(steps.slice(0, 5).map(({ node, action }) => ({ node, action }))).toEqual(
      begun.model.after
    )

  it("depth-first", () => {
    const { properties } = checked(begun, { order: "dfs" })
    const [counterexample] = properties.flatMap((one) => one.counterexample ?? [])
    isBegun(counterexample?.steps)
    expect(counterexample?.given).toBe(5)
  })

  it("by random walks, whose shortened runs keep the course", () => {
    const check = new WalkCheck(begun, { from: 0, to: 5_000, seed: 1, maxSteps: 1_000 }, [])
    while (check.advance(10_000));
    const [counterexample] = check.result().properties.flatMap((one) => one.counterexample ?? [])
    isBegun(counterexample?.steps)
    expect(counterexample?.given).toBe(5)
  })
})

describe("a course of the library's user", () => {
  const protocol = protocols.find(({ name }) => name === "majority") as (typeof protocols)[number]
  const given = scenarioOf({ protocol: "majority", servers: 2, clients: [["write 1"]] })

  it("is an option of scenarioOf", () => {
    const course = courseOf(given.model, [0, 0])
    const { context } = given.model.system as { readonly context: { configuration: never } }
    const scenario = Result.getOrThrow(
      scenarioOfProtocol(
        protocol,
        {
          servers: servers("s1", "s2"),
          clients: [client("c1")],
          configuration: context.configuration
        },
        { scripts: given.model.scripts, after: course }
      )
    )
    expect(checked(scenario).counts).toEqual(checked(begunAfter(given, course)).counts)
  })

  it("is refused where one of its steps is not possible, with its place", () => {
    const course = courseOf(given.model, [0, 0])
    const twice = begunAfter(given, [...course, ...course])
    expect(() => new Network(twice.model)).toThrow(ModelIllFormed)
    expect(() => new Network(twice.model)).toThrow(/^after\[2\]: .* is not possible there/)
  })
})
