import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  DependencyMemo,
  type Read,
  ReadInTwoOrders
} from "../../../checker/engine/dependency-memo.ts"

const width = 4

/** Values as in practice: close together, or so far apart that no array has a cell for each. */
const values = fc.oneof(
  { weight: 4, arbitrary: fc.nat({ max: 9 }) },
  fc.nat({ max: 700 }),
  fc.constantFrom(63, 64, 65_536, 2 ** 31 - 1)
)
const states = fc.array(fc.tuple(values, values, values, values), { maxLength: 300 })

/** A function that reads what it reads because of what it found before. */
const wandering =
  (first: number) =>
  (read: Read): string => {
    const path = [first]
    const found = [read(first)]
    for (let at = first; (found.at(-1) ?? 0) % 3 !== 0 && path.length < width; path.push(at)) {
      at = (at + 1 + ((found.at(-1) ?? 0) % 2)) % width
      found.push(read(at))
    }
    return `${path}: ${found}`
  }

describe("the memo of what was read", () => {
  it("answers like the function, and asks once for each way through what it reads", () => {
    fc.assert(
      fc.property(states, fc.nat({ max: width - 1 }), (drawn, first) => {
        const answer = wandering(first)
        const memo = new DependencyMemo(answer)
        const ways = new Set<string>()
        for (const state of drawn) {
          const expected = answer((component) => state[component] as number)
          expect(memo.get(Int32Array.from(state))).toBe(expected)
          ways.add(expected)
          expect(memo.calls).toBe(ways.size)
        }
        for (const state of drawn) memo.get(Int32Array.from(state))
        expect(memo.calls).toBe(ways.size)
      })
    )
  })

  it("answers at once for a function that reads nothing", () => {
    const memo = new DependencyMemo(() => "always")
    expect([memo.get(Int32Array.of(1)), memo.get(Int32Array.of(2)), memo.calls]).toEqual([
      "always",
      "always",
      1
    ])
  })

  it("notices that a function reads in another order, or less, though it found the same", () => {
    for (const later of [[1, 0], [0], []]) {
      let order = [0, 1]
      const memo = new DependencyMemo((read) => order.map(read).join())
      memo.get(Int32Array.of(5, 6))
      order = later
      expect(() => memo.get(Int32Array.of(5, 7))).toThrow(ReadInTwoOrders)
    }
  })
})
