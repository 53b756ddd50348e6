/**
 * What checks came to, for continuous integration: JUnit's XML, which every server of that kind
 * reads, and SARIF (OASIS, version 2.1.0), which code hosts show beside the lines of a change.
 */

/** What is read of the JSON document of a check. */
export interface CheckedDocument {
  readonly scenario: string
  readonly verdict: string
  readonly asExpected: boolean
  readonly stopped: string | null
  readonly seconds: number
  readonly properties: ReadonlyArray<{
    readonly name: string
    readonly kind: string
    readonly verdict: string
    readonly expected: string | null
    readonly counterexample: { readonly reason: string; readonly steps: number } | null
  }>
}

type Property = CheckedDocument["properties"][number]

const isFailure = ({ verdict, expected, kind }: Property): boolean =>
  expected === null
    ? verdict === "violated" && kind !== "reachability"
    : verdict !== expected && verdict !== "inconclusive"

const isOpen = ({ verdict }: Property): boolean => verdict === "inconclusive"

const messageOf = ({ name, verdict, expected, counterexample }: Property): string => {
  const wanted = expected === null ? "" : `, but was expected: ${expected}`
  const why =
    counterexample === null ? "" : `: ${counterexample.reason} (${counterexample.steps} steps)`
  return `${name}: ${verdict}${wanted}${why}`
}

/** One suite a check, one case a property. */
export const junit = (documents: ReadonlyArray<CheckedDocument>): string => {
  const suites = documents.map((document) => {
    const { scenario, properties, seconds, stopped } = document
    const cases = properties.map((property) => {
      const head = `    <testcase classname="${xml(scenario)}" name="${xml(property.name)}" time="0"`
      if (isFailure(property)) {
        const message = xml(messageOf(property))
        return `${head}>\n      <failure type="${property.kind}" message="${message}"/>\n    </testcase>`
      }
      if (!isOpen(property)) return `${head}/>`
      return `${head}>\n      <error type="inconclusive" message="${xml(stopped ?? "inconclusive")}"/>\n    </testcase>`
    })
    const failures = properties.filter(isFailure).length
    const errors = properties.filter(isOpen).length
    const counts = `tests="${properties.length}" failures="${failures}" errors="${errors}" time="${seconds.toFixed(3)}"`
    return [`  <testsuite name="${xml(scenario)}" ${counts}>`, ...cases, "  </testsuite>"].join(
      "\n"
    )
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="quorate">',
    ...suites,
    "</testsuites>"
  ].join("\n")
}

/** A text inside an attribute. Characters that XML does not know are left out. */
const xml = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be removed
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;")

/** One result for each property that is not as expected, at the file of its model or scenario. */
export const sarif = (documents: ReadonlyArray<CheckedDocument>): string => {
  const results = documents.flatMap((document) =>
    document.properties
      .filter((property) => isFailure(property) || isOpen(property))
      .map((property) => ({
        ruleId: property.kind,
        level: isFailure(property) ? "error" : "warning",
        message: { text: `${document.scenario}: ${messageOf(property)}` },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: uriOf(document.scenario) },
              region: { startLine: 1 }
            }
          }
        ]
      }))
  )
  const rules = [...new Set(results.map(({ ruleId }) => ruleId))].map((id) => ({
    id,
    shortDescription: { text: ruleTexts[id] ?? id }
  }))
  return JSON.stringify(
    {
      $schema: "https://json.schemastore.org/sarif-2.1.0.json",
      version: "2.1.0",
      runs: [{ tool: { driver: { name: "quorate", rules } }, results }]
    },
    undefined,
    2
  )
}

const ruleTexts: Readonly<Record<string, string>> = {
  safety: "Something happens that must never happen",
  deadlock: "Nothing can happen any more, though something is left to do",
  liveness: "Something that must happen never does",
  reachability: "Something that should be possible is not"
}

/**
 * The file of a model (without the name after #) or of a scenario; a shipped one is in the folder
 * of scenarios.
 */
const uriOf = (scenario: string): string => {
  const file = scenario.replace(/#[^#]*$/, "")
  const path = /\.[cm]?[jt]s(on)?$/.test(file) ? file : `checker/scenarios/${file}.json`
  return encodeURI(path.replaceAll("\\", "/"))
}
