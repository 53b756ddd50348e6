/**
 * A check of all shipped scenarios ends with a code of its own where an expectation could not fail;
 * the report says which.
 */
import { expect, it } from "vitest"
import { reportOf } from "../../../checker/command/report.ts"
import { checked, scenarioOf } from "../network/searching.ts"

const inVain = (clients: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const scenario = scenarioOf({
    protocol: "majority",
    servers: 1,
    clients,
    expect: { atomicity: "holds" }
  })
  return reportOf(checked(scenario), { seconds: 1, peakMemoryBytes: 1, generatedBefore: 0 }, "text")
    .inVain
}

it("tells of an expectation about something that never happens, by the name of the scenario", () => {
  expect(inVain([["write 1"]])).toEqual([
    expect.stringMatching(/^\S+: atomicity could not fail: nothing was observed that it speaks of$/)
  ])
  expect(inVain([["write 1"], ["read"]])).toEqual([])
})
