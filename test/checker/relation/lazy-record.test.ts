/**
 * To the author's functions, a state whose fields are looked up on demand is a plain frozen record.
 */
import { describe, expect, it } from "vitest"
import { lazyRecordOf } from "../../../checker/relation/lazy-record.ts"
import type { Fields } from "../../../checker/relation/shape.ts"

const shape: Fields = {
  path: [],
  fields: new Map([
    ["x", { path: ["x"], component: 0 }],
    ["in", { path: ["in"], fields: new Map([["y", { path: ["in", "y"], component: 1 }]]) }]
  ])
}
interface State {
  readonly x: string
  readonly in: { readonly y: string }
}
const make = lazyRecordOf(shape)

const looking = () => {
  const looked: Array<number> = []
  const value = (component: number) => {
    looked.push(component)
    return `value ${component}`
  }
  return { state: make({ value }) as State, looked }
}

describe("a record that finds out what it holds", () => {
  it("looks only at what it is asked for", () => {
    const { state, looked } = looking()
    const { in: within } = state
    expect(looked).toEqual([])
    expect([within.y, looked]).toEqual(["value 1", [1]])
    expect([state.x, looked]).toEqual(["value 0", [1, 0]])
  })

  it("can be listed, spread, copied and inherited from like any record", () => {
    const { state } = looking()
    const plain = { x: "value 0", in: { y: "value 1" } }
    expect(Object.keys(state)).toEqual(["x", "in"])
    expect({ ...state, in: { ...state.in } }).toEqual(plain)
    expect(JSON.parse(JSON.stringify(state))).toEqual(plain)
    expect(structuredClone(state)).toEqual(plain)
    expect(Reflect.ownKeys(state)).toEqual(["x", "in"])
    expect(Object.create(state).in.y).toBe("value 1")
  })

  it("is frozen, and holds the same record within it at each look, but is another for each call", () => {
    const { state } = looking()
    expect([Object.isFrozen(state), Object.isFrozen(state.in)]).toEqual([true, true])
    expect(() => Object.assign(state, { x: "other" })).toThrow(TypeError)
    expect(state.in).toBe(state.in)
    expect(looking().state).not.toBe(state)
    expect(looking().state.in).not.toBe(state.in)
  })
})
