/**
 * Twins of public TLA+ models, with the counts that the collection of TLA+ examples publishes for
 * TLC in its manifests (github.com/tlaplus/Examples, specifications/…/manifest.json:
 * distinctStates, totalStates, stateDepth). TLC counts levels: one more than steps.
 */
import { describe, expect, it } from "vitest"
import {
  readersWriters,
  simple,
  transactionCommit
} from "../../../checker/examples/known/concurrency.ts"
import {
  cigaretteSmokers,
  coffeeCan,
  missionariesAndCannibals,
  movingCat
} from "../../../checker/examples/known/puzzles.ts"
import {
  abCorrectness,
  alternatingBitOf,
  asynchronousInterface,
  innerFifo,
  liveHourClock
} from "../../../checker/examples/known/specifying-systems.ts"
import { checkRelation } from "../../../checker/relation/check.ts"
import type { Relation } from "../../../checker/relation/relation.ts"
import { RelationCheck } from "../../../checker/relation/relation-check.ts"

const reportOf = <State extends object>(relation: Relation<State>) => {
  const check = new RelationCheck(relation, { violations: "all" })
  while (check.advance(1 << 16));
  return check.result()
}

interface Published {
  readonly distinct: number
  readonly generated: number
  /** Levels, as TLC has them. */
  readonly levels: number
}
const told = <State extends object>(relation: Relation<State>) => {
  const { verdict, states } = reportOf(relation)
  return {
    verdict,
    distinct: states.distinct,
    generated: states.generated,
    levels: states.depth + 1
  }
}
const holding = (published: Published) => ({ verdict: "holds", ...published })

describe("public models have the counts and verdicts that are published:", () => {
  it("CigaretteSmokers", () => {
    expect(told(cigaretteSmokers())).toEqual(holding({ distinct: 6, generated: 15, levels: 2 }))
  })

  it("CoffeeCan100Beans, with its step properties and its liveness", () => {
    expect(told(coffeeCan(100))).toEqual(holding({ distinct: 5_150, generated: 20_002, levels: 1 }))
  })

  it("CatEvenBoxes and CatOddBoxes, with their liveness", () => {
    expect(told(movingCat(6))).toEqual(holding({ distinct: 48, generated: 128, levels: 1 }))
    expect(told(movingCat(5))).toEqual(holding({ distinct: 30, generated: 78, levels: 1 }))
  })

  it("MissionariesAndCannibals: a safety failure, which is the solution in eleven crossings", () => {
    const report = checkRelation(missionariesAndCannibals())
    expect(report).toMatchObject({ verdict: "violated", asExpected: true })
    expect(report.properties[0]?.counterexample?.steps).toHaveLength(11)
  })

  it("TCommit of three, whole, and up to the names of the resource managers", () => {
    const { symmetry, ...whole } = transactionCommit(3)
    expect(told(whole)).toEqual(holding({ distinct: 34, generated: 94, levels: 7 }))
    // Of three managers, none has committed (10 ways to be working, prepared or aborted), or some
    // have (3).
    expect(reportOf({ ...whole, symmetry: symmetry ?? {} }).states).toMatchObject({
      distinct: 13,
      depth: 6
    })
  })

  it("Simple of five", () => {
    expect(told(simple(5))).toEqual(holding({ distinct: 723, generated: 1_842, levels: 11 }))
  })

  it("ReadersWriters of three, with its liveness", () => {
    expect(told(readersWriters(3))).toEqual(
      holding({ distinct: 21_527, generated: 59_674, levels: 13 })
    )
  })

  it("LiveHourClock", () => {
    expect(told(liveHourClock())).toEqual(holding({ distinct: 12, generated: 24, levels: 1 }))
  })

  it("AsynchInterface", () => {
    expect(told(asynchronousInterface(["a", "b", "c"]))).toEqual(
      holding({ distinct: 12, generated: 30, levels: 2 })
    )
  })

  it("MCInnerFIFO, under its constraint", () => {
    expect(told(innerFifo(["m1", "m2", "m3"], 3))).toEqual(
      holding({ distinct: 3_864, generated: 9_660, levels: 11 })
    )
  })

  it("ABCorrectness", () => {
    expect(told(abCorrectness(["d1", "d2"]))).toEqual(
      holding({ distinct: 20, generated: 36, levels: 3 })
    )
  })

  it("MCAlternatingBit, under its constraint: it implements ABCorrectness, and what is sent is received", () => {
    expect(told(alternatingBitOf(["d1", "d2"], 2))).toEqual(
      holding({ distinct: 240, generated: 1_392, levels: 10 })
    )
  })
})
