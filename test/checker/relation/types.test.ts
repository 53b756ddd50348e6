/**
 * The types of the library for relations: they let through what can be checked and nothing else,
 * and know no `any`. (A line after `@ts-expect-error` that compiles is an error of `tsc`, which is
 * run on tests as well.)
 */
import { describe, expect, expectTypeOf, it } from "vitest"
import {
  type Action,
  type Changes,
  checkRelation,
  type Plain,
  type Predicate,
  type PropertyReport,
  type Relation,
  type RelationIllFormed,
  type RelationReport,
  type Run
} from "../../../checker/index.ts"

interface Node {
  readonly at: "idle" | "busy"
  readonly votes: Readonly<Record<string, number>>
  readonly queue: ReadonlyArray<{ readonly to: string }>
  readonly phase: { readonly _tag: "Off" } | { readonly _tag: "On"; readonly since: number }
  readonly owner: null | string
}

const isSure = async () => true

describe("types of relations", () => {
  it("take what is natural: empty arrays, null, tagged unions, literals", () => {
    const report = checkRelation({
      initial: [{ q: [], owner: null, phase: "begin", up: true, n: 0 }],
      actions: {
        push: ({ q }) => (q.length < 2 ? [{ q: [...q, 1], owner: "a" }] : []),
        go: ({ phase }) => [{ phase: phase === "begin" ? "end" : "begin" }]
      },
      invariants: { short: ({ q, n, up }) => q.length < 3 && n === 0 && up }
    })
    expect(report).toMatchObject({ verdict: "holds", states: { distinct: 6 } })
    expectTypeOf(report.properties[0]?.counterexample?.initial.q).toEqualTypeOf<
      ReadonlyArray<Plain> | undefined
    >()

    const node: Relation<Node> = {
      initial: [{ at: "idle", votes: {}, queue: [], phase: { _tag: "Off" }, owner: null }],
      actions: {
        on: ({ phase }) =>
          phase._tag === "Off" ? [{ phase: { _tag: "On", since: 1 }, votes: { a: 1 } }] : [],
        send: ({ queue }) =>
          queue.length === 0 ? [{ queue: [{ to: "b" }], at: "busy", owner: "b" }] : []
      }
    }
    expect(checkRelation(node).states.distinct).toBe(4)
  })

  it("refuse what running would refuse", () => {
    const refused = [
      // @ts-expect-error a Map is not plain data
      () => checkRelation({ initial: [{ m: new Map() }], actions: {} }),
      // @ts-expect-error a Date is not plain data
      () => checkRelation({ initial: [{ d: new Date() }], actions: {} }),
      // @ts-expect-error a function is not plain data
      () => checkRelation({ initial: [{ f: () => 1 }], actions: {} }),
      // @ts-expect-error a bigint is not plain data
      () => checkRelation({ initial: [{ b: 1n }], actions: {} }),
      // @ts-expect-error undefined is not plain data
      () => checkRelation({ initial: [{ u: undefined }], actions: {} }),
      // @ts-expect-error a Set in an array in a record is not plain data
      () => checkRelation({ initial: [{ a: [{ s: new Set([1]) }] }], actions: {} }),
      () =>
        checkRelation<{ a: number } | { b: number }>({
          // @ts-expect-error states have the same fields
          initial: [{ a: 1 }, { b: 1 }],
          actions: {}
        }),
      // @ts-expect-error there is no such field
      () => checkRelation({ initial: [{ a: 1 }], actions: { go: () => [{ b: 1 }] } }),
      // @ts-expect-error a field keeps its type
      () => checkRelation({ initial: [{ a: 1 }], actions: { go: () => [{ a: "x" }] } }),
      // @ts-expect-error an invariant is true or false
      () => checkRelation({ initial: [{ a: 1 }], actions: {}, invariants: { sure: isSure } })
    ]
    for (const check of refused.slice(0, 6)) expect(check).toThrow(/not plain data/)
    // Of fields that change their type only the compiler knows.
    for (const at of [6, 7, 9]) expect(refused[at]).toThrow()
  })

  it("know what reports hold", () => {
    expectTypeOf<RelationReport<Node>["properties"][number]>().toEqualTypeOf<PropertyReport<Node>>()
    expectTypeOf<NonNullable<PropertyReport<Node>["counterexample"]>>().toEqualTypeOf<Run<Node>>()
    expectTypeOf<Run<Node>["steps"][number]["state"]>().toEqualTypeOf<Node>()
    expectTypeOf<ReturnType<Action<Node>>>().toEqualTypeOf<Iterable<Changes<Node>>>()
    expectTypeOf<Predicate<Node>>().toEqualTypeOf<(state: Node) => boolean>()
    expectTypeOf<Changes<Node>["phase"]>().toEqualTypeOf<Node["phase"] | undefined>()
    expectTypeOf<RelationIllFormed["where"]>().toEqualTypeOf<string>()
  })
})
