/**
 * The decision procedure for long histories agrees with the automaton and with brute force on small
 * ones, and is fast.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { client } from "../../../spec/nodes/nodes.ts"
import { atomicity } from "../../../spec/register/atomicity.ts"
import type { Value } from "../../../spec/register/operation.ts"
import { type Interval, judge } from "../../../spec/register/written-once.ts"
import { intervalsOf, isLinearizable } from "./brute-force.ts"
import { type History, invoke, read, respond, whole, write } from "./histories.ts"

/** The operations take effect in some order, or not at all; some reads return arbitrary values. */
const play = (moves: ReadonlyArray<{ who: number; reads: boolean; lie: number }>): History => {
  const events: Array<History[number]> = []
  const running = new Map<string, { isRead: boolean; value: Value; took: boolean; result: Value }>()
  let current: Value = null
  let written = 0
  for (const { who, reads, lie } of moves) {
    const name = `c${who}`
    const now = running.get(name)
    if (now === undefined) {
      if (!reads) written += 1
      const value = reads ? null : written
      running.set(name, { isRead: reads, value, took: false, result: null })
      events.push(invoke(name, reads ? read : write(value)))
    } else if (!now.took) {
      running.set(name, { ...now, took: true, result: now.isRead ? current : null })
      if (!now.isRead) current = now.value
    } else {
      const lied = lie > 3 ? null : lie
      events.push(
        respond(
          name,
          now.isRead ? read : write(now.value),
          now.isRead && lie < 5 ? lied : now.result
        )
      )
      running.delete(name)
    }
  }
  return events
}

const move = fc.record({
  who: fc.integer({ min: 1, max: 3 }),
  reads: fc.boolean(),
  lie: fc.nat(20)
})
const histories = fc.array(move, { minLength: 6, maxLength: 18, size: "max" }).map(play)

const judged = (history: History) =>
  judge(intervalsOf(history).map(({ node, ...rest }) => ({ client: node, ...rest })))

describe("atomicity of histories in which every value is written once", () => {
  it("agrees with the automaton and with brute force", () => {
    const seen = { Atomic: 0, Violation: 0, NotWrittenOnce: 0 }
    fc.assert(
      fc.property(
        histories.filter((history) => intervalsOf(history).length <= 6),
        (history) => {
          const judgement = judged(history)._tag
          seen[judgement] += 1
          const state = history.reduce(atomicity.observe, atomicity.initial)
          expect(judgement === "Atomic").toBe(atomicity.violation(state) === undefined)
          expect(judgement === "Atomic").toBe(isLinearizable(history))
        }
      ),
      { numRuns: 3000 }
    )
    expect(Math.min(seen.Atomic, seen.Violation)).toBeGreaterThan(300)
    expect(seen.NotWrittenOnce).toBe(0)
  })

  it("lets a write that never returned take effect late, or not at all", () => {
    const pending = invoke("c1", write(1))
    expect(judged([pending, ...whole("c2", read, null), ...whole("c2", read, 1)])._tag).toBe(
      "Atomic"
    )
    expect(judged([pending, ...whole("c2", read, 1), ...whole("c2", read, null)])._tag).toBe(
      "Violation"
    )
    expect(judged([...whole("c2", read, 1), pending])._tag).toBe("Violation")
  })

  it("is undecided if a value is written twice, or the initial one is written", () => {
    expect(judged([...whole("c1", write(1)), ...whole("c2", write(1))])).toEqual({
      _tag: "NotWrittenOnce",
      value: 1
    })
    expect(judged(whole("c1", write(null)))._tag).toBe("NotWrittenOnce")
  })

  it("of 100,000 operations is decided in less than a second", () => {
    const intervals: Array<Interval> = []
    let time = 0
    for (let value = 1; value <= 50_000; value++) {
      const name = client(`c${value % 8}`)
      intervals.push({
        client: name,
        operation: write(value),
        invoked: time,
        responded: time + 12,
        result: null
      })
      intervals.push({
        client: name,
        operation: read,
        invoked: time + 13,
        responded: time + 25,
        result: value
      })
      time += 26
    }
    const started = process.cpuUsage()
    expect(judge(intervals)).toEqual({ _tag: "Atomic" })
    expect(process.cpuUsage(started).user).toBeLessThan(1_000_000)
    const last = intervals[99_999] as Interval
    intervals[99_999] = { ...last, result: 49_999 }
    expect(judge(intervals)._tag).toBe("Violation")
  })
})
