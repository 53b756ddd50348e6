/**
 * The search alone, on random graphs whose edges stand for one step or two.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { beginSearch } from "../../../checker/engine/begin.ts"
import type { Finding } from "../../../checker/engine/findings.ts"
import { type Order, Search } from "../../../checker/engine/search.ts"
import { draws } from "../../draws.ts"
import { type Graph, graphs, spaceOf } from "./random-spaces.ts"

const searched = (graph: Graph, order: Order) => {
  const search = beginSearch(spaceOf(graph), { order, checksDeadlock: true })
  while (search.advance(3));
  return search
}

/** The fewest steps to each node that can be reached (Bellman and Ford). */
const distances = ({ edges, initial }: Graph): ReadonlyMap<number, number> => {
  const found = new Map(initial.map((node) => [node, 0]))
  for (const _ of edges)
    for (const [from, distance] of [...found])
      for (const { to, steps } of edges[from] ?? [])
        found.set(to, Math.min(found.get(to) ?? Number.POSITIVE_INFINITY, distance + steps))
  return found
}
const nearest = (
  nodes: ReadonlyArray<number>,
  found: ReadonlyMap<number, number>
): number | undefined => {
  const reached = nodes.flatMap((node) => found.get(node) ?? [])
  return reached.length === 0 ? undefined : Math.min(...reached)
}
const depthOf = (findings: ReadonlyArray<Finding>, name: string) =>
  findings.find(({ property }) => property === name)?.depth

const findsTheNearest = (graph: Graph) => {
  const { findings } = searched(graph, "bfs")
  const found = distances(graph)
  const stuck = graph.edges.flatMap((edges, node) => (edges.length === 0 ? [node] : []))
  expect(depthOf(findings, "good")).toBe(nearest(graph.bad, found))
  expect(depthOf(findings, "deadlock-freedom")).toBe(nearest(stuck, found))
}

describe("the search", () => {
  it("finds the nearest violation and the nearest deadlock, breadth-first", () => {
    fc.assert(fc.property(graphs(fc.constant(1)), findsTheNearest), { numRuns: 500 })
  })

  it("finds the nearest ones even if some transitions stand for two steps", () => {
    fc.assert(fc.property(graphs(fc.constantFrom(1, 1, 2)), findsTheNearest), {
      numRuns: draws(2_000),
      seed: 1
    })
  })

  it("visits every reachable state once and takes every transition once, in either order", () => {
    fc.assert(
      fc.property(
        graphs(fc.constantFrom(1, 1, 2)),
        fc.constantFrom<Order>("bfs", "dfs"),
        (graph, order) => {
          const search = searched(graph, order)
          const found = [...distances(graph).keys()]
          const transitions = found.reduce((sum, node) => sum + (graph.edges[node]?.length ?? 0), 0)
          expect(search.counts).toMatchObject({
            distinct: found.length,
            generated: graph.initial.length + transitions,
            frontier: 0
          })
          const names = new Set(search.findings.map(({ property }) => property))
          expect(names.has("good")).toBe(found.some((node) => graph.bad.includes(node)))
          expect(names.has("deadlock-freedom")).toBe(
            found.some((node) => graph.edges[node]?.length === 0)
          )
        }
      ),
      { numRuns: 500 }
    )
  })

  it("ends at the same state however the work is divided, once it knows enough", () => {
    fc.assert(
      fc.property(graphs(fc.constant(1)), fc.integer({ min: 1, max: 6 }), (graph, piece) => {
        const ended = (count: number) => {
          const search = new Search(spaceOf(graph), { checksDeadlock: true })
          while (search.advance(count, (findings) => findings.length > 0));
          return { counts: search.counts, findings: search.findings }
        }
        expect(ended(piece)).toEqual(ended(1_000))
      }),
      { numRuns: 500 }
    )
  })
})
