/**
 * Workers meet new values in the same round, and one of them runs out of room for its own while the
 * others continue: the room that they take up then must hold what each has met since.
 *
 * The workers take turns on one thread. So one asks for room before the next begins, which threads
 * do once in a while, under load.
 */
import * as fc from "fast-check"
import { expect, it } from "vitest"
import { Search } from "../../../checker/engine/search.ts"
import { newLog } from "../../../checker/engine/shared-codes.ts"
import type { Keeping } from "../../../checker/engine/visited-states.ts"
import { ParallelSearch } from "../../../checker/parallel/conductor.ts"
import { SearchWorker } from "../../../checker/parallel/worker.ts"
import { draws } from "../../draws.ts"
import { type Growth, growingSpace, growths } from "../engine/random-spaces.ts"

const alone = (growth: Growth) => {
  const search = new Search(growingSpace(growth), { checksDeadlock: false })
  while (search.advance(1_000));
  return search.counts
}

const nothing = { calls: 0, remembered: 0 } as never

const together = async (growth: Growth, keeping: Keeping, count: number, piece: number) => {
  const log = newLog()
  const workers = Array.from({ length: count }, (_, index) => {
    const subject = {
      space: growingSpace(growth),
      told: () => nothing,
      tellFacts: () => [],
      hear: () => undefined
    }
    const setup = { subject, checksDeadlock: false, keeping, index, count, log, sealsFrom: 1 }
    const worker = new SearchWorker(setup)
    return { ask: async (order: Parameters<SearchWorker["answer"]>[0]) => worker.answer(order) }
  })
  const search = new ParallelSearch(workers)
  while (await search.advance(piece));
  return search.counts
}

/** Growths that were miscounted when a worker took it that the new room is enough. */
const examples: Array<[Growth, Keeping, number, number]> = [
  [{ width: 11, values: 5, depth: 4, seed: 932360025 }, "states", 3, 9],
  [{ width: 12, values: 4, depth: 5, seed: 1420873896 }, "states", 2, 13],
  [{ width: 10, values: 9, depth: 4, seed: 73186081 }, "states", 3, 12]
]

it("a worker has room for what it met after another one had asked for room", async () => {
  await fc.assert(
    fc.asyncProperty(
      growths,
      fc.constantFrom<Keeping>("states", "fingerprints"),
      fc.constantFrom(2, 3),
      fc.integer({ min: 4, max: 16 }),
      async (growth, keeping, count, piece) => {
        expect(await together(growth, keeping, count, piece)).toEqual(alone(growth))
      }
    ),
    { numRuns: draws(400), seed: 3, examples }
  )
})
