/**
 * Equal plain data has one object and one number, as its canonical text would say; and that object
 * cannot be changed in place, which would change every state that contains it.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { HashConsing } from "../../../checker/network/hash-consing.ts"
import { canonical } from "../../../spec/kernel/data.ts"

describe("hash consing", () => {
  it("keeps one object for data with one canonical text, and tells others apart", () => {
    const value = fc.jsonValue({ maxDepth: 3, depthSize: "small" })
    fc.assert(
      fc.property(fc.array(value, { minLength: 2, maxLength: 8 }), (values) => {
        const data = new HashConsing()
        const kept = values.map((one) => data.kept(structuredClone(one)))
        for (const [at, one] of kept.entries()) {
          expect(canonical(one)).toBe(canonical(values[at]))
          for (const [other, another] of kept.entries())
            expect(one === another).toBe(canonical(values[at]) === canonical(values[other]))
        }
        const words = new Set(values.map((one) => data.wordOf(one)))
        expect(words.size).toBe(new Set(values.map(canonical)).size)
      })
    )
  })

  it("keeps what a step shares with the state before, and refuses to change it in place", () => {
    const data = new HashConsing()
    const before = data.kept({ log: [{ value: 1 }], term: 1 })
    const after = data.kept({ log: before.log, term: 2 })
    expect(after.log).toBe(before.log)
    expect(() => before.log.push({ value: 2 })).toThrow(TypeError)
    expect(() => Object.assign(after.log[0] as object, { value: 3 })).toThrow(TypeError)
    expect(canonical(after)).toBe('{"log":[{"value":1}],"term":2}')
  })
})
