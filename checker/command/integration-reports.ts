/**
 * The results of checks for continuous integration: JUnit's XML, which every CI server reads, and
 * SARIF (OASIS, version 2.1.0), which code hosts show next to the lines of a change.
 */

/** The fields that are read of a check's JSON document. */
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

/**
 * Whether a property should have been decided and was not. A search ends with the violation that it
 * finds, expected or not. That it leaves other properties open is not a mistake.
 */
const isLeftOpen = ({ asExpected, properties }: CheckedDocument, property: Property): boolean =>
  isOpen(property) && !asExpected && !properties.some(isFailure)

const messageOf = ({ name, verdict, expected, counterexample }: Property): string => {
  const wanted = expected === null ? "" : `, but was expected: ${expected}`
  const why =
    counterexample === null ? "" : `: ${counterexample.reason} (${counterexample.steps} steps)`
  return `${name}: ${verdict}${wanted}${why}`
}

/** One suite per check, one case per property. */
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
      const outcome = isLeftOpen(document, property)
        ? `<error type="inconclusive" message="${xml(stopped ?? "inconclusive")}"/>`
        : '<skipped message="the search ended before it was decided"/>'
      return `${head}>\n      ${outcome}\n    </testcase>`
    })
    const failures = properties.filter(isFailure).length
    const errors = properties.filter((one) => isLeftOpen(document, one)).length
    const skipped = properties.filter(isOpen).length - errors
    const counts = `tests="${properties.length}" failures="${failures}" errors="${errors}" skipped="${skipped}" time="${seconds.toFixed(3)}"`
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

/** A text inside an attribute. Leaves out characters that XML does not allow. */
const xml = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be removed
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;")

/**
 * One result for each property with an unexpected verdict, at the most relevant line of the
 * scenario's or the model's file. `textOf` gives the text of what was checked, by its name.
 */
export const sarif = (
  documents: ReadonlyArray<CheckedDocument>,
  textOf: (scenario: string) => string
): string => {
  const results = documents.flatMap((document) =>
    document.properties
      .filter((property) => isFailure(property) || isLeftOpen(document, property))
      .map((property) => ({
        ruleId: property.kind,
        level: isFailure(property) ? "error" : "warning",
        message: { text: `${document.scenario}: ${messageOf(property)}` },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: uriOf(document.scenario) },
              region: { startLine: lineOf(document.scenario, textOf(document.scenario), property) }
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
 * The file of a model (without the name after #) or of a scenario; a shipped scenario is in the
 * folder of scenarios.
 */
const uriOf = (scenario: string): string => {
  const file = scenario.replace(/#[^#]*$/, "")
  const path = /\.[cm]?[jt]s(on)?$/.test(file) ? file : `checker/scenarios/${file}.json`
  return encodeURI(path.replaceAll("\\", "/"))
}

/**
 * The most relevant line for a property. In a scenario: its expectation, or else its entry among
 * the checked properties, or else the operations of clients. In a model: the property, or else the
 * model.
 */
const lineOf = (scenario: string, text: string, { name, kind }: Property): number => {
  const model = /#([^#]*)$/.exec(scenario)?.[1]
  const isModel = /\.[cm]?[jt]s(#|$)/.test(scenario)
  const key = kind === "deadlock" && isModel ? "deadlock" : name
  const named = new RegExp(`["'\`]${literally(key)}["'\`]|\\b${literally(key)}\\s*[:(]`)
  const places = isModel
    ? [...(model === undefined ? [] : [[exportOf(model), named], [exportOf(model)]]), [named]]
    : [[/"expect"/, named], [/"properties"/, named], [/"clients"/]]
  const found = places.map((path) => placeAfter(text, path)).find((at) => at !== undefined)
  return text.slice(0, found ?? 0).split("\n").length
}

const exportOf = (model: string): RegExp =>
  new RegExp(`export (const|let|var) ${literally(model)}\\b|^export default\\b`, "m")

/** Where a text contains the last of these words, each one after the previous one. */
const placeAfter = (text: string, path: ReadonlyArray<RegExp>): number | undefined => {
  let from = 0
  for (const one of path) {
    const found = one.exec(text.slice(from))
    if (found === null) return undefined
    from += found.index
  }
  return from
}

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
