/**
 * Input from outside is what its Schema says: a set is sorted and has each item once, a name is a
 * short text, and a count can be incremented.
 */
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { equals, setOf } from "../../../spec/kernel/data.ts"
import { Count, maxCounted, maxNameLength, NodeId, SetOf } from "../../../spec/kernel/node.ts"
import { administrator, client, server } from "../../../spec/nodes/nodes.ts"

describe("a set", () => {
  it("is accepted exactly if it is in its canonical form", () => {
    const accepts = Schema.is(SetOf(Schema.Array(Schema.Int)))
    const seen = { sets: 0, others: 0 }
    const items = fc.array(fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 2 }), {
      maxLength: 4
    })
    fc.assert(
      fc.property(items, (given) => {
        const isSet = equals(given, setOf(given))
        seen[isSet ? "sets" : "others"] += 1
        expect(accepts(given)).toBe(isSet)
        expect(accepts(setOf(given))).toBe(true)
      }),
      { numRuns: 1_000 }
    )
    expect(Math.min(seen.sets, seen.others)).toBeGreaterThan(100)
  })

  it("keeps the form through other checks, and says what is wrong", () => {
    const few = SetOf(Schema.Int).check(Schema.isMaxLength(2))
    expect(Schema.is(few)([1, 2])).toBe(true)
    expect(Schema.is(few)([2, 1])).toBe(false)
    expect(() => Schema.decodeUnknownSync(few)([1, 1])).toThrow("sorted, each item once")
  })
})

describe("the name of a node", () => {
  it.each([
    ["", false],
    ["s", true],
    ["s".repeat(maxNameLength), true],
    ["s".repeat(maxNameLength + 1), false]
  ])("%s", (name, isName) => {
    expect(Schema.is(NodeId)(name)).toBe(isName)
    // In programs names are taken as they are.
    for (const named of [server, client, administrator]) expect(named(name)).toBe(name)
  })
})

describe("a count", () => {
  it.each([
    [-1, false],
    [0, true],
    [1.5, false],
    [maxCounted, true],
    [maxCounted + 1, false],
    [Number.MAX_SAFE_INTEGER, false],
    [1e300, false]
  ])("%d", (count, isCount) => {
    expect(Schema.is(Count)(count)).toBe(isCount)
  })

  it("is counted up from exactly, a long time", () => {
    expect(Number.isSafeInteger(maxCounted + maxCounted / 2)).toBe(true)
  })
})
