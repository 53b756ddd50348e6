/**
 * Untyped models: parts of another kind, misspelt fields, and data that is not plain are refused,
 * by name and with a hint, before they lead to a verdict.
 */
import { describe, expect, it } from "vitest"
import { RelationIllFormed } from "../../../checker/relation/ill-formed.ts"
import type { Relation } from "../../../checker/relation/relation.ts"
import { RelationCheck } from "../../../checker/relation/relation-check.ts"

/** A model as JavaScript has it. */
type Untyped = Readonly<Record<string, unknown>>
type Fields = Readonly<Record<string, Readonly<Record<string, number>>>> & { readonly n: number }

const model = (parts: Untyped): Relation<object> =>
  ({
    initial: [{ n: 0, list: [1], within: { a: 1 } }],
    actions: { count: ({ n }: { readonly n: number }) => (n < 3 ? [{ n: n + 1 }] : []) },
    ...parts
  }) as unknown as Relation<object>

const check = (parts: Untyped) => {
  const running = new RelationCheck(model(parts))
  while (running.advance(1_000));
  return running.result()
}

const refusal = (parts: Untyped): string => {
  try {
    check(parts)
  } catch (error) {
    if (error instanceof RelationIllFormed) return error.message
    throw error
  }
  throw new Error("it was not refused")
}

const going = (changes: () => unknown): Untyped => ({ actions: { go: () => [changes()] } })
const circle: Array<unknown> = []
circle.push(circle)
const throwing = () => ({
  get a() {
    throw new Error("not read")
  }
})

describe("a part of another kind is refused:", () => {
  it.each<readonly [Untyped, string]>([
    [{ actions: [() => []] }, "actions: it is an array; make it a record"],
    [{ actions: { go: [{ n: 1 }] } }, 'action "go": it is an array; make it a function'],
    [{ invariants: { low: true } }, 'invariant "low": it is a boolean'],
    [{ eventually: { done: "n" } }, 'eventually "done": it is a string'],
    [{ leadsTo: { done: () => true } }, 'leads to "done": it is a function; make it a pair'],
    [{ leadsTo: { done: [() => true] } }, 'leads to "done": it is an array'],
    [{ refines: { other: { of: 1, by: () => ({}) } } }, 'refines "other": it is a record'],
    [{ symmetry: { nodes: "abc" } }, 'symmetry "nodes": it is a string; make it a list of names'],
    [{ fairness: ["go"] }, "fairness: it is an array"],
    [{ fairness: { weak: "count" } }, "fairness, weak: it is a string"],
    [{ fairness: { weak: [{ actions: "count" }] } }, "fairness, weak: it is an array"],
    [{ premises: { alwaysEventually: { p: 1 } } }, 'premise "p": it is 1'],
    [{ isDone: true }, "isDone: it is a boolean"],
    [{ sets: "list" }, "sets: it is a string"],
    [{ deadlock: "yes" }, "deadlock: it is a string; write true or false"]
  ])("%j", (parts, message) => expect(refusal(parts)).toContain(message))

  it("but every part of the right kind is taken", () => {
    const ends = ({ n }: { readonly n: number }) => n === 3
    const weak = ["count", ["count"], { actions: "count", when: () => true }]
    expect(
      check({
        ...{
          eventually: { ends },
          leadsTo: { to: [ends, ends] },
          fairness: { weak },
          isDone: ends
        },
        ...{ premises: { alwaysEventually: { ends } }, deadlock: true, view: undefined }
      }).verdict
    ).toBe("holds")
  })
})

describe("a function that looks at a field which no state has is refused:", () => {
  it.each<readonly [string, Untyped, string]>([
    [
      "an invariant",
      { invariants: { low: ({ m }: Fields) => m === undefined } },
      'invariant "low": it reads the field "m", which no state has'
    ],
    [
      "an action, in a record within the state",
      { actions: { go: ({ within }: Fields) => (within?.aa === 2 ? [] : [{ n: 1 }]) } },
      'action "go": it reads the field "within.aa", which no state has; did you mean "within.a"?'
    ],
    [
      "a generator",
      {
        actions: {
          *go({ lst }: Fields) {
            if (lst === undefined) yield { n: 1 }
          }
        }
      },
      'it reads the field "lst", which no state has; known: n, list, within.a'
    ],
    [
      "a step property",
      { steps: { up: (_: Fields, after: Fields) => after.nn === undefined } },
      'step property "up": it reads the field "nn"'
    ]
  ])("%s", (_, parts, message) => expect(refusal(parts)).toContain(message))

  it("but not for what is asked of any object", () => {
    const low = (state: Fields) =>
      JSON.stringify(state).length > 0 &&
      `${state}`.length > 0 &&
      structuredClone({ ...state }).n < 9 &&
      Object.hasOwn(state, "n") &&
      !("m" in state)
    expect(check({ invariants: { low } }).verdict).toBe("holds")
  })
})

it("a view that is not plain data is refused: all states would look alike", () => {
  expect(refusal({ view: () => undefined })).toContain("view: what it returned is undefined")
  const view = ({ n }: { readonly n: number }) => ({ seen: [new Map([[n, 1]])] })
  expect(refusal({ view })).toContain('view: "seen.0" is a Map, which is not plain data')
})

it("names that would control a terminal are refused", () => {
  const ticks = () => []
  expect(refusal({ actions: { "\u001b[2J": ticks } })).toContain("its name has control characters")
  expect(refusal({ invariants: { "a\nb": () => true } })).toContain('invariant "a\\nb"')
  expect(refusal({ initial: [{ "a\r": 1 }] })).toContain('field "a\\r"')
})

describe("data that is not plain is refused:", () => {
  it.each<readonly [string, () => unknown, string]>([
    ["an object of no class", () => ({ list: [Object.create(Object.create(null))] }), "list.0"],
    ["a getter that throws", () => ({ within: throwing() }), '"within.a" threw Error: not read'],
    ["the same in a value", () => ({ list: [throwing()] }), '"list" threw Error: not read'],
    ["an array with fields", () => ({ list: Object.assign([1], { x: 1 }) }), "is not an index"],
    ["a value in itself", () => ({ list: circle }), '"list.0.0.0.0.…" is a value that is nested'],
    ["an async generator", () => (async function* () {})(), "a successor is an AsyncGenerator"]
  ])("%s", (_, changes, message) => expect(refusal(going(changes))).toContain(message))
})
