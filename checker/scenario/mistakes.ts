/**
 * Describes the mistakes in a scenario's data for people: what each place expects, and which fields
 * exist.
 */
import type * as SchemaAST from "effect/SchemaAST"
import * as SchemaIssue from "effect/SchemaIssue"
import { hearings, strengths } from "../../spec/kernel/adversary.ts"
import { alternatives } from "../../spec/kernel/schema-shape.ts"
import { ScenarioRefused, suggest, together } from "./refusal.ts"
import { maxBound, maxNodes, Scenario } from "./scenario.ts"

export const example = `{"protocol": "majority", "servers": 3, "clients": [["write 1"], ["read"]]}`

/** What a place in a scenario expects. */
const whatIsExpected: ReadonlyArray<readonly [RegExp, string]> = [
  [/^$/, "expected a record with protocol, servers and clients"],
  [/^protocol$/, `expected the name of a protocol, such as "majority"`],
  [/^variant$/, "expected the name of a variant (quorate list shows them)"],
  [/^description$/, "expected a text"],
  [
    /^servers/,
    `expected a whole number from 1 to ${maxNodes} (3 stands for s1, s2, s3), or a list of names such as ["s1", "s2"]`
  ],
  [/^configuration/, `expected a list of names of servers, such as ["s1", "s2"]`],
  [
    /^quorums/,
    `expected "majority", "supermajority", {"weights": {"s1": 2, "s2": 1}, "threshold": 2}, {"sets": [["s1", "s2"]]}, or {"read": …, "write": …}`
  ],
  [/^directory$/, "expected true or false"],
  [/^administrator/, `expected a list of reconfigurations, such as ["reconfigure +s5 -s1"]`],
  [
    /^clients$/,
    `expected a list with one list of operations per client, such as [["write 1"], ["read"]]`
  ],
  [/^clients\[\d+\]$/, `expected a list of at least one operation, such as ["write 1", "read"]`],
  [/^clients\[\d+\]\[\d+\]$/, `expected an operation in quotes, such as "write 1"`],
  [/^faults$/, `expected {"crashes": {"servers": 1}} or {"corruptions": {"servers": 1}}`],
  [
    /^faults\.crashes$/,
    `expected {"servers": 1, "clients": 0}, or a premise of liveness such as "dynamic-liveness"`
  ],
  [/^faults\.crashes\.while$/, `expected "static-liveness" or "dynamic-liveness"`],
  [/^bounds$/, `expected a record such as {"ballots": 3}`],
  [/^bounds\./, `expected a whole number from 1 to ${maxBound}`],
  [
    /^faults\.corruptions$/,
    `expected {"atStart": ["s4"], "servers": 1, "strength": "arbitrary"}, each of them optional`
  ],
  [
    /^faults\.corruptions\.strength$/,
    `expected ${strengths.map((name) => `"${name}"`).join(", ")}`
  ],
  [/^faults\.corruptions\.atStart/, `expected a list of names of nodes, such as ["s4"]`],
  [/^faults\.corruptions\.while$/, `expected the name of a premise, such as "static-liveness"`],
  [
    /^faults\.corruptions\.overhears$/,
    `expected ${hearings.map((name) => `"${name}"`).join(", ")}`
  ],
  [/^faults\.corruptions\.atOnce$/, "expected true or false"],
  [
    /^faults\.corruptions\.domain/,
    `expected lists of values by the names of fields, such as {"value": [9]}`
  ],
  [/^faults\.corruptions\./, `expected a whole number from 0 to ${maxNodes}, or a list of names`],
  [/^faults\.amnesia$/, `expected {"servers": 1}, or {"servers": 1, "restarts": "under-its-name"}`],
  [/^faults\.amnesia\.restarts$/, `expected "as-new" or "under-its-name"`],
  [/^faults\.amnesia\./, `expected a whole number from 0 to ${maxNodes}, or a list of names`],
  [/^faults\.crashes\./, `expected a whole number from 0 to ${maxNodes}, or a list of names`],
  [/^properties/, `expected a list of names of properties, such as ["atomicity"]`],
  [/^expect$/, `expected a record such as {"atomicity": "holds"}`],
  [/^expect\./, `expected "holds" or "violated"`]
]
/** What this place expects. */
export const expectedAt = (place: string): string | undefined =>
  whatIsExpected.find(([pattern]) => pattern.test(place))?.[1]

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

/** All mistakes in the data of a scenario. */
export const describeIssue = (source: string, issue: SchemaIssue.Issue): ScenarioRefused => {
  const all = formatIssue(issue).issues.map((one) => describeOne(source, one))
  // A union has issues for each of its members: of those at one place, the first is reported.
  const places = formatIssue(issue).issues.map(({ path = [], message }) => unionOf(path, message))
  const told = all.filter((_, at) => places.indexOf(places[at] as string) === at)
  return together(told)
}

/** The fields of a scenario that no other field depends on: without them, the rest can be read. */
const separate = ["description", "quorums", "faults", "bounds", "properties", "expect"]

/**
 * The data without the fields that contain an issue, if the rest can be read without them: so that
 * mistakes in the rest are reported in the same run.
 */
export const withoutIssue = (data: unknown, issue: SchemaIssue.Issue): unknown => {
  if (typeof data !== "object" || data === null) return undefined
  const known = fieldsAt(Scenario.ast, [])
  const mistaken = formatIssue(issue).issues.map(({ path: [first] = [] }) =>
    String(typeof first === "object" ? first.key : first)
  )
  const isReadable = mistaken.every((name) => separate.includes(name) || !known.includes(name))
  return isReadable
    ? Object.fromEntries(Object.entries(data).filter(([name]) => !mistaken.includes(name)))
    : undefined
}

/** The place of an issue; inside of a union, that of the union. */
const unionOf = (path: FormattedPath, message: string): string => {
  const parts = path.map((part) => String(typeof part === "object" ? part.key : part))
  if (parts[0] === "quorums" || parts[0] === "servers") return parts[0]
  if (parts[0] === "faults") return parts.slice(0, message === "Missing key" ? 2 : 3).join(".")
  return parts.join(".")
}
type FormattedPath = NonNullable<FormattedIssue["path"]>

type FormattedIssue = ReturnType<typeof formatIssue>["issues"][number]

const describeOne = (source: string, first: FormattedIssue): ScenarioRefused => {
  const path = (first?.path ?? []).map((part) => (typeof part === "object" ? part.key : part))
  const name = String(path.at(-1) ?? "")
  const place = pathText(path)
  const message = expectedAt(place) ?? first?.message ?? "this is not a scenario"
  if (first?.message.startsWith("Expected no excess")) {
    const known = [...new Set(fieldsAt(Scenario.ast, path.slice(0, -1)))].filter(
      (key) => key !== "$schema"
    )
    const isMisplaced = known.length === 0 || known.includes(name)
    const mend = isMisplaced ? "remove it" : suggest(name, known)
    return new ScenarioRefused({ source, place, problem: `unknown field "${name}"`, mend })
  }
  if (first?.message === "Missing key") {
    return new ScenarioRefused({
      source,
      place: "",
      problem: `the field "${name}" is missing`,
      mend: `add it, as in ${example}`
    })
  }
  return new ScenarioRefused({ source, place, problem: message, mend: "" })
}

/** The names of the fields of a record at this place in a type. */
const fieldsAt = (
  ast: SchemaAST.AST,
  [first, ...rest]: ReadonlyArray<PropertyKey>
): ReadonlyArray<string> =>
  alternatives(ast).flatMap((member) => {
    if (member._tag !== "Objects") return []
    const fields = member.propertySignatures
    return first === undefined
      ? fields.map(({ name }) => String(name))
      : fields.filter(({ name }) => name === first).flatMap(({ type }) => fieldsAt(type, rest))
  })

const pathText = (path: ReadonlyArray<PropertyKey>): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === "number"
        ? `${text}[${part}]`
        : text === ""
          ? String(part)
          : `${text}.${String(part)}`,
    ""
  )
