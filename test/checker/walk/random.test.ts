import { describe, expect, it } from "vitest"
import {
  draw,
  fraction,
  scramble,
  scrambleBoth,
  scrambleText
} from "../../../checker/walk/random.ts"
import { strategyNames, strategyOf } from "../../../checker/walk/strategy.ts"

describe("random words", () => {
  it("are the same on every machine", () => {
    expect([0, 1, -1, 0x7fffffff].map(scramble)).toMatchInlineSnapshot(`
      [
        0,
        1364076727,
        -2114883783,
        -104067416,
      ]
    `)
    expect([scrambleText(""), scrambleText("s1 c1"), scrambleBoth(1, 2)]).toMatchInlineSnapshot(`
      [
        -1832243442,
        -1279635765,
        -866737429,
      ]
    `)
    expect([draw(0, 0, "a"), draw(2 ** 53 - 1, 2 ** 40, "a")]).toMatchInlineSnapshot(`
      [
        241412229,
        1009389505,
      ]
    `)
  })

  it("differ between seeds, runs and purposes, beyond 32 bits too", () => {
    const numbers = [0, 1, 2, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 52, 2 ** 53 - 1]
    const words = numbers.flatMap((seed) =>
      numbers.flatMap((run) => ["a", "b"].map((purpose) => draw(seed, run, purpose)))
    )
    expect(new Set(words).size).toBe(words.length)
  })

  it("are spread evenly", () => {
    const counts = Array.from({ length: 16 }, () => 0)
    for (let run = 0; run < 160_000; run++) {
      const bucket = Math.floor(fraction(draw(7, run, "even")) * 16)
      counts[bucket] = (counts[bucket] ?? 0) + 1
    }
    // Ten thousand are expected in each; a deviation of five hundred is more than five standard
    // deviations.
    expect(counts.every((count) => Math.abs(count - 10_000) < 500)).toBe(true)
  })
})

describe("strategies", () => {
  it("are drawn by their weights, and the run draws the same again", () => {
    const drawn = Array.from({ length: 10_000 }, (_, run) => strategyOf(3, run, 3))
    const share = (name: string) => drawn.filter((one) => one.name === name).length / drawn.length
    expect(strategyNames.map((name) => Number(share(name).toFixed(1)))).toEqual([
      0.1, 0.1, 0.1, 0.2, 0.5
    ])
    expect(Array.from({ length: 100 }, (_, run) => strategyOf(3, run, 3))).toEqual(
      drawn.slice(0, 100)
    )
  })

  it("never let a request miss every server", () => {
    for (const servers of [1, 2, 3, 5]) {
      const missed = Array.from(
        { length: 1000 },
        (_, run) => strategyOf(1, run, servers, "minorities").missed
      )
      expect(Math.max(...missed)).toBeLessThan(servers)
    }
  })
})
