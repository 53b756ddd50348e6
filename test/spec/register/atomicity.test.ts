import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { atomicity } from "../../../spec/register/atomicity.ts"
import { intervalsOf, isLinearizable } from "./brute-force.ts"
import { crash, type History, histories, invoke, read, respond, whole, write } from "./histories.ts"

/** After each event of the history in turn, and before the first: whether the automaton sees a violation. */
const verdicts = (history: History): ReadonlyArray<boolean> => {
  let state = atomicity.initial
  return [
    false,
    ...history.map((event) => {
      state = atomicity.observe(state, event)
      return atomicity.violation(state) !== undefined
    })
  ]
}

const violated = (history: History): boolean => verdicts(history).at(-1) === true

/** What a history must have in it for some of them to be a test of something. */
const kinds = {
  linearizable: isLinearizable,
  "not linearizable": (history: History) => !isLinearizable(history),
  "value written twice": (history: History) => {
    const written = writesOf(history).map(({ operation }) => operation.value)
    return new Set(written).size < written.length
  },
  "left pending": (history: History) =>
    intervalsOf(history).some(({ responded }) => responded === Number.POSITIVE_INFINITY),
  "write of a crashed client read after the crash": (history: History) =>
    writesOf(history).some((interval) => {
      const crashed = history.findIndex(({ _tag, node }) => _tag === "Crashed" && node === interval.node)
      if (crashed < 0 || interval.responded !== Number.POSITIVE_INFINITY) return false
      const values = writesOf(history).map(({ operation }) => operation.value)
      return (
        values.filter((value) => value === interval.operation.value).length === 1 &&
        intervalsOf(history).some(
          ({ operation, invoked, result }) =>
            operation._tag === "Read" && invoked > crashed && result === interval.operation.value
        )
      )
    })
}

const writesOf = (history: History) =>
  intervalsOf(history).flatMap((interval) =>
    interval.operation._tag === "Write" ? [{ ...interval, operation: interval.operation }] : []
  )

describe("atomicity, against every order of the operations", () => {
  it("judges 100,000 random small histories, and each prefix of them, as brute force does", () => {
    const runs = 100_000
    const seen = new Map<string, number>()
    fc.assert(
      fc.property(histories, (history) => {
        const expected = history.map((_, index) => !isLinearizable(history.slice(0, index + 1)))
        expect(verdicts(history).slice(1)).toEqual(expected)
        for (const [kind, is] of Object.entries(kinds)) {
          if (is(history)) seen.set(kind, (seen.get(kind) ?? 0) + 1)
        }
      }),
      { numRuns: runs }
    )
    console.log(seen)
  })
})
