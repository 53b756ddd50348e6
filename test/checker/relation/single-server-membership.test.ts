/**
 * Raft's change of membership by one server at a time: the check finds the published split brain,
 * and finds none after the fix.
 */
import { describe, expect, it } from "vitest"
import { singleServerMembership } from "../../../checker/examples/single-server-membership.ts"
import { checkRelation } from "../../../checker/relation/check.ts"

const bounds = { lastTerm: 2, longestLog: 3 }

describe("single-server membership change", { timeout: 120_000 }, () => {
  it("of four servers splits, as first published: two leaders commit changes of one configuration", () => {
    const report = checkRelation(singleServerMembership({ members: 4, rule: "at once", ...bounds }))
    const [committed] = report.properties
    expect(report.verdict).toBe("violated")
    expect(committed?.counterexample?.steps.map(({ action }) => action)).toEqual([
      "Elect(s2)",
      "Change(s1)",
      "Elect(s1)",
      "Append(s1)",
      "Change(s2)",
      "Replicate(s1,s3)",
      "Replicate(s2,s4)",
      "Commit(s1)",
      "Commit(s2)"
    ])
  })

  it("of four servers does not split if a leader first commits an entry of its own term", () => {
    const report = checkRelation(
      singleServerMembership({ members: 4, rule: "after an entry of its term", ...bounds })
    )
    expect(report).toMatchObject({ verdict: "holds", exhaustive: true, vacuous: [] })
    expect(report.states.distinct).toBe(105_991)
  })

  it("of three servers does not split even by the first rule: such changes have majorities that meet", () => {
    const report = checkRelation(singleServerMembership({ members: 3, rule: "at once", ...bounds }))
    expect(report).toMatchObject({ verdict: "holds", exhaustive: true, vacuous: [] })
    expect(report.states.distinct).toBe(28_238)
  })
})
