/**
 * The full result of a check for people: verdicts, counts, and their bounds.
 */
import { type Adversary, type Hearing, usualLies } from "../../spec/kernel/adversary.ts"
import { fitted } from "../report/lines.ts"
import type { CheckResult, PropertyResult } from "../result.ts"
import type { Tally } from "../tally.ts"
import type { Measured } from "./document.ts"
import { nextStep } from "./next-step.ts"
import { paintOf, proseColumns, type Screen } from "./screen.ts"
import { beyondBound, inSteps } from "./table.ts"

const verdictOf = (property: PropertyResult): string =>
  property.kind !== "reachability"
    ? property.verdict
    : property.verdict === "holds"
      ? "reached"
      : property.verdict === "violated"
        ? "never reached"
        : property.verdict

/** Everything that bounds the verdict. */
const boundsLine = ({ scenario, boundsReached }: CheckResult): string => {
  const { scripts, faults, after = [] } = scenario.model
  const lengths = Object.values(scripts).map(({ length }) => length)
  const asked = `${lengths.reduce((sum, length) => sum + length, 0)} operations of ${lengths.length} clients`
  const failing = [
    ...(faults.atStart ?? []).map(({ fault, node }) => `${node} ${fault.verb} at the beginning`),
    ...faults.budgets
      .filter(({ most }) => most > 0)
      .map(
        ({ fault, nodes, most }) =>
          `at most ${most} of ${nodes.join(", ")} ${most === 1 ? fault.verb : `suffer ${fault.name}`}`
      ),
    ...(faults.adversary === undefined ? [] : [adversaryText(faults.adversary)])
  ]
  const premise =
    faults.premise === undefined
      ? []
      : [
          `as long as the premise of ${faults.premise.name} holds${faults.isEager === true ? ", and as soon as it allows" : ""}`
        ]
  const bounds = Object.entries(scenario.bounds).map(
    ([name, bound]) =>
      `${name} up to ${bound}${boundsReached.includes(name) ? `; ${beyondBound}` : ""}`
  )
  const course =
    after.length === 0
      ? []
      : [`only what follows the course of ${after.length} steps that the scenario gives`]
  return `bounds: ${[...course, asked, ...(failing.length === 0 ? ["no faults"] : [...failing, ...premise]), ...bounds].join("; ")}`
}

/** What corrupt nodes may send: `the adversary is arbitrary, making up 9, lie (number: 9)`. */
const adversaryText = ({ strength, domain = {}, overhears = "everything" }: Adversary): string => {
  const named = Object.entries(domain).map(
    ([field, values]) => `${field}: ${values.length === 0 ? "nothing" : values.join(", ")}`
  )
  const lies = `${usualLies.join(", ")}${named.length === 0 ? "" : ` (${named.join("; ")})`}`
  return `the adversary is ${strength}${strength === "arbitrary" ? `, making up ${lies}` : ""}, and overhears ${hearing[overhears]}`
}

const hearing: Readonly<Record<Hearing, string>> = {
  everything: "everything",
  "may be corrupted": "messages to nodes that may be corrupted",
  "are corrupted": "messages to nodes that are corrupted"
}

/** Verdicts and counts. */
export const summary = (result: CheckResult, measured: Measured, screen: Screen): string => {
  const { counts, engine } = result
  const { strong, old } = paintOf(screen)
  const lines = [
    `${strong(`${result.scenario.name}: ${result.verdict}`)}${result.asExpected ? "" : old(", which was not expected")}`,
    ...(result.scenario.description === undefined ? [] : [result.scenario.description]),
    "",
    ...result.properties.map(
      (property) => `${propertyLine(property)}${leftOpen(result, property)}`
    ),
    "",
    ...(result.walk
      ? walkLines(result.walk, result)
      : [
          `${number(counts.distinct)} distinct states, ${number(counts.generated)} generated, depth ${counts.depth}; ${coverage(result)}`
        ]),
    `${measured.seconds.toFixed(2)} s, ${number(Math.round(rateOf(counts.generated, measured)))} generated/s; the specification was called ${number(engine.transitionCalls)} times (${(engine.memoHitRate * 100).toFixed(2)} % of transitions came from the memo)`,
    ...omissionLines(result),
    boundsLine(result),
    `reductions: ${result.reductions.length === 0 ? "none" : result.reductions.join(", ")}`,
    ...result.vacuous.map((sentence) => `vacuous: ${sentence}`),
    ...result.notes.map((sentence) => `note: ${sentence}`),
    ...(result.verdict === "inconclusive"
      ? [
          `next: ${nextStep(result.stopped, { order: result.walk === undefined ? "bfs" : "random" })}`
        ]
      : [])
  ]
  return fitted(lines.join("\n"), proseColumns(screen))
}

const rateOf = (generated: number, { generatedBefore, seconds }: Measured): number =>
  (generated - generatedBefore) / Math.max(seconds, 0.001)

/** The meaning of a search that kept fingerprints. */
const omissionLines = ({
  engine: { omissionProbability },
  verdict
}: CheckResult): ReadonlyArray<string> =>
  omissionProbability === undefined
    ? []
    : [
        `fingerprints were kept, not states: the probability that a state was missed is about ${omissionProbability.toExponential(1)}, if fingerprints are as good as random${verdict === "holds" ? "; holds is only as certain as that" : ""}`
      ]

const number = (count: number): string => count.toLocaleString("en")

/**
 * A search ends once it has found what was expected of it; it reports nothing about a property
 * without an expectation.
 */
const leftOpen = ({ asExpected }: CheckResult, { verdict, expected }: PropertyResult): string =>
  asExpected && verdict === "inconclusive" && expected === undefined
    ? " (nothing was expected of it: the search ended before it was decided)"
    : ""

const propertyLine = (property: PropertyResult): string => {
  const expected = property.expected === undefined ? "" : ` (expected: ${property.expected})`
  return `  ${property.name.padEnd(24)} ${verdictOf(property)}${inSteps(property)}${expected}`
}

const walkLines = (
  { seed, runs, steps, longest, findings }: Tally & { readonly seed: number },
  { stopped }: CheckResult
) => [
  `${number(runs)} random runs of seed ${seed}, ${number(steps)} steps, the longest ${number(longest)}; not exhausted (${stopped}), distinct states were not counted`,
  ...findings.map(
    ({ property, run, steps }) =>
      `  ${property} broken in step ${steps} of run ${run} (again: --order random --seed ${seed} --run ${run})`
  )
]

const coverage = ({ exhaustive, stopped, counts }: CheckResult): string =>
  exhaustive
    ? "every reachable state was visited"
    : `not exhausted (${stopped}), ${number(counts.frontier)} states were found and not expanded`
