/**
 * A search whose visited states are on disk visits what the search in memory does: the same counts,
 * and failures as near. Here it may keep a few records in memory, and a page holds a few.
 */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { readScenario } from "../../../checker/command/shipped.ts"
import { DiskSearch } from "../../../checker/engine/disk/search.ts"
import { Sorting } from "../../../checker/engine/disk/sorting.ts"
import { DiskFull } from "../../../checker/engine/disk/stream.ts"
import { noRoom, type PageStore } from "../../../checker/engine/queue.ts"
import { Search } from "../../../checker/engine/search.ts"
import type { Space } from "../../../checker/engine/space.ts"
import { twoPhaseCommit } from "../../../checker/examples/two-phase-commit.ts"
import { Network } from "../../../checker/network/network.ts"
import { allReductions } from "../../../checker/network/reductions.ts"
import { RelationCheck, type RelationSearch } from "../../../checker/relation/relation-check.ts"
import { load } from "../../../checker/scenario/load.ts"
import { draws } from "../../draws.ts"
import { graphs, growingSpace, growths, spaceOf } from "./random-spaces.ts"

/** Pages in memory, which are given back as they were put, and only until they are freed. */
class Pages implements PageStore {
  private readonly pages = new Map<number, Int32Array>()
  private puts = 0
  private readonly room: number

  constructor(room = Number.POSITIVE_INFINITY) {
    this.room = room
  }

  put(page: Int32Array): number {
    if (this.pages.size >= this.room) return noRoom
    this.pages.set(this.puts, page.slice())
    return this.puts++
  }

  get(place: number, into: Int32Array): void {
    const page = this.pages.get(place)
    if (page?.length !== into.length) throw new Error(`no page of this length at ${place}`)
    into.set(page)
  }

  free(place: number, words: number): void {
    if (this.pages.get(place)?.length !== words) throw new Error(`no page to free at ${place}`)
    this.pages.delete(place)
  }

  get left(): number {
    return this.pages.size
  }
}

/** The bounds of a search: candidates in memory, words of a page, states of a round. */
const bounds = fc.record({
  maxCandidates: fc.integer({ min: 1, max: 60 }),
  pageWords: fc.integer({ min: 1, max: 40 }),
  roundStates: fc.integer({ min: 1, max: 50 }),
  piece: fc.integer({ min: 1, max: 100 }),
  putsAway: fc.boolean()
})

type Bounds = typeof bounds extends fc.Arbitrary<infer One> ? One : never

const onDisk = (space: Space, { piece, putsAway, ...settings }: Bounds) => {
  const pageStore = new Pages()
  const search = new DiskSearch(space, { checksDeadlock: true, pageStore, ...settings })
  while (search.advance(piece)) if (putsAway) search.putAway()
  return { search, pageStore }
}

const inMemory = (space: Space) => {
  const search = new Search(space, { checksDeadlock: true })
  while (search.advance(1_000));
  return search
}

/** What must be the same; of equally near failures another one may be found. */
const outcomeOf = (search: Search | DiskSearch) => ({
  counts: search.counts,
  doneStates: search.doneStates,
  exhausted: search.exhausted,
  findings: search.findings
    .map(({ property, depth, inTransition }) => ({ property, depth, inTransition }))
    .sort((one, other) => (one.property < other.property ? -1 : 1))
})

const agree = (spaceAnew: () => Space, given: Bounds) => {
  const { search, pageStore } = onDisk(spaceAnew(), given)
  expect(outcomeOf(search)).toEqual(outcomeOf(inMemory(spaceAnew())))
  const { findings } = search
  const ways = findings.map((finding) => search.pathTo(finding).length)
  search.drop()
  expect(pageStore.left).toBe(0)
  return { findings, ways }
}

/**
 * A search that begins in memory and continues on disk after this many states; none if it ended.
 */
const moved = (space: Space, { piece, ...given }: Bounds, states: number) => {
  const begun = new Search(space, { checksDeadlock: true })
  if (states > 0 && !begun.advance(states)) return undefined
  begun.finishRound()
  if (begun.exhausted) return undefined
  const settings = { checksDeadlock: true, pageStore: new Pages(), ...given }
  const search = new DiskSearch(space, settings, begun)
  while (search.advance(piece));
  return { search, packing: begun.shard.packing }
}

describe("a search on disk", () => {
  it("agrees with the search in memory, on graphs with edges of one step", () => {
    fc.assert(
      fc.property(graphs(fc.constant(1)), bounds, (graph, given) => {
        const { findings, ways } = agree(() => spaceOf(graph), given)
        expect(ways).toEqual(findings.map(({ depth }) => depth + 1))
      }),
      { numRuns: draws(2_000) }
    )
  })

  it("visits the same states where edges stand for two steps, and finds failures as near", () => {
    fc.assert(
      fc.property(graphs(fc.constantFrom(1, 1, 2)), bounds, (graph, given) => {
        agree(() => spaceOf(graph), given)
      }),
      { numRuns: draws(2_000) }
    )
  })

  it("finds the same, in the same order, regardless of what it keeps in memory", () => {
    fc.assert(
      fc.property(graphs(fc.constantFrom(1, 1, 2)), bounds, bounds, (graph, one, other) => {
        const [left, right] = [onDisk(spaceOf(graph), one), onDisk(spaceOf(graph), other)]
        expect(left.search.findings).toEqual(right.search.findings)
        for (const finding of left.search.findings)
          expect(left.search.pathTo(finding)).toEqual(right.search.pathTo(finding))
      }),
      { numRuns: draws(1_000) }
    )
  })

  it.each([
    ["majority/mutants/timestamp-without-client", allReductions],
    ["naive/new-write-old-read", allReductions],
    ["majority/write", []]
  ] as const)("agrees with the search in memory: %s with [%s]", (name, reductions) => {
    const text = Result.flatMap(readScenario(name), (read) => load(name, read))
    const { model } = Result.getOrThrow(text)
    const given = {
      maxCandidates: 300,
      pageWords: 128,
      roundStates: 100,
      piece: 64,
      putsAway: false
    }
    agree(() => new Network(model, reductions), given)
    // Far enough for rounds that end within a level.
    const went = moved(new Network(model, reductions), given, 1_500)
    const outcome = outcomeOf(inMemory(new Network(model, reductions)))
    if (went !== undefined) expect(outcomeOf(went.search)).toEqual(outcome)
  })

  it("agrees with the search in memory on a relation", () => {
    const report = (given: RelationSearch) => {
      const check = new RelationCheck(twoPhaseCommit({ count: 3 }), given)
      while (check.advance(100));
      const { engine: _, ...result } = check.result()
      return result
    }
    expect(report({ keeping: "disk", pageStore: new Pages() })).toEqual(report({}))
  })

  it("continues where a search in memory stopped, and knows the ways that it took", () => {
    fc.assert(
      fc.property(graphs(fc.constantFrom(1, 1, 2)), bounds, fc.nat(9), (graph, given, before) => {
        const went = moved(spaceOf(graph), given, before)
        if (went === undefined) return
        const { search, packing } = went
        expect(outcomeOf(search)).toEqual(outcomeOf(inMemory(spaceOf(graph))))
        const nodes = new Map(
          graph.edges.map((_, node) => [String(packing.fingerprint(Int32Array.of(node))), node])
        )
        for (const finding of search.findings) {
          const way = search.pathTo(finding).map((one) => nodes.get(String(one)) as number)
          expect(graph.initial).toContain(way[0])
          way.slice(1).forEach((node, at) => {
            expect(graph.edges[way[at] as number]?.map(({ to }) => to)).toContain(node)
          })
        }
      }),
      { numRuns: draws(3_000) }
    )
  })

  it("continues so where values still outgrow their layout", () => {
    fc.assert(
      fc.property(growths, bounds, fc.nat(300), (growth, given, before) => {
        const went = moved(growingSpace(growth), given, before)
        if (went === undefined) return
        expect(outcomeOf(went.search)).toEqual(outcomeOf(inMemory(growingSpace(growth))))
      }),
      { numRuns: draws(160) }
    )
  })

  it("packs everything again when values outgrow their layout", () => {
    fc.assert(
      fc.property(growths, bounds, (growth, given) => {
        agree(() => growingSpace(growth), given)
      }),
      { numRuns: draws(160) }
    )
  })

  it("reports that the disk is full", () => {
    const search = () => {
      const pageStore = new Pages(3)
      const growth = { width: 8, values: 9, depth: 5, seed: 1 }
      const settings = { checksDeadlock: false, pageStore, maxCandidates: 10, pageWords: 32 }
      const full = new DiskSearch(growingSpace(growth), settings)
      while (full.advance(100));
    }
    expect(search).toThrow(DiskFull)
  })
})

it("records are sorted by their first words, as unsigned numbers, and none is lost", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer(), fc.integer()), { maxLength: 100 }),
      fc.integer({ min: 1, max: 30 }),
      (records, maxCount) => {
        const sorting = new Sorting(2, maxCount, { store: new Pages(), words: 6 })
        for (const record of records) sorting.push(Int32Array.from(record), 0)
        const sorted: Array<ReadonlyArray<number>> = []
        for (const merged = sorting.merged(); merged.next(); )
          sorted.push([...merged.page.subarray(merged.at, merged.at + 2)])
        const byBoth = (one: ReadonlyArray<number>, other: ReadonlyArray<number>) =>
          ((one[0] as number) >>> 0) - ((other[0] as number) >>> 0) ||
          (one[1] as number) - (other[1] as number)
        expect(sorted.map(([key]) => (key as number) >>> 0)).toEqual(
          records.map(([key]) => key >>> 0).sort((one, other) => one - other)
        )
        expect([...sorted].sort(byBoth)).toEqual([...records].sort(byBoth))
      }
    ),
    { numRuns: draws(2_000) }
  )
})
