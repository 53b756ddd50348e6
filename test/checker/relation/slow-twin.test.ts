import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { checkRelation, type RelationReport } from "../../../checker/relation/check.ts"
import type { Action, Predicate, Relation } from "../../../checker/relation/relation.ts"
import { canonical } from "../../../spec/kernel/data.ts"
import { type SlowReport, type Small, searchSlowly, successorsOf } from "./slow-twin.ts"

/** The values of each field; `d` begins as null, so that it may be a record later. */
const domains = {
  a: [0, 1, 2],
  b: ["x", "y", "z"],
  c: [[], [{ owner: 1, at: 2 }], [{ at: 2, owner: 2 }, "x"]],
  d: [null, { k: 1 }, { k: 2 }]
} as const
type Field = keyof typeof domains
const fields = Object.keys(domains) as ReadonlyArray<Field>

const look = (state: Small, field: Field): unknown =>
  field === "a" || field === "b" ? state[field] : state.inner[field]

/** A function of the state that looks at a field, and then, by what it found, at others. */
type Tree<Result> =
  | { readonly result: Result }
  | { readonly field: Field; readonly branches: ReadonlyArray<Tree<Result>> }

const follow = <Result>(tree: Tree<Result>, state: Small): Result => {
  if ("result" in tree) return tree.result
  const found = canonical(look(state, tree.field))
  const branch = domains[tree.field].findIndex((value) => canonical(value) === found)
  return follow(tree.branches[branch] as Tree<Result>, state)
}

const trees = <Result>(
  results: fc.Arbitrary<Result>,
  depth: number
): fc.Arbitrary<Tree<Result>> => {
  const leaf = results.map((result): Tree<Result> => ({ result }))
  if (depth === 0) return leaf
  const branches = fc.array(trees(results, depth - 1), { minLength: 3, maxLength: 3 })
  return fc.oneof(
    { weight: 1, arbitrary: leaf },
    { weight: 3, arbitrary: fc.record({ field: fc.constantFrom(...fields), branches }) }
  )
}

/** A successor: which of its domain's values some fields take; perhaps given as a whole state. */
interface Successor {
  readonly values: Readonly<Partial<Record<Field, number>>>
  readonly style: "changes" | "whole" | "inner record copied"
}
const index = fc.nat({ max: 2 })
const successors: fc.Arbitrary<Successor> = fc.record({
  values: fc.record({ a: index, b: index, c: index, d: index }, { requiredKeys: [] }),
  style: fc.constantFrom("changes", "changes", "changes", "whole", "inner record copied")
})

const build = ({ values, style }: Successor, state: Small) => {
  const chosen = Object.fromEntries(
    Object.entries(values).map(([field, at]) => [field, domains[field as Field][at]])
  )
  const { a, b, ...nested } = chosen
  const outer = Object.fromEntries(
    ["a", "b"].filter((name) => name in chosen).map((name) => [name, { a, b }[name]])
  )
  if (style === "whole") return { ...state, ...outer, inner: { ...state.inner, ...nested } }
  const inner = style === "inner record copied" ? { ...state.inner, ...nested } : nested
  return Object.keys(inner).length === 0 ? outer : { ...outer, inner }
}

const actions: fc.Arbitrary<Action<Small>> = trees(fc.array(successors, { maxLength: 2 }), 3).map(
  (tree) => (state) => follow(tree, state).map((successor) => build(successor, state))
)
const predicates = (weightOfTrue: number): fc.Arbitrary<Predicate<Small>> =>
  trees(
    fc.integer({ min: 0, max: weightOfTrue }).map((drawn) => drawn > 0),
    3
  ).map((tree) => (state) => follow(tree, state))
const initialStates = fc.record({ a: index, b: index, c: index }).map(
  ({ a, b, c }): Small => ({
    a: domains.a[a] as number,
    b: domains.b[b] as string,
    inner: { c: domains.c[c] ?? [], d: null }
  })
)
const named = <Value>(name: string, values: fc.Arbitrary<Value>, maxLength: number) =>
  fc
    .array(values, { minLength: 1, maxLength })
    .map((drawn) => Object.fromEntries(drawn.map((value, at) => [`${name} ${at}`, value])))

const relations: fc.Arbitrary<Relation<Small>> = fc.record({
  initial: fc.array(initialStates, { minLength: 1, maxLength: 3 }),
  actions: named("action", actions, 4),
  invariants: named("invariant", predicates(20), 3),
  sometimes: named(
    "sometimes",
    fc.oneof(
      predicates(1),
      fc.constant(() => false)
    ),
    2
  ),
  isDone: predicates(1)
})

/** What the engine's report says, in the words of the slow twin. */
const told = ({ states, fired, properties }: RelationReport<Small>): SlowReport => ({
  ...states,
  fired,
  nearest: Object.fromEntries(
    properties.flatMap(({ name, counterexample }) =>
      counterexample === undefined ? [] : [[name, counterexample.steps.length] as const]
    )
  ),
  reached: properties
    .filter(({ kind, verdict }) => kind === "reachability" && verdict === "holds")
    .map(({ name }) => name)
    .sort()
})

/** Whether the relation itself takes every step of the run. */
const isRun = (
  relation: Relation<Small>,
  { counterexample }: RelationReport<Small>["properties"][number]
) => {
  if (counterexample === undefined) return true
  const { initial, steps } = counterexample
  return steps.every(({ action, state }, at) => {
    const before = at === 0 ? initial : (steps[at - 1]?.state as Small)
    return successorsOf(relation, action, before).some(
      (successor) => canonical(successor) === canonical(state)
    )
  })
}

describe("the engine, against its slow twin", () => {
  it("gives 2,000 random small relations the same counts, verdicts and shortest counterexamples", () => {
    const runs = 2_000
    const seen = { violated: 0, holds: 0, deadlocked: 0, reached: 0, deep: 0, remembered: 0 }
    fc.assert(
      fc.property(relations, (relation) => {
        const expected = searchSlowly(relation)
        const report = checkRelation(relation, { deadlock: true, violations: "all" })
        expect(told(report)).toEqual(expected)
        for (const property of report.properties) {
          const isViolated =
            property.kind === "reachability"
              ? !expected.reached.includes(property.name)
              : property.name in expected.nearest
          expect(property.verdict).toBe(isViolated ? "violated" : "holds")
          expect(isRun(relation, property)).toBe(true)
        }
        seen[report.verdict === "holds" ? "holds" : "violated"] += 1
        if ("deadlock-freedom" in expected.nearest) seen.deadlocked += 1
        if (expected.reached.length > 0) seen.reached += 1
        if (expected.depth >= 3) seen.deep += 1
        if (report.engine.memoHitRate > 0.5) seen.remembered += 1
      }),
      { numRuns: runs }
    )
    for (const often of Object.values(seen)) expect(often).toBeGreaterThan(runs / 50)
  })
})
