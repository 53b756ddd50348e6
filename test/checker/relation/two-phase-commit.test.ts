import { describe, expect, it } from "vitest"
import { twoPhaseCommit } from "../../../checker/examples/two-phase-commit.ts"
import { checkRelation } from "../../../checker/relation/check.ts"

const reportOf = (count: number) => checkRelation(twoPhaseCommit({ count }), { deadlock: true })
/** It takes long, and is searched once. */
const ofSeven = reportOf(7)

describe("two-phase commit", () => {
  it.each([
    [3, { distinct: 288, generated: 1_146, depth: 10 }],
    [5, { distinct: 8_832, generated: 58_146, depth: 16 }],
    [7, { distinct: 296_448, generated: 2_744_706, depth: 22 }]
  ])(
    "of %i resource managers has the states that TLC counts, and is consistent",
    (count, states) => {
      const report = count === 7 ? ofSeven : reportOf(count)
      expect(report).toMatchObject({ verdict: "holds", exhaustive: true, states, vacuous: [] })
      expect(report.properties.map(({ name, verdict }) => [name, verdict])).toEqual([
        ["consistency", "holds"],
        ["deadlock-freedom", "holds"],
        ["all commit", "holds"],
        ["all abort", "holds"]
      ])
    }
  )

  it("calls its functions a few thousand times for millions of transitions", () => {
    const { engine } = ofSeven
    expect(engine.calls).toBeLessThan(3_000)
    expect(engine.memoHitRate).toBeGreaterThan(0.999)
  })

  it("is not consistent if the transaction manager commits after one answer", () => {
    const report = checkRelation(twoPhaseCommit({ count: 3, commitRule: "when one is prepared" }))
    const [consistency] = report.properties
    expect(report.verdict).toBe("violated")
    expect(consistency?.counterexample?.steps.map(({ action }) => action)).toEqual([
      "RMPrepare(rm3)",
      "TMRcvPrepared(rm3)",
      "TMCommit",
      "RMChooseToAbort(rm2)",
      "RMRcvCommitMsg(rm1)"
    ])
    expect(consistency?.counterexample?.steps.at(-1)?.state).toEqual({
      resourceManagers: { rm1: "committed", rm2: "aborted", rm3: "prepared" },
      transactionManager: "committed",
      heardFrom: { rm1: false, rm2: false, rm3: true },
      sent: { prepared: { rm1: false, rm2: false, rm3: true }, commit: true, abort: false }
    })
  })

  it("is consistent by either rule if there is one resource manager", () => {
    for (const commitRule of ["when all are prepared", "when one is prepared"] as const) {
      expect(checkRelation(twoPhaseCommit({ count: 1, commitRule })).verdict).toBe("holds")
    }
  })
})
