/** The places of components in packed states, against the plain definition of a packing. */
import * as fc from "fast-check"
import { expect, it } from "vitest"
import { Layout } from "../../../checker/engine/packing.ts"

const needs = fc.array(fc.integer({ min: 1, max: 32 }), { minLength: 1, maxLength: 20 })

/** How many words components take that are put into them in their order. */
const wordsInOrder = (bits: ReadonlyArray<number>): number => {
  let [words, left] = [0, 0]
  for (const need of bits) {
    if (need > left) [words, left] = [words + 1, 32]
    left -= need
  }
  return words
}

const bitsOf = (mask: number): number => 32 - Math.clz32(mask)

it("gives each component a place of its own with room enough, in no more words than in order", () => {
  fc.assert(
    fc.property(needs, (bits) => {
      const { words, wordOf, shiftOf, maskOf } = new Layout(bits)
      const taken = Array.from({ length: words }, () => 0n)
      bits.forEach((need, component) => {
        const [word, mask] = [wordOf[component] as number, maskOf[component] as number]
        expect(bitsOf(mask)).toBeGreaterThanOrEqual(need)
        const place = BigInt(mask >>> 0) << BigInt(shiftOf[component] as number)
        expect(place).toBeLessThan(1n << 32n)
        expect((taken[word] as bigint) & place).toBe(0n)
        taken[word] = (taken[word] as bigint) | place
      })
      // No bit is left unused.
      expect(taken).toEqual(taken.map(() => (1n << 32n) - 1n))
      expect(words).toBeLessThanOrEqual(wordsInOrder(bits))
    })
  )
})

it("takes a word less where the order wastes one, and keeps the order where it does not", () => {
  const wasteful = [9, 8, 9, 8, 8, 8, 5, 4]
  expect([wordsInOrder(wasteful), new Layout(wasteful).words]).toEqual([3, 2])
  expect([...new Layout([20, 12, 3, 29]).wordOf]).toEqual([0, 0, 1, 1])
})
