/**
 * A search that is saved and resumed repeatedly, each time with another number of workers, has the
 * same outcome as an uninterrupted one.
 */
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { Check, type Saved } from "../../../checker/check.ts"
import { readScenario } from "../../../checker/command/shipped.ts"
import type { Archive } from "../../../checker/engine/saving.ts"
import type { Keeping } from "../../../checker/engine/visited-states.ts"
import { allReductions, type ReductionName } from "../../../checker/network/reductions.ts"
import { ParallelCheck, type StartWorkers } from "../../../checker/parallel/parallel-check.ts"
import { SearchWorker } from "../../../checker/parallel/worker.ts"
import type { CheckResult } from "../../../checker/result.ts"
import { type LoadedScenario, load } from "../../../checker/scenario/load.ts"

const shipped = (name: string): LoadedScenario =>
  Result.getOrThrow(Result.flatMap(readScenario(name), (text) => load(name, text)))

/** Streams in memory. */
class Streams implements Archive {
  private readonly streams = new Map<string, ReadonlyArray<number>>()

  write(name: string, fill: Parameters<Archive["write"]>[1]): string {
    const words: Array<number> = []
    fill({
      write: (more) => {
        for (const word of more) words.push(word)
      }
    })
    this.streams.set(name, words)
    return ""
  }

  read(name: string, take: Parameters<Archive["read"]>[1]): void {
    const words = this.streams.get(name) ?? []
    let at = 0
    take({
      read: (count) => {
        at += count
        return Int32Array.from(words.slice(at - count, at))
      }
    })
    expect(at).toBe(words.length)
  }
}

const begun = (
  scenario: LoadedScenario,
  reductions: ReadonlyArray<ReductionName>,
  keeping: Keeping,
  archive: Archive,
  count: number
): ParallelCheck => {
  const { model, checksDeadlock } = scenario
  const archiveAt = () => archive
  // Of three workers the first is on this thread, and begins alone.
  const beginning = count === 3 ? { startsAt: 10, joinsAt: 100, archiveAt } : undefined
  const first = beginning === undefined ? 0 : 1
  const start: StartWorkers = (setup) =>
    Array.from({ length: count - first }, (_, at) => {
      const worker = new SearchWorker({
        ...{ model, checksDeadlock, keeping, index: first + at, count, ...setup },
        archiveAt
      })
      return { ask: async (order) => worker.answer(order) }
    })
  return new ParallelCheck(scenario, reductions, { keeping }, start, beginning)
}

const roundsBetween = 15

/** Saves the check after every few rounds, and lets the next number of workers resume it. */
const inParts = async (
  scenario: LoadedScenario,
  reductions: ReadonlyArray<ReductionName>,
  keeping: Keeping,
  counts: ReadonlyArray<number>
) => {
  let saved: Saved | undefined
  let archive = new Streams()
  for (let part = 0; ; part++) {
    const count = counts[part % counts.length] as number
    const next = new Streams()
    if (count === 1) {
      const check = new Check(scenario, "bfs", reductions, { keeping })
      if (saved !== undefined) check.resume(saved.check, archive)
      let more = true
      for (let slice = 0; more && slice < roundsBetween; slice++)
        more = check.advance(1 + slice * 50)
      if (!more) return check.result()
      saved = check.save(next)
    } else {
      const before = archive
      const forwarding: Archive = {
        write: (name, fill) => next.write(name, fill),
        read: (name, take) => before.read(name, take)
      }
      const check = begun(scenario, reductions, keeping, forwarding, count)
      if (saved !== undefined) await check.resume(saved.check, archive, "")
      let more = true
      for (let round = 0; more && round < roundsBetween; round++) more = await check.advance()
      if (!more) return check.result()
      saved = await check.save(next, "")
    }
    // Keep only what survives a file.
    saved = JSON.parse(JSON.stringify(saved)) as Saved
    archive = next
  }
}

/**
 * What must not depend on where a search was saved. Counterexamples are compared by their steps.
 */
const outcome = ({ counts, actions, properties, vacuous }: CheckResult) => ({
  ...{ counts, actions, vacuous },
  properties: properties.map(({ name, verdict, counterexample }) => ({
    ...{ name, verdict },
    steps: counterexample?.steps.map(({ node, action }) => ({ node, action }))
  }))
})

describe("a search that is resumed", () => {
  it.each([
    ["majority/write", [], "states"],
    ["majority/write", [], "fingerprints"],
    ["majority/write-read", allReductions, "states"],
    ["majority/write-read", allReductions, "fingerprints"],
    ["majority/mutants/timestamp-without-client", allReductions, "states"],
    ["naive/new-write-old-read", allReductions, "fingerprints"]
  ] as const)(
    "ends like an uninterrupted one: %s with reductions [%s], keeping %s",
    async (name, reductions, keeping) => {
      const scenario = shipped(name)
      const whole = new Check(scenario, "bfs", reductions, { keeping })
      while (whole.advance(1_000));
      const expected = outcome(whole.result())
      for (const counts of [[1], [2], [1, 2], [3, 2, 3, 1]])
        expect(outcome(await inParts(scenario, reductions, keeping, counts))).toEqual(expected)
    }
  )
})
