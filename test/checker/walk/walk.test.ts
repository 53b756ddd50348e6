import { describe, expect, it } from "vitest"
import { add, type Tally } from "../../../checker/tally.ts"
import { Walk } from "../../../checker/walk/walk.ts"
import { optionsOf, shipped, shippedIn, violatedIn, walked } from "./shipped.ts"

/** What depends only on the seed and the runs, and not on a worker's earlier work. */
const told = ({ transitionCalls: _, ...tally }: Tally) => tally

const names = ["majority/mutants/read-without-set-phase", "naive/write-locked-client-crash"]

describe("a walk", () => {
  it.each(names)("of the same seed takes the same runs: %s", (name) => {
    const scenario = shipped(name)
    const batch = { from: 5, to: 405 }
    const first = walked(new Walk(scenario.model, optionsOf(scenario)), batch)
    const again = walked(new Walk(scenario.model, optionsOf(scenario)), batch)
    const other = walked(new Walk(scenario.model, optionsOf(scenario, 2)), batch)
    expect(again).toEqual(first)
    expect(other.steps).not.toBe(first.steps)
  })

  it.each(names)("takes the same runs on any worker, and in any order: %s", (name) => {
    const scenario = shipped(name)
    const whole = walked(new Walk(scenario.model, optionsOf(scenario)), { from: 0, to: 400 })
    const workers = [0, 1].map(() => new Walk(scenario.model, optionsOf(scenario)))
    const parts: Array<Tally> = []
    for (const index of [3, 0, 2, 1]) {
      const worker = workers[index >> 1] as Walk
      parts[index] = walked(worker, { from: index * 100, to: (index + 1) * 100 })
    }
    expect(told(parts.reduce(add))).toEqual(told(whole))
  })

  it("takes the same runs when it has forgotten what it knew", () => {
    const scenario = shipped("naive/write-locked-client-crash")
    const batch = { from: 0, to: 200 }
    const options = optionsOf(scenario)
    const forgetful = walked(new Walk(scenario.model, { ...options, maxRemembered: 500 }), batch)
    const remembering = walked(new Walk(scenario.model, options), batch)
    expect(told(forgetful)).toEqual(told(remembering))
    expect(forgetful.transitionCalls).toBeGreaterThan(remembering.transitionCalls)
  })

  it("does the same in pieces of work of any size", () => {
    const scenario = shipped("majority/mutants/timestamp-without-client")
    const whole = walked(new Walk(scenario.model, optionsOf(scenario)), { from: 0, to: 100 })
    const walk = new Walk(scenario.model, optionsOf(scenario))
    walk.begin({ from: 0, to: 100 })
    for (let size = 1; walk.advance(size); size = (size * 7) % 31);
    expect(walk.tally).toEqual(whole)
  })

  it("takes a run again, step for step, by its seed and number", () => {
    const scenario = shipped("majority/mutants/read-without-set-phase")
    const options = optionsOf(scenario)
    const tally = walked(new Walk(scenario.model, options), { from: 0, to: 500 })
    const finding = tally.findings[0]
    if (finding === undefined) throw new Error("no run breaks the property")
    const used = new Walk(scenario.model, options)
    walked(used, { from: 1000, to: 1100 })
    const events = new Walk(scenario.model, options).eventsTo(finding.property, finding.run)
    expect(events).toHaveLength(finding.steps)
    expect(used.eventsTo(finding.property, finding.run)).toEqual(events)
    expect(used.eventsTo(finding.property, finding.run - 1)).toBeUndefined()
  })

  it("adds up", () => {
    const scenario = shipped("naive/write-locked-client-crash")
    const tally = walked(new Walk(scenario.model, { ...optionsOf(scenario), maxSteps: 30 }), {
      from: 0,
      to: 1000
    })
    const sum = (numbers: ReadonlyArray<number>) =>
      numbers.reduce((total, number) => total + number, 0)
    const strategies = Object.values(tally.strategies)
    expect(tally.runs).toBe(1000)
    expect(tally.completed + tally.stuck + tally.cut).toBe(1000)
    expect(Math.min(tally.completed, tally.stuck, tally.cut)).toBeGreaterThan(0)
    expect(sum(Object.values(tally.actions))).toBe(tally.steps)
    expect(sum(strategies.map(({ runs }) => runs))).toBe(1000)
    expect(sum(strategies.map(({ violated }) => violated))).toBe(tally.violated)
    expect(tally.violated).toBe(tally.stuck)
    expect(tally.longest).toBe(30)
  })
})

describe("walks on scenarios in which everything holds", () => {
  // Where crashes may break the premise of liveness, runs may not complete; nor where two stop each
  // other.
  const incomplete = (name: string) =>
    name.startsWith("naive/liveness/") ||
    name === "majority/refinement/writes-crash" ||
    name === "naive/stop-the-world-two-reconfigurers"
  const correct = [...shippedIn("majority/"), ...shippedIn("naive/")].filter(
    (name) => violatedIn(shipped(name)) === undefined && !incomplete(name)
  )

  it.each(correct)("find nothing in 300 runs: %s", (name) => {
    const scenario = shipped(name)
    const tally = walked(new Walk(scenario.model, optionsOf(scenario)), { from: 0, to: 300 })
    expect(tally.findings).toEqual([])
    expect([tally.completed, tally.violated]).toEqual([300, 0])
  })
})
