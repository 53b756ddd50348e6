/**
 * The invariants of a storage node's vt-pair fail on the steps and states that violate them, and on
 * no others.
 */
import { describe, expect, it } from "vitest"
import { client, server } from "../../../spec/nodes/nodes.ts"
import { initialPair, isLarger, larger, type Pair } from "../../../spec/register/pair.ts"
import { timestampsGrow, timestampsNameValues } from "../../../spec/register/properties.ts"

/** `1@2.c3`: the value 1 with the timestamp (2, c3). */
const pair = (text: string): Pair => {
  const [value, number, by] = text.split(/[@.]/) as [string, string, string]
  return { value: Number(value), timestamp: { number: Number(number), client: client(by) } }
}

describe("timestamps", () => {
  it("are ordered by number, then by client, and none is larger than itself", () => {
    const rising = [initialPair, pair("1@1.c1"), pair("2@1.c2"), pair("3@2.c1")]
    rising.forEach((left, at) => {
      rising.forEach((right, other) => {
        expect(isLarger(left.timestamp, right.timestamp)).toBe(at > other)
        expect(larger(left, right)).toBe(rising[Math.max(at, other)])
      })
    })
  })

  it("grow if a storage node keeps its pair or stores a newer one, and not if it stores an older one", () => {
    const holds = (before: string, after: string) =>
      timestampsGrow.holds({}, server("s1"), { pair: pair(before) }, { pair: pair(after) })
    expect(holds("1@1.c1", "1@1.c1")).toBe(true)
    expect(holds("1@1.c1", "2@1.c2")).toBe(true)
    expect(holds("1@1.c2", "2@2.c1")).toBe(true)
    expect(holds("1@2.c1", "2@1.c2")).toBe(false)
    expect(holds("1@1.c2", "2@1.c1")).toBe(false)
    const forgets = timestampsGrow.holds(
      {},
      server("s1"),
      { pair: pair("1@1.c1") },
      { pair: initialPair }
    )
    expect(forgets).toBe(false)
  })

  it("name values if no two pairs with one timestamp differ", () => {
    const holds = (left: string, right: string) =>
      timestampsNameValues.holds({}, { pair: pair(left) }, { pair: pair(right) })
    expect(holds("1@1.c1", "1@1.c1")).toBe(true)
    expect(holds("1@1.c1", "2@1.c2")).toBe(true)
    expect(holds("1@1.c1", "2@2.c1")).toBe(true)
    expect(holds("1@1.c1", "2@1.c1")).toBe(false)
    expect(holds("2@3.c2", "1@3.c2")).toBe(false)
  })
})
