import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { StateTable } from "../../../checker/engine/state-table.ts"

/** States of one width, few enough values for many repetitions, and some of the extremes of 32 bits. */
const values = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -1, max: 3 }) },
  fc.constantFrom(2 ** 31 - 1, -(2 ** 31), 65_535, 65_536)
)
const sequences = fc
  .integer({ min: 1, max: 5 })
  .chain((width) =>
    fc.array(fc.array(values, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 80 })
  )

const rowOf = (table: StateTable, number: number): ReadonlyArray<number> => {
  const row = new Int32Array(table.width)
  table.read(number, row)
  return [...row]
}

describe("the table of states", () => {
  it("numbers new states from 0 and tells which it has, as a Set of their texts would", () => {
    fc.assert(
      fc.property(sequences, (rows) => {
        const table = new StateTable(rows[0]?.length ?? 1)
        const known = new Map<string, number>()
        for (const row of rows) {
          const text = row.join(",")
          const added = table.add(Int32Array.from(row), known.size - 1)
          if (known.has(text)) expect(added).toBeLessThan(0)
          else {
            expect(added).toBe(known.size)
            known.set(text, added)
          }
        }
        expect(table.size).toBe(known.size)
        for (const [text, number] of known) {
          expect(rowOf(table, number).join(",")).toBe(text)
          expect(table.parentOf(number)).toBe(number - 1)
        }
      })
    )
  })

  it.fails("answers ~n for a state that it has under number n", () => {
    const table = new StateTable(1)
    for (const value of [7, 8, 9]) table.add(Int32Array.of(value), -1)
    expect([7, 8, 9].map((value) => table.add(Int32Array.of(value), -1))).toEqual([~0, ~1, ~2])
  })

  it("keeps every state, its number and its parent when it grows over several pages and index sizes", () => {
    const count = 200_000
    const table = new StateTable(3)
    const row = new Int32Array(3)
    const fill = (number: number) => row.set([number % 7, Math.imul(number, 0x10001), -number])
    for (let number = 0; number < count; number++) {
      fill(number)
      if (table.add(row, number >> 1) !== number) expect.fail(`state ${number} was taken for another`)
    }
    for (let number = 0; number < count; number++) {
      fill(number)
      if (table.add(row, 0) >= 0) expect.fail(`state ${number} was not found again`)
      const [remainder, product, negative] = rowOf(table, number)
      if (remainder !== number % 7 || product !== Math.imul(number, 0x10001) || negative !== -number)
        expect.fail(`state ${number} has changed`)
      if (table.parentOf(number) !== number >> 1) expect.fail(`the parent of state ${number} has changed`)
    }
    expect(table.size).toBe(count)
  })

  it("copies what it is given: changing the array afterwards changes no state", () => {
    const table = new StateTable(2)
    const row = Int32Array.of(1, 2)
    table.add(row, -1)
    row.fill(9)
    expect(rowOf(table, 0)).toEqual([1, 2])
    expect(table.add(Int32Array.of(1, 2), -1)).toBeLessThan(0)
  })

  it("notes another parent for a state, and for no other state", () => {
    const table = new StateTable(1)
    for (const value of [7, 8, 9]) table.add(Int32Array.of(value), -1)
    table.setParent(1, 2)
    expect([0, 1, 2].map((number) => table.parentOf(number))).toEqual([-1, 2, -1])
  })

  it("occupies more memory as it grows, never less than its states and parents", () => {
    const table = new StateTable(4)
    const row = new Int32Array(4)
    let bytes = table.bytes
    for (let number = 0; number < 70_000; number++) {
      row[0] = number
      table.add(row, -1)
      if (table.bytes < bytes) expect.fail("it has shrunk")
      bytes = table.bytes
    }
    expect(bytes).toBeGreaterThanOrEqual(70_000 * 4 * 5)
  })
})
