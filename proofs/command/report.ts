/**
 * Reports proofs for people, one line each with its failures below it, and as JSON documents.
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
  /** False if the user has stopped the proof. */
  readonly isComplete: boolean
  readonly seconds: number
  /** The smallest counterexample to the first sentence that fails. */
  readonly counterexample?: string
}

/** Together at most a hundred columns. */
const columns = [
  { title: "protocol", width: 13 },
  { title: "variant", width: 30 },
  { title: "found", width: 7 },
  { title: "steps", width: 5, isLeftOut: true },
  { title: "sentences", width: 9, isLeftOut: true },
  { title: "shown", width: 9 },
  { title: "seconds", width: 7 }
] as const
const words = 3

/** The default width of a table. */
const usualWidth = 100

/** A row. A terminal that is too narrow for all columns shows the most informative ones. */
const row = (cells: ReadonlyArray<string>, most: number): string => {
  const width = columns.reduce((sum, one) => sum + one.width + 2, -2)
  return columns
    .flatMap((column, place) => {
      const cell = cells[place] ?? ""
      if (width > most && "isLeftOut" in column) return []
      return [place < words ? cell.padEnd(column.width) : cell.padStart(column.width)]
    })
    .join("  ")
    .trimEnd()
}

export const tableHead = (most = usualWidth): string => {
  const titles = columns.map(({ title }) => title)
  const rules = columns.map(({ width }) => "─".repeat(width))
  return `${row(titles, most)}\n${row(rules, most)}`
}

export const tableRow = (report: Report, most = usualWidth): string => {
  const { protocol, variant, outcome, obligations, shown, isComplete, seconds, counterexample } =
    report
  const { transitions, invariant, keptAlone = {} } = variant.model
  const cells = [
    protocol.name,
    variant.name,
    isComplete ? outcome.verdict : "stopped",
    String(Object.keys(transitions).length),
    String(Object.keys(invariant).length + Object.keys(keptAlone).length),
    `${shown}/${obligations}`,
    seconds.toFixed(1)
  ]
  const line = row(cells, most)
  return [
    `${line}${outcome.asExpected || !isComplete ? "" : "\n    ← not as expected"}`,
    ...outcome.failures.map((failure) => `    ${failureLine(failure)}`),
    ...outcome.absent.map(
      ({ transition, sentence }) =>
        `    expected to fail, but does not: "${sentence}" when ${transition} is taken`
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
      ? `unknown (${reason?.split("\n")[0] ?? "the solver gives no reason"})`
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
  return `${reports.length - unexpected} as expected, ${unexpected} not; ${obligations} obligations shown in ${seconds.toFixed(1)} s by ${reports[0]?.solver ?? "no solver"},\n  for any number of nodes, clients and operations`
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
