/**
 * The laws of cmaps: integration is a join, so a node may receive maps in any order and any number
 * of times.
 */
import fc from "fast-check"
import { expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import { equals } from "../../../spec/kernel/data.ts"
import { server } from "../../../spec/nodes/nodes.ts"
import {
  activeAt,
  agree,
  append,
  type ConfigurationMap,
  initial,
  integrate,
  isDecided,
  isNoNews,
  lengthOf,
  retireBelow
} from "../../../spec/rambo/configuration-map.ts"

const configurationAt = (index: number) => majority([server(`s${index}`), server(`s${index + 1}`)])

/**
 * A possible cmap of one sequence: its first `length` configurations; `retired` of them are
 * retired.
 */
const mapOf = (length: number, retired: number): ConfigurationMap => {
  let map = initial(configurationAt(0))
  for (let index = 1; index < length; index++) map = append(map, configurationAt(index))
  return retireBelow(map, retired)
}

const maps = fc
  .integer({ min: 1, max: 6 })
  .chain((length) => fc.nat({ max: length - 1 }).map((retired) => mapOf(length, retired)))

/** Maps that may disagree on anything, as only broken sequences make them. */
const wild = fc.record({
  retired: fc.nat({ max: 3 }),
  active: fc.array(fc.nat({ max: 3 }).map(configurationAt), { minLength: 1, maxLength: 3 })
})

const anyMaps = fc.oneof(maps, wild)

/**
 * The slow twin: at each index the more knowledgeable, unknown < configuration < retired, index by
 * index.
 */
const statusAt = (map: ConfigurationMap, index: number) =>
  index < map.retired ? "retired" : (activeAt(map, index) ?? "unknown")

it("integration is commutative, associative and idempotent", () => {
  fc.assert(
    fc.property(anyMaps, anyMaps, anyMaps, (a, b, c) => {
      expect(integrate(a, b)).toEqual(integrate(b, a))
      expect(integrate(a, integrate(b, c))).toEqual(integrate(integrate(a, b), c))
      expect(integrate(a, structuredClone(a))).toBe(a)
    })
  )
})

it("integration takes the more advanced entry at each index", () => {
  fc.assert(
    fc.property(maps, maps, (a, b) => {
      const both = integrate(a, b)
      for (let index = 0; index < 8; index++) {
        const statuses = [statusAt(a, index), statusAt(b, index)]
        const expected = statuses.includes("retired")
          ? "retired"
          : (statuses.find((status) => status !== "unknown") ?? "unknown")
        expect(statusAt(both, index)).toEqual(expected)
      }
    })
  )
})

it("an integrated map is usable, and includes both maps", () => {
  fc.assert(
    fc.property(anyMaps, anyMaps, (a, b) => {
      const both = integrate(a, b)
      expect(both.active.length).toBeGreaterThan(0)
      expect(both.retired).toBe(Math.max(a.retired, b.retired))
      expect(lengthOf(both)).toBe(Math.max(lengthOf(a), lengthOf(b)))
      expect(isNoNews(both, a) && isNoNews(both, b)).toBe(true)
    })
  )
})

it("a map has no news exactly if integrating it changes nothing", () => {
  let news = 0
  fc.assert(
    fc.property(maps, maps, (a, b) => {
      expect(isNoNews(a, b)).toBe(b.retired <= a.retired && lengthOf(b) <= lengthOf(a))
      news += isNoNews(a, b) ? 0 : 1
      expect(isDecided(a, 2)).toBe(lengthOf(a) >= 4)
    })
  )
  expect(news).toBeGreaterThan(10)
})

it("maps of one sequence agree; two configurations at one index do not", () => {
  fc.assert(
    fc.property(maps, maps, (a, b) => {
      expect(agree(a, b)).toBe(true)
    })
  )
  const left = append(initial(configurationAt(0)), configurationAt(1))
  const right = append(initial(configurationAt(0)), configurationAt(2))
  expect(agree(left, right)).toBe(false)
  expect(agree(right, left)).toBe(false)
  expect(equals(integrate(left, right), integrate(right, left))).toBe(true)
  // What one of them holds to be retired is not there to disagree about.
  expect(agree(retireBelow(left, 1), right)).toBe(false)
  expect(agree(retireBelow(append(left, configurationAt(3)), 2), right)).toBe(true)
})
