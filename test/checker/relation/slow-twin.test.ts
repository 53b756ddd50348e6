/**
 * Compares the engine with its slow twin on random relations: with properties of states and steps,
 * and constraints of both; and with a symmetry, compared with the same relation without it.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { checkRelation, type RelationReport } from "../../../checker/relation/check.ts"
import type {
  Action,
  Predicate,
  Relation,
  StepPredicate
} from "../../../checker/relation/relation.ts"
import { canonical } from "../../../spec/kernel/data.ts"
import { draws } from "../../draws.ts"
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

/** A predicate of steps: by the state before, or else by the one after. */
const stepPredicates = (weightOfTrue: number): fc.Arbitrary<StepPredicate<Small>> =>
  fc.tuple(predicates(weightOfTrue), predicates(weightOfTrue)).map(
    ([first, second]) =>
      (before, after) =>
        first(before) || second(after)
  )

const unconstrained: fc.Arbitrary<Relation<Small>> = fc.record({
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

const relations: fc.Arbitrary<Relation<Small>> = fc
  .tuple(
    unconstrained,
    fc.record(
      {
        steps: named("step", stepPredicates(4), 2),
        constraint: predicates(6),
        stepConstraint: stepPredicates(2)
      },
      { requiredKeys: [] }
    )
  )
  .map(([relation, more]) => ({ ...relation, ...more }))

/** What the engine's report says, in the words of the slow twin. */
const told = ({ states, fired, properties, beyond }: RelationReport<Small>): SlowReport => ({
  ...states,
  ...{ fired, beyond },
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
  it("gives random small relations the same counts, verdicts and shortest counterexamples", () => {
    const runs = draws(2_000)
    const seen = {
      violated: 0,
      holds: 0,
      deadlocked: 0,
      reached: 0,
      deep: 0,
      remembered: 0,
      beyond: 0,
      steps: 0
    }
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
        if (expected.beyond > 0) seen.beyond += 1
        if ("step 0" in expected.nearest) seen.steps += 1
        if (report.engine.memoHitRate > 0.5) seen.remembered += 1
      }),
      { numRuns: runs }
    )
    for (const often of Object.values(seen)) expect(often).toBeGreaterThan(runs / 50)
  })
})

interface Ring {
  readonly at: Readonly<Record<string, number>>
  readonly owner: string | null
}
const nodes = ["n1", "n2", "n3"] as const
/** The six ways to exchange the names of three nodes. */
const exchanges = nodes.flatMap((first) =>
  nodes
    .filter((second) => second !== first)
    .map((second) => [first, second, nodes.find((one) => one !== first && one !== second) ?? first])
)
const exchanged = ({ at, owner }: Ring, names: ReadonlyArray<string>): string =>
  canonical({
    at: Object.fromEntries(nodes.map((node, index) => [names[index], at[node]])),
    owner: owner === null ? null : names[nodes.indexOf(owner as (typeof nodes)[number])]
  })
/** What stands for a state and for all that are like it. */
const orbitOf = (state: Ring): string =>
  exchanges.map((names) => exchanged(state, names)).sort()[0] as string

/** A node goes by where it is, by how many are ahead of it, and by whether it is the owner. */
const rules = fc.array(
  fc.record({ moves: fc.nat({ max: 2 }), owns: fc.constantFrom("takes", "leaves", "as it is") }),
  { minLength: 18, maxLength: 18 }
)

const symmetric = rules.map((drawn): Relation<Ring> => {
  const ahead = ({ at }: Ring, node: string) =>
    nodes.filter((other) => (at[other] as number) > (at[node] as number)).length
  const step = (node: string) => (state: Ring) => {
    const { at, owner } = state
    const place = (at[node] as number) * 6 + ahead(state, node) * 2 + (owner === node ? 1 : 0)
    const { moves, owns } = drawn[place % drawn.length] as (typeof drawn)[number]
    const isFree = owns === "takes" && owner === null
    const next = isFree ? { owner: node } : owns === "leaves" ? { owner: null } : {}
    return moves === 0 && !isFree ? [] : [{ at: { [node]: moves }, ...next }]
  }
  return {
    initial: [{ at: { n1: 0, n2: 0, n3: 0 }, owner: null }],
    actions: Object.fromEntries(nodes.map((node) => [`step(${node})`, step(node)])),
    invariants: {
      "not all far": ({ at }) => nodes.some((node) => at[node] !== 2),
      "the owner is near": ({ at, owner }) => owner === null || at[owner] !== 2
    },
    deadlock: true
  }
})

describe("symmetry, against the search without it", () => {
  it("visits one state of each orbit, and finds the same as near, in 300 random relations", () => {
    let smaller = 0
    fc.assert(
      fc.property(symmetric, (relation) => {
        const orbits = new Set<string>()
        const noted = { ...relation, steps: {}, sometimes: {} }
        const all = checkRelation(
          {
            ...noted,
            // Every reachable state is judged, and so is seen here.
            invariants: {
              ...relation.invariants,
              seen: (state: Ring) => orbits.add(orbitOf(state)).size > 0
            }
          },
          { violations: "all" }
        )
        const symmetrical = { ...relation, symmetry: { nodes: [...nodes] } }
        const reduced = checkRelation(symmetrical, { violations: "all" })
        expect(reduced.states.distinct).toBe(orbits.size)
        expect(reduced.states.depth).toBe(all.states.depth)
        const nearest = ({ properties }: RelationReport<Ring>) =>
          properties
            .filter(({ name }) => name !== "seen")
            .map(({ name, verdict, counterexample }) => [
              ...[name, verdict, counterexample?.steps.length]
            ])
        expect(nearest(reduced)).toEqual(nearest(all))
        if (reduced.states.distinct < all.states.distinct) smaller++
      }),
      { numRuns: 300 }
    )
    expect(smaller).toBeGreaterThan(100)
  })
})
