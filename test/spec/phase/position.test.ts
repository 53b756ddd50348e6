import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import { server, servers } from "../../../spec/nodes/nodes.ts"
import { begin, count, unchanged } from "../../../spec/phase/phase.ts"
import {
  comparePositions,
  isBefore,
  isSettledAt,
  type Position,
  past
} from "../../../spec/phase/position.ts"

/** A few numbers, so that positions are often equal or prefixes of each other. */
const position: fc.Arbitrary<Position> = fc.array(fc.constantFrom(0, 1, 2, past), { maxLength: 3 })
const runs = { numRuns: 5_000 }

describe("positions", () => {
  it("are in a total order", () => {
    fc.assert(
      fc.property(position, position, position, (first, second, third) => {
        expect(comparePositions(first, first)).toBe(0)
        expect(comparePositions(first, second) + comparePositions(second, first)).toBe(0)
        if (comparePositions(first, second) === 0) expect(first).toEqual(second)
        const [low, middle, high] = [first, second, third].sort(comparePositions) as [
          Position,
          Position,
          Position
        ]
        expect([comparePositions(low, middle), comparePositions(middle, high)]).not.toContain(1)
        expect(comparePositions(low, high)).toBe(
          comparePositions(low, middle) === 0 ? comparePositions(middle, high) : -1
        )
      }),
      runs
    )
  })

  it("are compared from left to right, and a prefix comes before its extensions", () => {
    const ascending: ReadonlyArray<Position> = [
      [],
      [1],
      [1, 0],
      [1, 1],
      [1, 1, 5],
      [1, past],
      [2],
      [2, 0],
      [10]
    ]
    for (const [left, low] of ascending.entries()) {
      for (const [right, high] of ascending.entries()) {
        expect(comparePositions(low, high)).toBe(Math.sign(left - right))
        expect(isBefore(low, high)).toBe(left < right)
      }
    }
  })

  it("of a completed operation are past all its phases, and before the next operation", () => {
    fc.assert(
      fc.property(
        fc.nat(9),
        fc.array(fc.nat(9), { minLength: 1, maxLength: 2 }),
        (operation, phase) => {
          expect(isBefore([operation, ...phase], [operation, past])).toBe(true)
          expect(isBefore([operation, past], [operation + 1, ...phase])).toBe(true)
        }
      ),
      runs
    )
  })
})

describe("a settled message", () => {
  const [s1, s2, s3, stranger] = [server("s1"), server("s2"), server("s3"), server("s9")]
  const phase = count(begin([majority(servers("s1", "s2", "s3"))], 0), s1, unchanged)

  it("belongs to an earlier position, or to the current one and a node that has answered", () => {
    fc.assert(
      fc.property(
        position,
        position,
        fc.constantFrom(s1, s2, s3, stranger),
        (one, current, node) => {
          const isHere = comparePositions(one, current) === 0
          expect(isSettledAt(one, current, phase, node)).toBe(
            isBefore(one, current) || (isHere && node === s1)
          )
          expect(isSettledAt(one, current, undefined, node)).toBe(isBefore(one, current))
        }
      ),
      runs
    )
  })

  it("stays settled when another answer arrives and when the client continues", () => {
    fc.assert(
      fc.property(
        position,
        position,
        position,
        fc.constantFrom(s1, s2, s3),
        (one, current, next, node) => {
          if (!isSettledAt(one, current, phase, node)) return
          expect(isSettledAt(one, current, count(phase, s2, unchanged), node)).toBe(true)
          if (isBefore(current, next)) expect(isSettledAt(one, next, begin([], 0), node)).toBe(true)
        }
      ),
      runs
    )
  })
})
