/**
 * A search by several workers has the same outcome as one by a single worker: the same counts,
 * verdicts and counterexamples. The workers here take turns on one thread;
 * `test/checker/command/threads.test.ts` uses real threads.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Check } from "../../../checker/check.ts"
import type { Keeping } from "../../../checker/engine/visited-states.ts"
import {
  allReductions,
  type ReductionName,
  soundReductions
} from "../../../checker/network/reductions.ts"
import {
  type Beginning,
  ParallelCheck,
  type StartWorkers
} from "../../../checker/parallel/parallel-check.ts"
import { SearchWorker } from "../../../checker/parallel/worker.ts"
import type { LoadedScenario } from "../../../checker/scenario/load.ts"
import { draws } from "../../draws.ts"
import { dubiousPromises, modelsOf } from "../network/random-protocols.ts"
import { randomSafetyScenarios } from "../network/random-scenarios.ts"
import { loadedFrom, runCheck, scenarioOf } from "../network/searching.ts"
import { shipped } from "../shipped.ts"
import { alone, outcome } from "./outcomes.ts"

/** The workers from number `first` on. */
const workers =
  (
    { model, checksDeadlock }: LoadedScenario,
    count: number,
    keeping: Keeping,
    first = 0
  ): StartWorkers =>
  ({ reductions, log }) =>
    Array.from({ length: count - first }, (_, at) => {
      const index = first + at
      const worker = new SearchWorker({
        model,
        reductions,
        checksDeadlock,
        keeping,
        index,
        count,
        log,
        // What is lent to other workers is sealed as soon as it can be; one worker seals nothing.
        sealsFrom: 1
      })
      return { ask: async (order) => worker.answer(order) }
    })

const together = async (
  scenario: LoadedScenario,
  reductions: ReadonlyArray<ReductionName>,
  keeping: Keeping,
  count: number,
  piece = Number.POSITIVE_INFINITY,
  beginning?: Beginning
) => {
  const start = workers(scenario, count, keeping, beginning === undefined ? 0 : 1)
  const options = { keeping, sealsFrom: 1 }
  const check = new ParallelCheck(scenario, reductions, options, start, beginning)
  while (await check.advance(piece));
  return check.result()
}

/** Whether the first worker begins alone, and at how many states the others join it. */
const beginnings = fc.option(
  fc
    .tuple(fc.constantFrom(1, 20, 300, 1_000), fc.nat(50))
    .map(([joinsAt, before]): Beginning => ({ joinsAt, startsAt: joinsAt - before })),
  { nil: undefined }
)

describe("workers that are stopped within a round", () => {
  it("have expanded no more than they were asked to, and what they found is counted", async () => {
    const scenario = shipped("majority/write-read")
    const asked: Array<number> = []
    const check = new ParallelCheck(scenario, [], {}, (setup) =>
      workers(
        scenario,
        2,
        "states"
      )(setup).map(({ ask }) => ({
        ask: (order) => {
          if (order._tag === "Expand") asked.push(order.count)
          return ask(order)
        }
      }))
    )
    while (check.counts.distinct < 1_000) await check.advance(10)
    const before = check.counts
    for (let piece = 0; piece < 4; piece++) expect(await check.advance(10)).toBe(true)
    expect(check.counts).toEqual(before)
    check.stop("it was stopped")
    const { counts, stopped, exhaustive } = await check.result()
    expect([stopped, exhaustive, Math.max(...asked)]).toEqual(["it was stopped", false, 5])
    expect(counts.generated).toBeGreaterThan(before.generated)
    expect(counts.distinct - counts.frontier).toBe(before.distinct - before.frontier + 40)
  })
})

describe("a search that one worker begins alone", () => {
  const scenario = shipped("majority/write-read")
  const expected = outcome(alone(scenario, [], "states"))

  it.each([
    [1, 1],
    [1, 7],
    [3, 7],
    [1_000, 7]
  ])("goes on with others from %d states on, in pieces of %d", async (joinsAt, piece) => {
    let joined = 0
    const check = new ParallelCheck(
      scenario,
      [],
      { keeping: "states" },
      (setup) =>
        workers(
          scenario,
          3,
          "states",
          1
        )(setup).map(({ ask }) => ({
          ask: (order) => {
            if (order._tag === "Load") joined++
            return ask(order)
          }
        })),
      { startsAt: joinsAt - 1, joinsAt }
    )
    while (joined === 0 && (await check.advance(piece)));
    expect([joined, check.counts.distinct >= joinsAt]).toEqual([2, true])
    while (await check.advance(100));
    expect(outcome(await check.result())).toEqual(expected)
  })

  it("joins them at the same states, however its work is divided", async () => {
    const calls = async (piece: number) => {
      const start = workers(scenario, 2, "states", 1)
      const beginning = { startsAt: 500, joinsAt: 700 }
      const check = new ParallelCheck(scenario, [], { keeping: "states" }, start, beginning)
      while (await check.advance(piece));
      return (await check.result()).engine.transitionCalls
    }
    expect(await calls(3)).toBe(await calls(Number.POSITIVE_INFINITY))
  })

  it("starts no others if it ends before", async () => {
    const start = () => {
      throw new Error("others were started")
    }
    const beginning = { startsAt: 1_000_000, joinsAt: 2_000_000 }
    const check = new ParallelCheck(scenario, [], { keeping: "states" }, start, beginning)
    while (await check.advance(100));
    expect(outcome(await check.result())).toEqual(expected)
  })
})

describe("two and three workers", () => {
  it.each([
    ["majority/ties", []],
    ["majority/mutants/read-without-set-phase", []],
    ["majority/mutants/timestamp-without-client", allReductions],
    ["naive/new-write-old-read", allReductions],
    ["majority/tutorial-quorums-minority-crash", allReductions]
  ] as const)("have the outcome of one on %s with reductions [%s]", async (name, reductions) => {
    const expected = outcome(alone(shipped(name), reductions, "states"))
    expect(outcome(await together(shipped(name), reductions, "states", 2))).toEqual(expected)
    expect(outcome(await together(shipped(name), reductions, "states", 3))).toEqual(expected)
    expect(outcome(await together(shipped(name), reductions, "fingerprints", 2))).toEqual(expected)
  })

  it("have the outcome of one on random scenarios", async () => {
    await fc.assert(
      fc.asyncProperty(
        randomSafetyScenarios,
        fc.boolean(),
        fc.constantFrom<Keeping>("states", "fingerprints"),
        fc.constantFrom(2, 3, 5),
        fc.constantFrom(1, 7, 100, Number.POSITIVE_INFINITY),
        beginnings,
        async (data, isReduced, keeping, count, piece, beginning) => {
          const reductions = isReduced ? allReductions : []
          const probe = new Check(scenarioOf(data), "bfs", reductions, { keeping })
          if (probe.advance(2_000)) return
          const expected = outcome(alone(scenarioOf(data), reductions, keeping))
          expect(
            outcome(await together(scenarioOf(data), reductions, keeping, count, piece, beginning))
          ).toEqual(expected)
        }
      ),
      { numRuns: draws(120) }
    )
  })

  it("notice every broken promise that one notices, regardless of which worker met the steps that break it", async () => {
    let broken = 0
    await fc.assert(
      fc.asyncProperty(
        modelsOf(dubiousPromises),
        fc.constantFrom(2, 3),
        beginnings,
        async (model, count, beginning) => {
          const scenario = loadedFrom(model)
          const reductions = soundReductions(allReductions, model, true)
          const one = runCheck(scenario, { reductions, maxStates: 500 })
          if (one === undefined) return
          if (one.notes.length > 0) broken++
          const many = await together(scenario, reductions, "states", count, 100, beginning)
          expect(outcome(many)).toEqual(outcome(one))
        }
      ),
      { numRuns: draws(450) }
    )
    expect(broken).toBeGreaterThan(5)
  })
})
