/**
 * A search that repeatedly writes states that it does not need soon to a real file, and seals
 * expanded states, equals the search in memory: the same counts, the same finding, the same path to
 * it.
 */
import { describe, expect, it } from "vitest"
import { PageFile } from "../../../checker/command/page-file.ts"
import type { PageStore } from "../../../checker/engine/queue.ts"
import { Search } from "../../../checker/engine/search.ts"
import type { Space } from "../../../checker/engine/space.ts"
import type { Keeping } from "../../../checker/engine/visited-states.ts"

/**
 * Per keeping: wide enough that a level has more states than the pages of all partitions that stay.
 */
const widths = [
  ["states", 19],
  ["fingerprints", 17]
] as const
const slow = 2

/**
 * Bits that are set one after the other, in any order; setting one of the last takes two steps.
 * All of them set is a failure.
 */
const bits = (width: number): Space => {
  const successor = new Int32Array(width)
  return {
    width,
    initial: [new Int32Array(width)],
    successor,
    expand: (state, sink) => {
      let transitions = 0
      for (let bit = 0; bit < width; bit++) {
        if (state[bit] === 1) continue
        successor.set(state)
        successor[bit] = 1
        sink.visit(bit, bit < width - slow ? 1 : 2)
        transitions++
      }
      return transitions
    },
    properties: ["some bit is clear"],
    judge: (state) => (state.includes(0) ? 0 : 1),
    judgeTransition: () => 0,
    isDone: () => true,
    remember: () => () => undefined,
    judgesTransitions: false,
    judgesStates: true,
    content: (_, value) => String(value),
    numberFor: (_, content) => Number(content)
  }
}

/** Counts what goes to a file and what comes back. */
class Counted implements PageStore {
  private readonly file = new PageFile()
  puts = 0
  gets = 0
  frees = 0

  put(page: Int32Array): number {
    this.puts++
    return this.file.put(page)
  }

  get(place: number, into: Int32Array): void {
    this.gets++
    this.file.get(place, into)
  }

  free(place: number, words: number): void {
    this.frees++
    this.file.free(place, words)
  }

  close(): void {
    this.file.close()
  }
}

const outcomeOf = (width: number, keeping: Keeping, pageStore: PageStore | undefined) => {
  const sealsFrom = pageStore === undefined ? undefined : 1
  const search = new Search(bits(width), { checksDeadlock: true, keeping, pageStore, sealsFrom })
  while (search.advance(10_000)) if (pageStore !== undefined) search.putAway()
  const { counts, findings } = search
  return { counts, findings, ways: findings.map((finding) => search.pathTo(finding)) }
}

describe("a search whose waiting states are in a file", () => {
  it.each(widths)("is the search that it is in memory, keeping %s", (keeping, width) => {
    const store = new Counted()
    const away = outcomeOf(width, keeping, store)
    store.close()
    expect(away).toEqual(outcomeOf(width, "states", undefined))
    const all = 2 ** width
    expect(away.counts).toEqual({
      distinct: all,
      generated: 1 + (width * all) / 2,
      depth: width + slow,
      frontier: 0
    })
    expect(away.ways.map(({ length }) => length)).toEqual([width + 1])
    expect(store.puts).toBeGreaterThan(0)
    expect(store.gets).toBeGreaterThan(0)
    expect(store.frees).toBe(store.puts)
  })
})
