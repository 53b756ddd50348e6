/**
 * An address holds a place and can be read back; any other contents of an address do no harm.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Address, readAddress, writeAddress } from "../../../checker/explorer/page/address.ts"

const code = fc.string({ unit: fc.constantFrom(..."ABYZabyz0189-_"), minLength: 4, maxLength: 4 })
const address: fc.Arbitrary<Address> = fc
  .record({
    name: fc.option(fc.string({ unit: "grapheme", minLength: 1 }), { nil: undefined }),
    text: fc.option(fc.string({ unit: "grapheme" }), { nil: undefined }),
    run: fc.array(code, { maxLength: 40 }),
    loop: fc.option(fc.nat(40), { nil: undefined }),
    back: fc.nat(40)
  })
  .map(({ back, ...rest }) => ({ ...rest, at: Math.max(0, rest.run.length - back) }))

describe("an address", () => {
  it("is read back as it was written", () => {
    fc.assert(
      fc.property(address, (one) => {
        expect(readAddress(writeAddress(one))).toEqual(one)
      })
    )
  })

  it("keeps the name of a shipped scenario legible", () => {
    const one = {
      name: "naive/new-write-old-read",
      text: undefined,
      run: ["abcd"],
      at: 1,
      loop: undefined
    }
    expect(writeAddress(one)).toBe("#scenario=naive/new-write-old-read&run=abcd")
  })

  it("is empty where it says nothing", () => {
    const nothing = { name: undefined, text: undefined, run: [], at: 0, loop: undefined }
    for (const hash of ["", "#", "#x=1", "#run=abc", "#run=ab%2Fc", "#at=7", "#text=%%%"])
      expect(readAddress(hash)).toEqual(nothing)
  })

  it("never leads beyond the run", () => {
    expect(readAddress("#run=abcd&at=9").at).toBe(1)
    expect(readAddress("#run=abcd&at=-9").at).toBe(0)
    expect(readAddress("#run=abcd&at=x").at).toBe(0)
    expect(readAddress("#run=abcdefgh&at=1.5").at).toBe(1)
    expect(readAddress("#loop=x").loop).toBeUndefined()
  })
})
