import { describe, expect, it } from "vitest"
import { allReductions } from "../../../checker/network/reductions.ts"
import type { LoadedScenario } from "../../../checker/scenario/load.ts"
import { emptyTally, type Tally } from "../../../checker/tally.ts"
import { batchAt } from "../../../checker/walk/swarm.ts"
import { Walk } from "../../../checker/walk/walk.ts"
import {
  type Runs,
  WalkCheck,
  type WalkResult,
  walkOptionsOf
} from "../../../checker/walk/walk-check.ts"
import { shipped, walked } from "./shipped.ts"

const runs = (to: number, seed = 1): Runs => ({ seed, from: 0, to, maxSteps: 10_000 })

const onOneThread = (scenario: LoadedScenario, given: Runs): WalkResult => {
  const check = new WalkCheck(scenario, given, allReductions)
  while (check.advance(777));
  return check.result()
}

/**
 * The batches, in the order in which this number of workers taking turns would finish them, every
 * turn backwards.
 */
const onWorkers = (scenario: LoadedScenario, given: Runs, count: number): WalkResult => {
  const check = new WalkCheck(scenario, given, allReductions)
  const workers = Array.from({ length: count }, () => {
    // What is sent to another thread and back.
    const options = structuredClone(walkOptionsOf(scenario, given, allReductions))
    return new Walk(scenario.model, options)
  })
  for (let first = 0; !check.swarm.over; first += count) {
    for (let index = first + count - 1; index >= first; index--) {
      const batch = batchAt(index, given)
      if (batch === undefined) continue
      const tally: Tally = walked(workers[index % count] as Walk, batch)
      check.swarm.finish(index, structuredClone(tally))
    }
  }
  return check.result()
}

/** What does not depend on what workers remember. */
const told = ({ engine: _, walk: { transitionCalls: __, ...walk }, ...result }: WalkResult) => ({
  ...result,
  walk
})

describe("a check by random walks", () => {
  it.each([
    ["majority/mutants/read-without-set-phase", 2000],
    ["naive/write-locked-client-crash", 300],
    ["majority/write-read", 500]
  ])("gives the same outcome on any number of workers: %s", (name, to) => {
    const scenario = shipped(name)
    const alone = told(onOneThread(scenario, runs(to)))
    for (const workers of [1, 2, 5]) {
      expect(told(onWorkers(scenario, runs(to), workers))).toEqual(alone)
    }
  })

  it("leaves open what was not broken, and says how far it went", () => {
    const result = onOneThread(shipped("majority/write-read"), runs(300))
    expect([result.verdict, result.exhaustive, result.stopped]).toEqual([
      "inconclusive",
      false,
      "every run was taken"
    ])
    expect(result.properties.every(({ verdict }) => verdict === "inconclusive")).toBe(true)
    expect([result.walk.runs, result.walk.completed, result.walk.seed]).toEqual([300, 300, 1])
    expect(result.counts).toMatchObject({
      generated: result.walk.steps,
      depth: result.walk.longest
    })
  })

  it("continues as long as something that is expected of a property is open", () => {
    const scenario = shipped("naive/write-locked-client-crash")
    const both = onOneThread(scenario, runs(500))
    expect([both.walk.runs, both.verdict, both.asExpected]).toEqual([500, "violated", false])
    const one = onOneThread({ ...scenario, expect: new Map() }, runs(500))
    expect(one.walk.runs).toBe(128)
  })

  it("repeats all runs without the reductions that rely on a broken promise", () => {
    const honest = shipped("naive/write-locked-client-crash")
    const { system } = honest.model
    const nodes = system.nodes.map((node) => {
      const promises = { ...node.process.promises, isObsolete: () => true }
      return node.role === "client" ? { ...node, process: { ...node.process, promises } } : node
    })
    const model = { ...honest.model, system: { ...system, nodes } }
    const result = onOneThread({ ...honest, model }, runs(200))
    expect(result.reductions).toEqual([])
    expect(result.notes.join()).toMatch(
      /left out, because a promise that it relies on is broken: obsolete-messages and dead-requests\. c\d promised "isObsolete"/
    )
    const check = new WalkCheck(honest, runs(200), [])
    while (check.advance(1000));
    expect(told(result).walk).toEqual(told(check.result()).walk)
  })

  it("can be stopped in the middle of a batch", () => {
    const check = new WalkCheck(shipped("majority/write-read"), runs(1000), allReductions)
    for (let piece = 0; piece < 5; piece++) check.advance(100)
    check.include([{ ...emptyTally, runs: 1000 }])
    check.stop("interrupted")
    const { stopped, walk, verdict } = check.result()
    expect([stopped, verdict]).toEqual(["interrupted", "inconclusive"])
    expect(walk.runs).toBeGreaterThan(1010)
    expect(walk.runs).toBeLessThan(1128)
  })

  it("takes one run alone, and finds in it what it found among others", () => {
    const scenario = shipped("majority/mutants/timestamp-without-client")
    const among = onOneThread(scenario, runs(1000, 9))
    const run = among.walk.findings[0]?.run as number
    const alone = onOneThread(scenario, { ...runs(0, 9), from: run, to: run + 1 })
    expect(alone.walk.findings).toEqual(among.walk.findings)
    expect(alone.properties).toEqual(among.properties)
  })
})
