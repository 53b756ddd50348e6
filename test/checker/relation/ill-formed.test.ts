import { describe, expect, it } from "vitest"
import { checkRelation } from "../../../checker/relation/check.ts"
import { RelationIllFormed } from "../../../checker/relation/ill-formed.ts"
import type { Relation } from "../../../checker/relation/relation.ts"

// biome-ignore lint/suspicious/noExplicitAny: mistakes that the compiler would not let through
type Mistaken = any

/** The refusal of a sound relation after these parts of it have been replaced. */
const refusal = (parts: Partial<Record<keyof Relation<object>, Mistaken>>): RelationIllFormed => {
  const sound = { initial: [{ phase: "begin", inner: { count: 0 } }], actions: {} }
  try {
    checkRelation({ ...sound, ...parts }, { deadlock: true })
  } catch (error) {
    if (error instanceof RelationIllFormed) return error
    throw error
  }
  throw new Error("it was not refused")
}
const refusedAction = (action: Mistaken): RelationIllFormed =>
  refusal({ actions: { "go on": action } })

describe("a relation is refused for", () => {
  it("an unknown field, regardless of what it would require", () => {
    for (const name of ["invariant", "fairnes", "Expect"])
      expect(refusal({ [name]: {} } as Mistaken).message).toMatch(
        new RegExp(`an unknown field "${name}"; use one of initial, .*invariants`)
      )
  })

  it("initial states that are not a list", () => {
    expect(refusal({ initial: { n: 0 } }).message).toContain(
      "its initial states are a record; write a list"
    )
  })
})

describe("an action is refused, by its name, for", () => {
  const loop: Array<unknown> = []
  loop.push(loop)
  it.each<readonly [string, unknown, string, string]>([
    ["an unknown field", { fase: 1 }, 'no field "fase"', "use one of phase, inner"],
    [
      "an unknown nested field",
      { inner: { size: 1 } },
      'no field "inner.size"',
      "use one of count"
    ],
    ["undefined", { phase: undefined }, '"phase" is undefined', "use finite numbers"],
    [
      "undefined inside",
      { phase: [{ a: undefined }] },
      '"phase.0.a" is undefined',
      "use finite numbers"
    ],
    ["a hole in an array", { phase: new Array(1) }, '"phase.0" is undefined', "use finite numbers"],
    ["a function", { phase: () => 1 }, '"phase" is a function', "use finite numbers"],
    ["NaN", { phase: Number.NaN }, '"phase" is NaN', "use finite numbers"],
    ["infinity", { inner: { count: 1 / 0 } }, '"inner.count" is Infinity', "use finite numbers"],
    ["a bigint", { phase: 1n }, '"phase" is a bigint', "use finite numbers"],
    ["a Date", { phase: new Date(0) }, '"phase" is a Date', "use finite numbers"],
    ["a Map", { phase: [new Map()] }, '"phase.0" is a Map', "use finite numbers"],
    ["a value in itself", { phase: loop }, "nested too deeply", "use finite numbers"],
    ["a leaf for a record", { inner: 1 }, '"inner" is 1, but a record', "start it as null"],
    ["null for a record", { inner: null }, '"inner" is null, but a record', "start it as null"],
    ["a successor that is no record", false, "a successor is a boolean", "make it a record"]
  ])("%s", (_, successor, problem, mend) => {
    const refused = refusedAction(() => [successor])
    expect(refused.where).toBe('action "go on"')
    expect(refused.problem).toContain(problem)
    expect(refused.mend).toContain(mend)
    expect(refused.message).toBe(`${refused.where}: ${refused.problem}; ${refused.mend}`)
  })

  it.each([
    ["nothing", undefined, "it returned undefined"],
    ["a successor outside of a list", { phase: "end" }, "it returned a record"],
    ["a promise", Promise.resolve([]), "it returned a Promise"],
    ["a string", "end", "it returned a string"]
  ])("returning %s", (_, answer, problem) => {
    expect(refusedAction(() => answer)).toMatchObject({ where: 'action "go on"', problem })
  })

  it("throwing, with what it threw", () => {
    const cause = new Error("no such ballot")
    const refused = refusedAction(() => {
      throw cause
    })
    expect(refused).toMatchObject({
      where: 'action "go on"',
      problem: "it threw Error: no such ballot",
      cause
    })
  })

  it.each<readonly [string, (state: Mistaken) => void]>([
    ["a field", (state) => Object.assign(state, { phase: "end" })],
    ["a nested field", (state) => Object.assign(state.inner, { count: 1 })],
    ["an array", (state) => state.list.push(1)],
    ["a field that is not there", (state) => Object.assign(state, { new: 1 })]
  ])("changing %s of the state that it is given", (_, change) => {
    const go = (state: unknown) => {
      change(state)
      return []
    }
    const refused = refusal({
      initial: [{ phase: 1, list: [], inner: { count: 0 } }],
      actions: { go }
    })
    expect(refused.where).toBe('action "go"')
    expect(refused.problem).toContain("it threw TypeError")
    expect(refused.mend).toContain("return the changed fields")
  })
})

describe("a relation is refused for", () => {
  const holds = () => true
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`invariant ${index}`, holds]))

  it("more than 30 invariants", () => {
    expect(refusal({ invariants: many(31) }).problem).toContain("31 invariants")
    expect(checkRelation({ initial: [{ a: 1 }], actions: {}, invariants: many(30) }).verdict).toBe(
      "holds"
    )
  })

  it("two properties of one name", () => {
    expect(refusal({ invariants: { safe: holds }, sometimes: { safe: holds } }).problem).toContain(
      '"safe"'
    )
    for (const kind of ["invariants", "sometimes"] as const) {
      expect(refusal({ [kind]: { "deadlock-freedom": holds } }).problem).toContain(
        '"deadlock-freedom"'
      )
    }
  })

  it("a predicate that does not answer true or false", () => {
    const sure = async () => true
    expect(refusal({ invariants: { sure } })).toMatchObject({
      where: 'invariant "sure"',
      problem: "it returned a Promise"
    })
    expect(refusal({ sometimes: { sure } }).where).toBe('sometimes "sure"')
    expect(refusal({ isDone: sure }).where).toBe("isDone")
  })

  it("no initial state, or one that is not a record", () => {
    expect(refusal({ initial: [] }).problem).toBe("it has no initial state")
    expect(refusal({ initial: [[1]] })).toMatchObject({
      where: "initial state 1",
      problem: "it is an array"
    })
  })

  it("an initial state with other fields than the first", () => {
    const initial = [{ a: 1, b: { c: 2 } }]
    const second = (state: unknown) => refusal({ initial: [...initial, state] })
    expect(second({ a: 1, b: { d: 2 } })).toMatchObject({
      where: "initial state 2",
      problem: 'its fields differ from those of the first: it lacks "b.c" and adds "b.d"'
    })
    expect(second({ a: 1 }).problem).toContain('lacks "b."')
    expect(second(null).problem).toContain('lacks "a"')
    expect(second({ a: 1, b: { c: Number.NaN } }).problem).toContain('"b.c" is NaN')
  })
})
