/**
 * The cache of recent states never reports a state that it has not seen, regardless of what shares
 * its slot.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Recent } from "../../../checker/engine/recent.ts"

/** Few states with few hashes, so that many of them share a slot, and some a hash. */
const states = fc.array(fc.tuple(fc.nat(1), fc.nat(1), fc.constantFrom(0, 1, 64, -64)), {
  minLength: 1,
  maxLength: 60
})

describe("recent states", () => {
  it("were all noticed before, and include the latest", () => {
    let again = 0
    fc.assert(
      fc.property(states, (noticed) => {
        const recent = new Recent()
        recent.begin(2, 0)
        const before = new Set<string>()
        for (const [first, second, hash] of noticed) {
          const name = `${first} ${second} ${hash}`
          const isKnown = recent.notice(Int32Array.of(first, second), hash)
          if (isKnown) again++
          if (isKnown) expect(before).toContain(name)
          before.add(name)
          expect(recent.notice(Int32Array.of(first, second), hash)).toBe(true)
        }
      }),
      { numRuns: 1_000 }
    )
    expect(again).toBeGreaterThan(500)
  })

  it("are empty at first, without even the state of zeros, and empty again after a restart", () => {
    const recent = new Recent()
    const zeros = Int32Array.of(0, 0)
    for (const hash of [0, -1, 1 << 31]) {
      recent.begin(2, 0)
      expect(recent.notice(zeros, hash)).toBe(false)
      expect(recent.notice(zeros, hash)).toBe(true)
    }
    recent.begin(2, 1_000_000)
    expect(recent.notice(zeros, 0)).toBe(false)
  })
})
