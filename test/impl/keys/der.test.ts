/**
 * Integers in certificates are encoded as X.690 (8.3.2) demands: otherwise OpenSSL refuses the
 * certificate, whose number is random.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { integer } from "../../../impl/keys/der.ts"

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

describe("an integer", () => {
  it.each([
    ["00", "020100"],
    ["", "020100"],
    ["0001", "020101"],
    ["7f", "02017f"],
    ["80", "02020080"],
    ["0080", "02020080"],
    ["00007fff", "02027fff"]
  ])("%s is encoded as %s", (bytes, expected) => {
    expect(hex(integer(Buffer.from(bytes, "hex")))).toBe(expected)
  })

  it("has the same value, without a byte too many", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (bytes) => {
        const content = integer(bytes).subarray(2)
        expect(BigInt(`0x${hex(content)}`)).toBe(BigInt(`0x${hex(bytes)}`))
        const [first = 0, second = 128] = content
        expect(first === 0 && content.length > 1 ? second : 128 + 127 - first).toBeGreaterThan(127)
      })
    )
  })
})
