/**
 * Expectations of properties: a model is as expected only if everything that it demands was
 * decided, and an expectation of a property that is not checked is refused.
 */
import { describe, expect, it } from "vitest"
import { checkRelation, type RelationOptions } from "../../../checker/relation/check.ts"
import type { Expectation, Named, Predicate } from "../../../checker/relation/relation.ts"
import { RelationWalkCheck } from "../../../checker/relation/walk.ts"

interface Count {
  readonly count: number
}
type Below = Named<Predicate<Count>>

const below = (...limits: ReadonlyArray<number>): Below =>
  Object.fromEntries(limits.map((limit) => [`below ${limit}`, ({ count }) => count < limit]))

/** Counts to twenty, with a deadlock there if one is looked for. */
const counting = (
  invariants: Below,
  expected: Named<Expectation>,
  options: RelationOptions = {},
  more: { readonly deadlock?: boolean; readonly sometimes?: Below } = {}
) =>
  checkRelation(
    {
      initial: [{ count: 0 }],
      actions: { count: ({ count }) => (count < 20 ? [{ count: count + 1 }] : []) },
      ...{ invariants, expect: expected, ...more }
    },
    options
  )

const verdicts = ({ properties }: ReturnType<typeof counting>) =>
  properties.map(({ verdict }) => verdict)

describe("a search in which something is expected to be violated", () => {
  it("continues until the others are decided: one that fails later is found", () => {
    const report = counting(below(3, 15), { "below 3": "violated" })
    expect(verdicts(report)).toEqual(["violated", "violated"])
    expect(report.asExpected).toBe(false)
  })

  it("is as expected when the others hold, and only when all states were visited", () => {
    const whole = counting(below(3, 30), { "below 3": "violated" })
    expect(whole).toMatchObject({ asExpected: true, exhaustive: true })
    expect(verdicts(whole)).toEqual(["violated", "holds"])
    const cut = counting(below(3, 30), { "below 3": "violated" }, { maxStates: 10 })
    expect(cut.asExpected).toBe(false)
    expect(verdicts(cut)).toEqual(["violated", "inconclusive"])
  })

  it("ends at once where nothing else is expected, and continues for deadlock or a goal", () => {
    const alone = counting(below(3), { "below 3": "violated" })
    expect(alone).toMatchObject({ asExpected: true, exhaustive: false })
    expect(alone.states.distinct).toBeLessThan(7)
    const stuck = counting(below(3), { "below 3": "violated" }, {}, { deadlock: true })
    expect([verdicts(stuck), stuck.asExpected]).toEqual([["violated", "violated"], false])
    const sometimes = { late: ({ count }: Count) => count === 20 }
    const goal = counting(below(3), { "below 3": "violated" }, {}, { sometimes })
    expect([verdicts(goal), goal.asExpected]).toEqual([["violated", "holds"], true])
  })

  it("ends at a violation that was not expected, regardless of the other expectations", () => {
    const expected = { "below 15": "violated", "below 3": "holds" } as const
    const report = counting(below(3, 15), expected)
    expect(verdicts(report)).toEqual(["violated", "inconclusive"])
    expect(report.states.distinct).toBeLessThan(7)
  })
})

it("random runs continue until all that can be found is found, and are inconclusive without it", () => {
  const walked = (expected: Named<Expectation>) => {
    const check = new RelationWalkCheck<Count>(
      {
        initial: [{ count: 0 }],
        actions: { count: ({ count }) => (count < 20 ? [{ count: count + 1 }] : []) },
        ...{ invariants: below(3, 30), expect: expected }
      },
      { seed: 1, from: 0, to: 20, maxSteps: 40 }
    )
    while (check.advance(100));
    return check.result()
  }
  const report = walked({ "below 3": "violated" })
  expect(report.properties.map(({ verdict }) => verdict)).toEqual(["violated", "inconclusive"])
  expect([report.asExpected, report.walk.runs]).toEqual([false, 20])
  expect(() => walked({ "below 4": "violated" })).toThrow(/did you mean "below 3"/)
})

describe("an expectation is refused", () => {
  it("of a property that does not exist or is not checked, or with an unknown verdict", () => {
    expect(() => counting(below(3), { "below three": "violated" })).toThrow(
      'expect "below three": no such property is checked; known: below 3'
    )
    expect(() => counting(below(3), { "deadlock-freedom": "violated" })).toThrow(
      "set `deadlock: true` as well"
    )
    expect(() => counting({}, { safe: "holds" })).toThrow("or remove the expectation")
    const verdict = "broken" as string as Expectation
    expect(() => counting(below(3), { "below 3": verdict })).toThrow('"broken" is not a verdict')
  })
})

it("where nothing is demanded, that is said: nothing could fail", () => {
  expect(counting({}, {})).toMatchObject({
    ...{ verdict: "holds", asExpected: true },
    vacuous: [expect.stringContaining("nothing was checked")]
  })
  expect(counting({}, {}, { maxStates: 5 })).toMatchObject({
    ...{ verdict: "inconclusive", asExpected: false },
    vacuous: [expect.stringContaining("nothing was checked")]
  })
  expect(counting(below(30), {}).vacuous).toEqual([])
})
