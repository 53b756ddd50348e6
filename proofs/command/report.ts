/**
 * Proofs for people, one line each and what fails below it, and as JSON documents.
 */
import type { Outcome } from "../induction/outcome.ts"
import type { Shown } from "../induction/prove.ts"
import type { ModelledProtocol, ModelVariant } from "../induction/variant.ts"

export interface Report {
  readonly protocol: ModelledProtocol
  readonly variant: ModelVariant
  readonly solver: string
  readonly outcome: Outcome
  readonly obligations: number
  readonly shown: number
  /** False if somebody has stopped it. */
  readonly isComplete: boolean
  readonly seconds: number
  /** The smallest counterexample to the first sentence that fails. */
  readonly counterexample?: string
}

const columns = [14, 30, 12, 12, 10, 13, 8] as const
const row = (cells: ReadonlyArray<string>): string =>
  cells
    .map((cell, place) =>
      place < 2 ? cell.padEnd(columns[place] ?? 0) : cell.padStart(columns[place] ?? 0)
    )
    .join("  ")
    .trimEnd()

export const tableHead = (): string =>
  `${row(["protocol", "variant", "found", "transitions", "sentences", "obligations", "seconds"])}\n${row(columns.map((width) => "─".repeat(width)))}`

export const tableRow = (report: Report): string => {
  const { protocol, variant, outcome, obligations, shown, isComplete, seconds, counterexample } =
    report
  const { transitions, invariant, keptAlone = {} } = variant.model
  const line = row([
    protocol.name,
    variant.name,
    isComplete ? outcome.verdict : "stopped",
    String(Object.keys(transitions).length),
    String(Object.keys(invariant).length + Object.keys(keptAlone).length),
    `${shown}/${obligations}`,
    seconds.toFixed(1)
  ])
  return [
    `${line}${outcome.asExpected || !isComplete ? "" : "  ← not as expected"}`,
    ...outcome.failures.map((failure) => `    ${failureLine(failure)}`),
    ...outcome.absent.map(
      ({ transition, sentence }) =>
        `    expected to fail, and does not: "${sentence}" when ${transition} is taken`
    ),
    ...(counterexample === undefined
      ? []
      : ["", ...counterexample.split("\n").map((one) => `    ${one}`.trimEnd()), ""])
  ].join("\n")
}

const failureLine = ({ obligation, verdict, reason }: Shown): string => {
  const { kind, transition, sentence } = obligation
  const why =
    verdict === "unknown"
      ? `unknown (${reason?.split("\n")[0] ?? "the solver does not say why"})`
      : "refuted"
  switch (kind) {
    case "initially":
      return `${why}: "${sentence}" at the beginning`
    case "kept":
      return `${why}: "${sentence}" when ${transition} is taken`
    case "safety":
      return `${why}: "${sentence}" follows from the invariant`
    case "possible":
      return `${why}: ${transition ?? "the beginning"} is possible`
  }
}

export const tableFoot = (reports: ReadonlyArray<Report>): string => {
  const unexpected = reports.filter(
    ({ outcome, isComplete }) => !outcome.asExpected || !isComplete
  ).length
  const seconds = reports.reduce((sum, report) => sum + report.seconds, 0)
  const obligations = reports.reduce((sum, report) => sum + report.shown, 0)
  return `${reports.length - unexpected} as expected, ${unexpected} not; ${obligations} obligations shown in ${seconds.toFixed(1)} s by ${reports[0]?.solver ?? "nobody"}, for any number of nodes, clients and operations`
}

export const documentOf = (report: Report) => {
  const { protocol, variant, outcome, counterexample } = report
  return {
    protocol: protocol.name,
    variant: variant.name,
    verdict: outcome.verdict,
    asExpected: outcome.asExpected && report.isComplete,
    complete: report.isComplete,
    solver: report.solver,
    transitions: Object.keys(variant.model.transitions),
    invariant: [
      ...Object.keys(variant.model.invariant),
      ...Object.keys(variant.model.keptAlone ?? {})
    ],
    safety: Object.keys(variant.model.safety),
    axioms: Object.keys(variant.model.axioms),
    obligations: report.obligations,
    shown: report.shown,
    seconds: report.seconds,
    failures: outcome.failures.map(({ obligation, verdict, reason }) => ({
      kind: obligation.kind,
      transition: obligation.transition ?? null,
      sentence: obligation.sentence ?? null,
      verdict,
      reason: reason ?? null
    })),
    absent: outcome.absent,
    counterexample: counterexample ?? null
  }
}
