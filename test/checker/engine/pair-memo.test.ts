import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { missing, PairMemo } from "../../../checker/engine/pair-memo.ts"

/** Numbers as in practice, including 0 and the largest that fit. */
const largest = 2 ** 31 - 2
const numbers = fc.oneof(
  { weight: 4, arbitrary: fc.nat({ max: 12 }) },
  fc.constantFrom(0, 1, 65_535, 65_536, 2 ** 24, largest),
  fc.nat({ max: largest })
)
const entries = fc.array(fc.tuple(numbers, fc.oneof(numbers, fc.constant(-1)), numbers), {
  maxLength: 200
})

describe("the memo of pairs", () => {
  it("agrees with a Map, on pairs that were set and on all others", () => {
    fc.assert(
      fc.property(entries, (drawn) => {
        const memo = new PairMemo()
        const map = new Map<string, number>()
        for (const [first, second, value] of drawn) {
          const key = `${first},${second}`
          expect(memo.get(first, second)).toBe(map.get(key) ?? missing)
          if (map.has(key)) continue
          memo.set(first, second, value)
          map.set(key, value)
        }
        for (const [first, second] of drawn) {
          expect(memo.get(first, second)).toBe(map.get(`${first},${second}`))
          expect(memo.get(second + 1, first)).toBe(map.get(`${second + 1},${first}`) ?? missing)
        }
      })
    )
  })

  it("keeps its pairs while it grows", () => {
    const memo = new PairMemo()
    const side = 300
    const small = memo.bytes
    for (let first = 0; first < side; first++)
      for (let second = 0; second < side; second++) memo.set(first, second, first * side + second)
    for (let first = 0; first < side; first++)
      for (let second = 0; second < side; second++)
        if (memo.get(first, second) !== first * side + second)
          expect.fail(`(${first}, ${second}) was lost`)
    expect(memo.get(side, 0)).toBe(missing)
    expect(memo.get(0, side)).toBe(missing)
    expect(memo.bytes).toBeGreaterThan(small)
  })

  it("distinguishes a pair from its reverse", () => {
    const memo = new PairMemo()
    memo.set(1, 2, 3)
    expect([memo.get(1, 2), memo.get(2, 1)]).toEqual([3, missing])
  })

  it("remembers 0 as a value and as either half of a pair", () => {
    const memo = new PairMemo()
    memo.set(0, 0, 0)
    expect([memo.get(0, 0), memo.get(0, 1), memo.get(1, 0)]).toEqual([0, missing, missing])
  })
})
