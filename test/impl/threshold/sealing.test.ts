import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { publicHalf, scalarFrom } from "../../../impl/threshold/group.ts"
import {
  isReadingHalf,
  isSealed,
  maxSealedBytes,
  open,
  readingHalf,
  type Sealing,
  seal
} from "../../../impl/threshold/sealing.ts"
import { draws } from "../../draws.ts"

const own = Buffer.alloc(32, 7)
const value = scalarFrom("a test's secret", "one")
const sealing: Sealing = {
  receiver: readingHalf(own),
  publicHalf: publicHalf(value),
  context: "a test"
}
const random = Buffer.alloc(32, 8)
const sealed = seal(sealing, value, random)

describe("a sealed share", () => {
  it("can be verified by any node, and read by its receiver", () => {
    expect(sealed.length).toBeLessThanOrEqual(maxSealedBytes)
    expect(isSealed(sealing, sealed)).toBe(true)
    expect(open(sealing, own, sealed)).toBe(value)
    expect(open(sealing, Buffer.alloc(32, 9), sealed)).toBeUndefined()
    expect(seal(sealing, value, random)).toEqual(sealed)
    expect(seal(sealing, value, Buffer.alloc(32, 9))).not.toEqual(sealed)
  })

  it("is of its receiver, its secret and its connection", () => {
    for (const other of [
      { ...sealing, receiver: readingHalf(Buffer.alloc(32, 9)) },
      { ...sealing, publicHalf: publicHalf(value + 1n) },
      { ...sealing, context: "another" }
    ]) {
      expect(isSealed(other, sealed)).toBe(false)
      expect(open(other, own, sealed)).toBeUndefined()
    }
    expect(isSealed(sealing, seal(sealing, value + 1n, random))).toBe(false)
  })

  it("does not verify once any bit of it is another", () => {
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.nat(7), (at, bit) => {
        const changed = Buffer.from(sealed)
        changed[at] = (changed[at] ?? 0) ^ (1 << bit)
        expect(isSealed(sealing, changed)).toBe(false)
      }),
      { numRuns: draws(40) }
    )
  })

  it("has exactly this number of bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(isSealed(sealing, bytes)).toBe(false)
        expect(isSealed(sealing, Buffer.concat([sealed, Buffer.from(bytes)]))).toBe(
          bytes.length === 0
        )
        expect(open(sealing, own, bytes)).toBeUndefined()
      }),
      { numRuns: draws(20) }
    )
  })

  it("is sealed for a key that keeps a secret", () => {
    expect(isReadingHalf(sealing.receiver)).toBe(true)
    for (const low of [
      Buffer.alloc(32),
      Buffer.alloc(31, 1),
      Buffer.from([1, ...Buffer.alloc(31)])
    ])
      expect(isReadingHalf(low)).toBe(false)
    expect(() => seal({ ...sealing, receiver: Buffer.alloc(32) }, value, random)).toThrow(
      "not an X25519 key"
    )
    expect(() => seal(sealing, value, Buffer.alloc(16))).toThrow("32 random bytes")
  })
})
