/**
 * A check of all shipped scenarios ends with its own exit code if an expectation could not fail,
 * and with another one if counts differ from the manifest; the report has both.
 */
import { expect, it } from "vitest"
import { mismatch, readManifest } from "../../../checker/command/manifest.ts"
import { reportOf } from "../../../checker/command/report.ts"
import { allReductions } from "../../../checker/network/reductions.ts"
import { checked, scenarioOf } from "../network/searching.ts"
import { shipped } from "../shipped.ts"

const measured = { seconds: 1, peakMemoryBytes: 1, generatedBefore: 0 }
const shown = { format: "text", screen: { columns: 100, colours: false } } as const

const inVain = (clients: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const scenario = scenarioOf({
    protocol: "majority",
    servers: 1,
    clients,
    expect: { atomicity: "holds" }
  })
  return reportOf(checked(scenario), measured, shown).inVain
}

it("reports an expectation about something that never happens, by the name of the scenario", () => {
  expect(inVain([["write 1"]])).toEqual([
    expect.stringMatching(
      /^\S+: atomicity could not fail: nothing that it constrains was observed$/
    )
  ])
  expect(inVain([["write 1"], ["read"]])).toEqual([])
})

it("finds what the manifest has, and reports a count that differs", () => {
  const name = "majority/write"
  const result = checked(shipped(name), { reductions: allReductions })
  const [scenario, found] = reportOf(result, measured, shown).found ?? []
  expect(scenario).toBe(name)
  const listed = readManifest()[name]
  expect(found && mismatch(name, found, listed)).toBeUndefined()
  expect(found && mismatch(name, found, listed && { ...listed, depth: 0 })).toContain('"depth":0')
})
