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
import { ParallelCheck, type StartWorkers } from "../../../checker/parallel/parallel-check.ts"
import { SearchWorker } from "../../../checker/parallel/worker.ts"
import type { LoadedScenario } from "../../../checker/scenario/load.ts"
import { draws } from "../../draws.ts"
import { dubiousPromises, modelsOf } from "../network/random-protocols.ts"
import { randomSafetyScenarios } from "../network/random-scenarios.ts"
import { loadedFrom, runCheck, scenarioOf } from "../network/searching.ts"
import { shipped } from "../shipped.ts"
import { alone, outcome } from "./outcomes.ts"

const workers =
  ({ model, checksDeadlock }: LoadedScenario, count: number, keeping: Keeping): StartWorkers =>
  ({ reductions, log }) =>
    Array.from({ length: count }, (_, index) => {
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
  piece = Number.POSITIVE_INFINITY
) => {
  const check = new ParallelCheck(
    scenario,
    reductions,
    { keeping },
    workers(scenario, count, keeping)
  )
  while (await check.advance(piece));
  return check.result()
}

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
        async (data, isReduced, keeping, count, piece) => {
          const reductions = isReduced ? allReductions : []
          const probe = new Check(scenarioOf(data), "bfs", reductions, { keeping })
          if (probe.advance(2_000)) return
          const expected = outcome(alone(scenarioOf(data), reductions, keeping))
          expect(
            outcome(await together(scenarioOf(data), reductions, keeping, count, piece))
          ).toEqual(expected)
        }
      ),
      { numRuns: draws(120) }
    )
  })

  it("notice every broken promise that one notices, regardless of which worker met the steps that break it", async () => {
    let broken = 0
    await fc.assert(
      fc.asyncProperty(modelsOf(dubiousPromises), fc.constantFrom(2, 3), async (model, count) => {
        const scenario = loadedFrom(model)
        const reductions = soundReductions(allReductions, model, true)
        const one = runCheck(scenario, { reductions, maxStates: 500 })
        if (one === undefined) return
        if (one.notes.length > 0) broken++
        expect(outcome(await together(scenario, reductions, "states", count))).toEqual(outcome(one))
      }),
      { numRuns: draws(450) }
    )
    expect(broken).toBeGreaterThan(5)
  })
})
