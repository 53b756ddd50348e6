/**
 * How `quorate check` shows what it found.
 */
import { closeSync, existsSync, openSync, rmSync, writeFileSync } from "node:fs"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { fitted } from "../report/lines.ts"
import { refuse } from "./check-jobs.ts"
import { type CheckedDocument, junit, sarif } from "./integration-reports.ts"
import type { Job } from "./job.ts"
import type { Format, Report } from "./report.ts"
import { proseColumns, screenOf } from "./screen.ts"
import { tableFoot } from "./table.ts"

/** How results are shown. */
export interface Shown {
  readonly all: boolean
  readonly json: boolean
  readonly trace: string | undefined
  readonly format: Format
}

export const printDocuments = (reports: ReadonlyArray<Report>, several: boolean) => {
  const documents = reports.map(({ document }) => document)
  return Console.log(JSON.stringify(several ? documents : documents[0], undefined, 2))
}

/**
 * After the table: the stories of the violations; with all scenarios, only those of unexpected
 * ones.
 */
export const printStories = Effect.fnUntraced(function* (
  reports: ReadonlyArray<Report>,
  seconds: number,
  all: boolean
) {
  yield* Console.log(`\n${fitted(tableFoot(reports, seconds), proseColumns(screenOf()))}`)
  const told = all ? reports.filter(({ asExpected }) => !asExpected) : reports
  for (const { summary, stories } of told) {
    for (const text of all ? [summary, ...stories] : stories) yield* Console.log(`\n${text}`)
  }
})

export const printOne = (report: Report, { format, trace }: Shown) =>
  format === "text" || trace !== undefined
    ? Console.log([report.summary, ...report.stories].join("\n\n"))
    : Effect.andThen(
        Console.error(report.summary),
        report.trace === undefined ? Effect.void : Console.log(report.trace)
      )

/**
 * The user of a long search should learn now, not at its end, that the result cannot be written.
 */
export const refuseUnlessWritable = Effect.fnUntraced(function* (file: string) {
  const isNew = !existsSync(file)
  const opened = Result.try(() => closeSync(openSync(file, "a")))
  if (Result.isFailure(opened)) return yield* refuse(unwritable(file, opened.failure))
  // Removes the file that the trial created.
  if (isNew) yield* Effect.sync(() => rmSync(file, { force: true }))
})

const unwritable = (file: string, error: unknown): string =>
  `--trace: ${file} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`

export const writeTrace = Effect.fnUntraced(function* (file: string, trace: string | undefined) {
  if (trace === undefined)
    return yield* Console.error(`no counterexample: nothing was written to ${file}`)
  const isNew = !existsSync(file)
  const written = Result.try(() => writeFileSync(file, `${trace}\n`))
  if (Result.isFailure(written)) {
    // Half a trace is useless.
    if (isNew) yield* Effect.sync(() => rmSync(file, { force: true }))
    return yield* refuse(unwritable(file, written.failure))
  }
  yield* Console.error(`the ${isHere(trace) ? "counterexample" : "report"} is in ${file}`)
})

const isHere = (trace: string): boolean =>
  !trace.startsWith("<?xml") && !trace.includes("sarif-2.1.0")

/** Prints the results of the checks for other programs, or writes them into a file. */
export const printWhole = (
  reports: ReadonlyArray<Report>,
  jobs: ReadonlyArray<Job>,
  format: "junit" | "sarif",
  trace: string | undefined
) => {
  const documents = reports.map(({ document }) => document as unknown as CheckedDocument)
  const textOf = (scenario: string) => jobs.find(({ name }) => name === scenario)?.text ?? ""
  const text = format === "junit" ? junit(documents) : sarif(documents, textOf)
  return trace === undefined ? Console.log(text) : writeTrace(trace, text)
}
