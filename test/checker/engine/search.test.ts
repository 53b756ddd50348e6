/**
 * The search alone, on random graphs whose edges stand for one step or two.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { beginSearch } from "../../../checker/engine/begin.ts"
import type { Finding } from "../../../checker/engine/findings.ts"
import { type Order, Search } from "../../../checker/engine/search.ts"
import type { Space } from "../../../checker/engine/space.ts"
import { draws } from "../../draws.ts"

interface Graph {
  /** Per node: its edges. */
  readonly edges: ReadonlyArray<ReadonlyArray<{ readonly to: number; readonly steps: number }>>
  readonly initial: ReadonlyArray<number>
  /** The nodes that break the property. */
  readonly bad: ReadonlyArray<number>
}

/** Graphs of up to ten nodes; one edge in `twos` stands for two steps. */
const graphs = (steps: fc.Arbitrary<number>): fc.Arbitrary<Graph> =>
  fc.integer({ min: 2, max: 10 }).chain((size) => {
    const node = fc.nat({ max: size - 1 })
    return fc.record({
      edges: fc.array(fc.array(fc.record({ to: node, steps }), { maxLength: 3 }), {
        minLength: size,
        maxLength: size
      }),
      initial: fc.uniqueArray(node, { minLength: 1, maxLength: 2 }),
      bad: fc.uniqueArray(node, { minLength: 1, maxLength: 3 })
    })
  })

const spaceOf = ({ edges, initial, bad }: Graph): Space => {
  const successor = new Int32Array(1)
  return {
    width: 1,
    initial: initial.map((node) => Int32Array.of(node)),
    successor,
    expand: (state, sink) => {
      const transitions = edges[state[0] as number] ?? []
      for (const { to, steps } of transitions) {
        successor[0] = to
        sink.visit(to, steps)
      }
      return transitions.length
    },
    properties: ["good"],
    judge: ([node]) => (bad.includes(node as number) ? 1 : 0),
    judgeTransition: () => 0,
    isDone: () => false,
    remember: () => () => undefined,
    judgesTransitions: false,
    judgesStates: true,
    content: (_, node) => String(node),
    numberFor: (_, content) => Number(content)
  }
}

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
