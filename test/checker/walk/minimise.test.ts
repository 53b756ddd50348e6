import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Event } from "../../../checker/network/model.ts"
import { allReductions, type ReductionName } from "../../../checker/network/reductions.ts"
import type { LoadedScenario } from "../../../checker/scenario/load.ts"
import { minimise } from "../../../checker/walk/minimise.ts"
import { Schedules } from "../../../checker/walk/schedule.ts"
import { Walk } from "../../../checker/walk/walk.ts"
import { lenient } from "./lenient.ts"
import { firstBreach, optionsOf, shipped, violatedIn } from "./shipped.ts"

const without = (events: ReadonlyArray<Event>, at: number) => events.toSpliced(at, 1)

/** The events of some run from number `from` on that breaks the property. */
const breach = (scenario: LoadedScenario, property: string, seed: number): ReadonlyArray<Event> => {
  const options = optionsOf(scenario, seed)
  const run = firstBreach(scenario, options, property, { from: 0, to: 20_000 })
  if (run === undefined) throw new Error(`no run of seed ${seed} breaks ${property}`)
  return new Walk(scenario.model, options).eventsTo(property, run) as ReadonlyArray<Event>
}

/** Scenarios with a violation that is found soon. */
const frequent = [
  "majority/mutants/late-get-reply-counted",
  "majority/mutants/quorum-one-short",
  "majority/mutants/read-without-set-phase",
  "majority/mutants/timestamp-without-client",
  "majority/mutants/write-without-get-phase",
  "naive/populate-old-write"
].map(shipped)

const stuck = [
  "majority/majority-crash",
  "majority/mutants/older-set-not-acknowledged",
  "naive/stop-the-world-client-crash",
  "naive/write-locked-client-crash"
].map(shipped)

const seeds = fc.nat({ max: 2 ** 31 })

describe("a minimised schedule", () => {
  it("is a run of the specification that breaks the property with its last event, and without none of them", () => {
    fc.assert(
      fc.property(fc.constantFrom(...frequent), seeds, (scenario, seed) => {
        const { model } = scenario
        const property = violatedIn(scenario) as string
        const events = minimise(model, allReductions, property, breach(scenario, property, seed))
        const whole = lenient(model, events)
        expect([whole.taken, whole.violated[property]]).toEqual([events.length, true])
        events.forEach((_, at) => {
          expect(lenient(model, without(events, at)).violated[property]).toBe(false)
        })
      }),
      { numRuns: 60, seed: 11 }
    )
  })

  it("of a deadlock is one that no longer ends in it when an event is dropped", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...stuck),
        seeds,
        fc.constantFrom<ReadonlyArray<ReductionName>>(allReductions, []),
        (scenario, seed, reductions) => {
          const { model } = scenario
          const walk = new Walk(model, { ...optionsOf(scenario, seed), reductions })
          walk.begin({ from: 0, to: 1000 })
          while (walk.tally.findings.length === 0 && walk.advance(10));
          const { property, run } = walk.tally.findings[0] as (typeof walk.tally.findings)[number]
          const events = minimise(model, reductions, property, walk.eventsTo(property, run) ?? [])
          const schedules = new Schedules(model, reductions, property)
          expect(schedules.failing(schedules.schedule(events))).toHaveLength(events.length)
          events.forEach((_, at) => {
            expect(schedules.failing(schedules.schedule(without(events, at)))).toBeUndefined()
          })
        }
      ),
      { numRuns: 60, seed: 12 }
    )
  })

  it("is the same every time, and is not shortened further", () => {
    for (const scenario of frequent) {
      const property = violatedIn(scenario) as string
      const events = breach(scenario, property, 5)
      const minimal = minimise(scenario.model, allReductions, property, events)
      expect(minimise(scenario.model, allReductions, property, events)).toEqual(minimal)
      expect(minimise(scenario.model, allReductions, property, minimal)).toEqual(minimal)
    }
  })

  it("is not made of events that break nothing", () => {
    const { model } = shipped("majority/mutants/quorum-one-short")
    expect(() => minimise(model, allReductions, "atomicity", [])).toThrow(
      "does not break atomicity"
    )
  })
})

describe("a schedule with impossible events", () => {
  it("is taken as the specification takes what is possible of it", () => {
    const scenario = shipped("majority/mutants/read-without-set-phase")
    const schedules = new Schedules(scenario.model, allReductions, "atomicity")
    const events = breach(scenario, "atomicity", 3)
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: 0, max: 7 })), (dice) => {
        const kept = events.filter(() => dice.next().value !== 0)
        const failing = schedules.failing(schedules.schedule(kept)) !== undefined
        expect(failing).toBe(lenient(scenario.model, kept).violated.atomicity)
      }),
      { numRuns: 500, seed: 13 }
    )
  })
})
