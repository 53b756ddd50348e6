/**
 * Compares the real decision of liveness with the definition, on thousands of random graphs with
 * random fairness. (The decision itself confirms that every lasso is a fair run of the graph in
 * which the demand stays open.)
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { checkRelation } from "../../../checker/relation/check.ts"
import { draws } from "../../draws.ts"
import {
  type SmallGraph,
  violatesAlwaysEventually,
  violatesEventually,
  violatesEventuallyAlways,
  violatesEventuallyUnder,
  violatesLeadsTo
} from "./by-definition.ts"

const actions = ["a", "b", "c"]
const maxStates = 6
const node = fc.nat(maxStates - 1)
const group = fc.subarray(actions, { minLength: 1 })

const graphs: fc.Arbitrary<SmallGraph> = fc.record({
  size: fc.constant(maxStates),
  initial: fc.uniqueArray(node, { minLength: 1, maxLength: 2 }),
  edges: fc.array(fc.record({ from: node, action: fc.constantFrom(...actions), to: node }), {
    minLength: 5,
    maxLength: 16
  }),
  weak: fc.array(group, { minLength: 1, maxLength: 2 }),
  strong: fc.array(group, { maxLength: 2 })
})
const states = fc.subarray(Array.from({ length: maxStates }, (_, state) => state))

const holdsIn =
  (set: ReadonlyArray<number>) =>
  ({ at }: { readonly at: number }) =>
    set.includes(at)

const verdictsOf = (
  graph: SmallGraph,
  then: ReadonlyArray<number>,
  after: ReadonlyArray<number>
) => {
  const report = checkRelation({
    ...relationOf(graph),
    eventually: { once: holdsIn(then) },
    alwaysEventually: { "again and again": holdsIn(then) },
    eventuallyAlways: { "from some time on": holdsIn(then) },
    leadsTo: { "one to the other": [holdsIn(after), holdsIn(then)] }
  })
  return { report, verdicts: report.properties.map(({ verdict }) => verdict === "violated") }
}

const relationOf = ({ initial, edges, weak, strong }: SmallGraph) => ({
  initial: initial.map((at) => ({ at })),
  actions: Object.fromEntries(
    actions.map((name) => [
      name,
      ({ at }: { readonly at: number }) =>
        edges
          .filter(({ from, action }) => from === at && action === name)
          .map(({ to }) => ({ at: to }))
    ])
  ),
  fairness: { weak, strong }
})

describe("the decision of liveness", () => {
  it("agrees with the definition", () => {
    const seen = { violated: 0, held: 0, stutters: 0, loops: 0 }
    fc.assert(
      fc.property(graphs, states, states, (graph, then, after) => {
        const { report, verdicts } = verdictsOf(graph, then, after)
        const holds = (set: ReadonlyArray<number>) => (state: number) => set.includes(state)
        expect(verdicts).toEqual([
          violatesEventually(graph, holds(then)),
          violatesAlwaysEventually(graph, holds(then)),
          violatesEventuallyAlways(graph, holds(then)),
          violatesLeadsTo(graph, holds(after), holds(then))
        ])
        for (const { counterexample: run, verdict } of report.properties) {
          if (verdict === "violated") seen.violated++
          else seen.held++
          if (run?.loop === undefined) continue
          if (run.loop === run.steps.length) seen.stutters++
          else seen.loops++
        }
      }),
      { numRuns: draws(4_000) }
    )
    // Neither verdict, and neither kind of violation, is rare enough for the comparison to be
    // empty.
    expect(Math.min(seen.violated, seen.held, seen.stutters)).toBeGreaterThan(300)
    expect(seen.loops).toBeGreaterThan(200)
  })

  it("agrees with the definition under premises, too", () => {
    const seen = { violated: 0, held: 0, excused: 0 }
    fc.assert(
      fc.property(graphs, states, states, states, (graph, then, again, within) => {
        const { properties } = checkRelation({
          ...relationOf(graph),
          eventually: { once: holdsIn(then) },
          premises: {
            alwaysEventually: { again: holdsIn(again) },
            eventuallyAlways: { within: holdsIn(within) }
          }
        })
        const holds = (set: ReadonlyArray<number>) => (state: number) => set.includes(state)
        const premises = { again: holds(again), within: holds(within) }
        const isViolated = violatesEventuallyUnder(graph, holds(then), premises)
        expect(properties[0]?.verdict).toBe(isViolated ? "violated" : "holds")
        seen[isViolated ? "violated" : "held"]++
        if (!isViolated && violatesEventually(graph, holds(then))) seen.excused++
      }),
      { numRuns: 600 }
    )
    expect(Math.min(seen.violated, seen.held, seen.excused)).toBeGreaterThan(50)
  })
})
