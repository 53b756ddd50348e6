import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  canonical,
  compare,
  equals,
  including,
  setOf,
  union,
  without
} from "../../../spec/kernel/data.ts"
import { draws } from "../../draws.ts"

/** Plain data over so few names and numbers that two random ones are often equal or nearly so. */
const { data } = fc.letrec<{ data: unknown }>((tie) => ({
  data: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<unknown>(
      null,
      false,
      true,
      -1,
      0,
      1,
      1.5,
      10,
      "",
      "0",
      "1",
      "a",
      "null",
      "[]",
      '"',
      "é"
    ),
    fc.array(tie("data"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "0", "_tag"), tie("data"), {
      maxKeys: 3,
      noNullPrototype: true
    })
  )
}))

const set = fc.array(data, { maxLength: 5 }).map(setOf)
const runs = { numRuns: draws(5_000) }

/**
 * Whether two pieces of plain data are the same, by the words of the definition and without an
 * order.
 */
const same = (left: unknown, right: unknown): boolean => {
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) {
    return left === right
  }
  if (Array.isArray(left) !== Array.isArray(right)) return false
  const keys = Object.keys(left)
  return (
    keys.length === Object.keys(right).length &&
    keys.every(
      (key) =>
        Object.hasOwn(right, key) &&
        same((left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key])
    )
  )
}

/** The same data with the fields of each of its records written in the opposite order. */
const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, field]) => [key, reversed(field)])
  )
}

const isMember = (element: unknown, elements: ReadonlyArray<unknown>): boolean =>
  elements.some((other) => same(element, other))

describe("the order of plain data", () => {
  it("is antisymmetric, and 0 exactly between equals: no two different states are taken for one", () => {
    let equalOnes = 0
    fc.assert(
      fc.property(data, data, (left, right) => {
        if (same(left, right)) equalOnes += 1
        expect(compare(left, right)).toBe(
          same(left, right) ? 0 : compare(right, left) === 1 ? -1 : 1
        )
        expect(compare(left, left)).toBe(0)
      }),
      runs
    )
    expect(equalOnes).toBeGreaterThan(runs.numRuns / 100)
  })

  it("is transitive, so that a set has one sorted form", () => {
    fc.assert(
      fc.property(data, data, data, (first, second, third) => {
        const [low, middle, high] = [first, second, third].sort(compare)
        expect(compare(low, middle)).not.toBe(1)
        expect(compare(middle, high)).not.toBe(1)
        expect(compare(low, high)).toBe(compare(low, middle) === 0 ? compare(middle, high) : -1)
      }),
      runs
    )
  })

  it("puts null before booleans, numbers by size, strings, arrays and records", () => {
    const ascending = [
      null,
      false,
      true,
      -1,
      2,
      10,
      "",
      "10",
      "2",
      [],
      [null],
      [1],
      [1, 0],
      {},
      { a: 0 }
    ]
    for (const [left, low] of ascending.entries()) {
      for (const [right, high] of ascending.entries())
        expect(compare(low, high)).toBe(Math.sign(left - right))
    }
  })
})

describe("equality of plain data", () => {
  it("is what the order says, also of fields that are undefined and of one that is inherited", () => {
    const withUndefined = fc.dictionary(
      fc.constantFrom("a", "constructor", "toString"),
      fc.oneof(data, fc.constant(undefined)),
      { noNullPrototype: true }
    )
    let equalOnes = 0
    fc.assert(
      fc.property(withUndefined, withUndefined, (left, right) => {
        for (const [one, other] of [
          [left, right],
          [left, reversed(left)],
          [[left], [right]]
        ]) {
          if (equals(one, other)) equalOnes += 1
          expect(equals(one, other)).toBe(compare(one, other) === 0)
        }
      }),
      runs
    )
    expect(equalOnes).toBeGreaterThan(runs.numRuns)
  })
})

describe("the canonical text", () => {
  it("is the same for two pieces of data exactly if they are equal", () => {
    fc.assert(
      fc.property(data, data, (left, right) => {
        expect(canonical(left) === canonical(right)).toBe(same(left, right))
        expect(equals(left, right)).toBe(same(left, right))
      }),
      runs
    )
  })

  it("distinguishes all JSON values that differ, strings with quotes and brackets in them included", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
        expect(canonical(left) === canonical(right)).toBe(equals(left, right))
        expect(equals(JSON.parse(canonical(left)), left)).toBe(true)
      }),
      runs
    )
  })

  it("does not depend on the order in which fields were written, and neither does the order", () => {
    fc.assert(
      fc.property(data, data, (value, other) => {
        expect(canonical(reversed(value))).toBe(canonical(value))
        expect(equals(reversed(value), value)).toBe(true)
        expect(compare(reversed(value), other)).toBe(compare(value, other))
      }),
      runs
    )
    expect(Object.keys(reversed({ b: 1, a: 2 }) as object)).toEqual(["a", "b"])
  })

  it("leaves out a field that is undefined", () => {
    expect(canonical({ a: undefined, b: 1 })).toBe(canonical({ b: 1 }))
  })
})

describe("sets", () => {
  it("have one form for the same elements, in any order and with repetitions", () => {
    fc.assert(
      fc.property(
        fc
          .array(data, { maxLength: 6 })
          .chain((elements) =>
            fc.tuple(
              fc.constant(elements),
              fc.shuffledSubarray(elements, { minLength: elements.length }),
              fc.subarray(elements)
            )
          ),
        ([elements, shuffled, again]) => {
          expect(canonical(setOf([...shuffled, ...again]))).toBe(canonical(setOf(elements)))
        }
      ),
      runs
    )
  })

  it("are sorted, hold each element once and no other, and are their own set", () => {
    fc.assert(
      fc.property(fc.array(data, { maxLength: 6 }), (elements) => {
        const made = setOf(elements)
        for (const element of elements)
          expect(made.filter((member) => same(member, element))).toHaveLength(1)
        for (const member of made) expect(isMember(member, elements)).toBe(true)
        for (const [index, member] of made.slice(1).entries())
          expect(compare(made[index], member)).toBe(-1)
        expect(setOf(made)).toEqual(made)
      }),
      runs
    )
  })

  it("have a union that is commutative, associative and idempotent, with the empty set neutral", () => {
    fc.assert(
      fc.property(set, set, set, (first, second, third) => {
        expect(canonical(union(first, second))).toBe(canonical(union(second, first)))
        expect(canonical(union(first, union(second, third)))).toBe(
          canonical(union(union(first, second), third))
        )
        expect(union(first, first)).toEqual(first)
        expect(union(first, [])).toEqual(first)
        for (const element of union(first, second)) {
          expect(isMember(element, first) || isMember(element, second)).toBe(true)
        }
        for (const element of [...first, ...second])
          expect(isMember(element, union(first, second))).toBe(true)
      }),
      runs
    )
  })

  it("with one element more are the union with that element, and the same array if it was there", () => {
    fc.assert(
      fc.property(set, data, (elements, element) => {
        expect(including(elements, element)).toEqual(union(elements, [element]))
        const fuller = including(elements, element)
        expect(including(fuller, reversed(element))).toBe(fuller)
      }),
      runs
    )
  })

  it("without another set keep exactly what is not in it, and stay sets", () => {
    fc.assert(
      fc.property(set, set, (elements, removed) => {
        const rest = without(elements, removed)
        for (const element of elements)
          expect(isMember(element, rest)).toBe(!isMember(element, removed))
        for (const element of rest) expect(isMember(element, elements)).toBe(true)
        expect(setOf(rest)).toEqual(rest)
        expect(union(rest, removed)).toEqual(union(elements, removed))
      }),
      runs
    )
  })

  it("leave the arrays that they are made from as they were", () => {
    const given = Object.freeze([3, 1, 2, 1])
    expect(setOf(given)).toEqual([1, 2, 3])
    expect(union(given, given)).toEqual([1, 2, 3])
    expect(given).toEqual([3, 1, 2, 1])
  })
})
