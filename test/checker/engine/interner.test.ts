import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Interner } from "../../../checker/engine/interner.ts"
import { canonical, equals } from "../../../spec/kernel/data.ts"

const plain = fc.letrec((tie) => ({
  data: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(null, true, 0, 1, "", "1", "a"),
    fc.array(tie("data"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "_tag"), tie("data"), { noNullPrototype: true })
  )
})).data

/** The same data, with the fields of every record in the opposite order. */
const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed)
  if (value === null || typeof value !== "object") return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, field]) => [key, reversed(field)])
  )
}

describe("the interner", () => {
  it("numbers distinct data from 0, numbers equal data alike, and returns the data", () => {
    fc.assert(
      fc.property(fc.array(plain, { maxLength: 30 }), (values) => {
        const interner = new Interner<unknown>()
        const texts: Array<string> = []
        for (const value of values) {
          const text = canonical(value)
          if (!texts.includes(text)) texts.push(text)
          expect(interner.number(value)).toBe(texts.indexOf(text))
          expect(interner.number(reversed(value))).toBe(texts.indexOf(text))
          expect(equals(interner.value(texts.indexOf(text)), value)).toBe(true)
        }
        expect(interner.size).toBe(texts.length)
      })
    )
  })

  it("uses the key that it is given", () => {
    const interner = new Interner<string>()
    expect([
      interner.number("one", "k"),
      interner.number("other", "k"),
      interner.number("one", "l")
    ]).toEqual([0, 0, 1])
    expect(interner.value(0)).toBe("one")
  })
})
