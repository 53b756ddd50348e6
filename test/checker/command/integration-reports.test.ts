/**
 * The reports for continuous integration: a failure is something wrong, at its line, and a result
 * that the search did not have to decide is neither a failure nor an error.
 */
import { describe, expect, it } from "vitest"
import { type CheckedDocument, junit, sarif } from "../../../checker/command/integration-reports.ts"

const property = (
  name: string,
  verdict: string,
  expected: string | null = null
): CheckedDocument["properties"][number] => ({
  ...{ name, verdict, expected, kind: name === "deadlock-freedom" ? "deadlock" : "safety" },
  counterexample: verdict === "violated" ? { reason: "it is lost", steps: 3 } : null
})

const document = (
  scenario: string,
  asExpected: boolean,
  ...properties: CheckedDocument["properties"]
): CheckedDocument => ({
  ...{ scenario, asExpected, properties, seconds: 1, stopped: null },
  verdict: properties[0]?.verdict ?? "holds"
})

const failing = document(
  "one.json",
  false,
  property("atomicity", "violated"),
  property("deadlock-freedom", "inconclusive")
)
const expected = document(
  "two.json",
  true,
  property("atomicity", "violated", "violated"),
  property("timestamps-grow", "inconclusive")
)
const cut = {
  ...document("three.json", false, property("atomicity", "inconclusive")),
  stopped: "a limit"
}

const suites = (text: string) =>
  [...text.matchAll(/<testsuite name="(.*?)" (.*?) time/g)].map(([, name, counts]) => [
    name,
    counts
  ])

describe("JUnit", () => {
  it("has a failure where something is wrong, and an error only where a limit came first", () => {
    expect(suites(junit([failing, expected, cut]))).toEqual([
      ["one.json", 'tests="2" failures="1" errors="0" skipped="1"'],
      ["two.json", 'tests="2" failures="0" errors="0" skipped="1"'],
      ["three.json", 'tests="1" failures="0" errors="1" skipped="0"']
    ])
  })
})

describe("SARIF", () => {
  const linesOf = (documents: ReadonlyArray<CheckedDocument>, text: string) =>
    JSON.parse(sarif(documents, () => text)).runs[0].results.map(
      ({
        level,
        locations: [{ physicalLocation }]
      }: {
        readonly level: string
        readonly locations: readonly [
          { readonly physicalLocation: { readonly region: { readonly startLine: number } } }
        ]
      }) => [level, physicalLocation.region.startLine]
    )

  it("reports what is wrong, and what a limit left open, but nothing that is as expected", () => {
    expect(linesOf([failing, expected, cut], "{}")).toEqual([
      ["error", 1],
      ["warning", 1]
    ])
  })

  it.each([
    ['{\n"clients": [],\n"properties": ["atomicity"],\n"expect": {\n"atomicity": "holds" }}', 5],
    ['{\n"clients": [],\n"properties": [\n"atomicity"]}', 4],
    ['{\n"protocol": "majority",\n"clients": []}', 3]
  ])("is at the line of a scenario that says most about the property", (text, line) => {
    expect(linesOf([failing], text)).toEqual([["error", line]])
  })

  it.each([
    ["lock.ts#careful", 6],
    ["lock.ts#careless", 3],
    ["lock.ts#other", 7]
  ])("is at the line of the property in a model, or of the model: %s", (scenario, line) => {
    const text = [
      "const model = {}",
      "export const careless = {",
      "  invariants: { atomicity: () => false }",
      "}",
      "export const careful = {",
      "  invariants: { 'atomicity': () => true } }",
      "export const other = model"
    ].join("\n")
    expect(linesOf([{ ...failing, scenario }], text)).toEqual([["error", line]])
  })
})
