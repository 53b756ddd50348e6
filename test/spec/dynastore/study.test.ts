/**
 * The study of the cost of concurrent reconfigurations, on a small scale: its runs are correct, its
 * numbers are deterministic, and they show the published results.
 */
import { describe, expect, it } from "vitest"
import type { AnyObserver, Event } from "../../../spec/kernel/observer.ts"
import { atomicity } from "../../../spec/register/atomicity.ts"
import { table } from "../../bench/study/main.ts"
import { plot } from "../../bench/study/plot.ts"
import {
  type Circumstance,
  type Contender,
  circumstances,
  contenders,
  rowOf,
  runOf
} from "../../bench/study/study.ts"

const judge: AnyObserver = atomicity
const [rambo, dynastore] = contenders as [Contender, Contender]
const circumstance = (name: string): Circumstance =>
  circumstances.find((one) => one.name === name) as Circumstance
const allAtOnce = circumstance("all at once")
const runs = 3

describe("the study of concurrent reconfigurations", () => {
  it.each(
    circumstances.flatMap((one) =>
      contenders.map((contender) => [contender.name, one.name, contender, one] as const)
    )
  )(
    "has runs of %s, %s, that are atomic and terminate",
    (_protocol, _circumstance, contender, one) => {
      const { latency, pending } = rowOf(contender, one, 2, 1)
      expect(pending).toBe(0)
      expect(latency.reconfigure).toBeGreaterThan(0)
      const events = runOf(contender, one, 2, 7).flatMap(({ node, observations }) =>
        observations.map((observation): Event<unknown> => ({ _tag: "Observed", node, observation }))
      )
      expect(events.length).toBeGreaterThan(8)
      expect(judge.violation(events.reduce(judge.observe, judge.initial))).toBeUndefined()
    }
  )

  it("measures the same every time", () => {
    for (const contender of contenders) {
      const once = rowOf(contender, allAtOnce, 2, runs)
      expect(rowOf(contender, allAtOnce, 2, runs)).toEqual(once)
      expect(rowOf(contender, allAtOnce, 2, runs + 1)).not.toEqual(once)
    }
  })

  it("takes two round trips with consensus if no client reconfigures, and four without", () => {
    const { read, undecided } = rowOf(rambo, allAtOnce, 0, runs).latency
    expect([read, undecided]).toEqual([expect.closeTo(4, 0), expect.closeTo(4, 0)])
    expect(rowOf(dynastore, allAtOnce, 0, runs).latency.read).toBeCloseTo(8, 0)
  })

  it("disturbs reads and writes only without consensus", () => {
    const { latency } = rowOf(rambo, allAtOnce, 3, runs)
    expect(latency.undecided).toBeCloseTo(4, 0)
    expect(latency.read).toBeLessThan(6)
    expect(rowOf(dynastore, allAtOnce, 3, runs).latency.read).toBeGreaterThan(20)
  })

  it("has slower reconfigurations with consensus only where proposers do not back off", () => {
    const slowness = (one: Circumstance) =>
      contenders.map((contender) => rowOf(contender, one, 5, runs).latency.reconfigure ?? 0)
    const [backingOff = 0, without = 0] = slowness(allAtOnce)
    expect(backingOff).toBeLessThan(without)
    const [duelling = 0] = slowness(circumstance("no back-off"))
    expect(duelling).toBeGreaterThan(backingOff)
  })

  it("prints a table with a line for each row, and a plot with a line for each protocol in each panel", () => {
    const rows = circumstances.flatMap((one) =>
      contenders.flatMap((contender) => [0, 1].map((count) => rowOf(contender, one, count, 1)))
    )
    expect(table(rows).split("\n")).toHaveLength(rows.length + 1)
    expect(plot(rows).match(/<polyline /g)).toHaveLength(
      circumstances.length * contenders.length * 3
    )
  })
})
