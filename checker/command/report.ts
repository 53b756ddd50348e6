/**
 * The result of a finished check, as plain data: the output in every requested form. Threads can
 * send it to each other.
 */

import { itf } from "../report/itf.ts"
import { counterexampleDocument } from "../report/json.ts"
import { mermaid } from "../report/mermaid.ts"
import { story } from "../report/story.ts"
import type { Counterexample } from "../report/trace.ts"
import type { CheckResult } from "../result.ts"
import { tellsOfBrokenPromise } from "../running-check.ts"
import { checkDocument, type Measured } from "./document.ts"
import { exitCodeOf } from "./exit-codes.ts"
import { type Found, foundIn } from "./manifest.ts"
import { paintOf, proseColumns, type Screen } from "./screen.ts"
import { summary } from "./summary.ts"
import { type Row, rowOf } from "./table.ts"

/** The formats of a counterexample, and the functions that write them. */
const writers = {
  text: (counterexample: Counterexample) => story(counterexample),
  json: (counterexample: Counterexample) =>
    JSON.stringify(counterexampleDocument(counterexample), undefined, 2),
  itf,
  mermaid
} as const satisfies Record<string, (counterexample: Counterexample) => string>

/** A story whose headline and headings stand out. */
const headed = (told: string, screen: Screen): string => {
  const { strong } = paintOf(screen)
  return told
    .split("\n\n")
    .map((section) => section.replace(/^\S.*/, strong))
    .join("\n\n")
}

/** The output for a whole check, with or without a counterexample. */
export const wholeFormats = ["junit", "sarif"] as const

/**
 * `dot` is for models alone: the graph of a network's states would show too little of each state.
 */
export const formats = ["text", "json", "itf", "mermaid", "dot", ...wholeFormats] as const
export type Format = (typeof formats)[number]

export const isWhole = (format: Format): format is (typeof wholeFormats)[number] =>
  (wholeFormats as ReadonlyArray<string>).includes(format)

export interface Report {
  readonly asExpected: boolean
  readonly exitCode: number
  readonly interrupted: boolean
  readonly distinct: number
  /** Whether some process reached a bound and stopped there. */
  readonly reachesBound: boolean
  /**
   * One sentence for each broken promise that reductions rely on, and for each expectation that
   * could not fail.
   */
  readonly inVain: ReadonlyArray<string>
  /** The scenario's entry in the manifest of shipped scenarios; a model has none. */
  readonly found?: readonly [scenario: string, Found]
  readonly seconds: number
  /** Its row of the table. */
  readonly row: Row
  /** Verdicts and counts. */
  readonly summary: string
  /** The story of each violation. */
  readonly stories: ReadonlyArray<string>
  /** The first counterexample in the requested format. */
  readonly trace: string | undefined
  /** The JSON document. */
  readonly document: Record<string, unknown>
}

export const reportOf = (
  result: CheckResult,
  measured: Measured,
  { format, screen }: { readonly format: Format; readonly screen: Screen }
): Report => {
  const counterexamples = result.properties.flatMap(({ counterexample }) => counterexample ?? [])
  const first = counterexamples[0]
  return {
    asExpected: result.asExpected,
    exitCode: exitCodeOf(result),
    interrupted: result.stopped === "interrupted",
    distinct: result.counts.distinct,
    reachesBound: result.boundsReached.length > 0,
    inVain: [
      ...result.notes.filter(tellsOfBrokenPromise),
      ...[...result.scenario.expect.keys()].flatMap((name) =>
        result.vacuous.filter((sentence) => sentence.startsWith(`${name} `))
      )
    ].map((sentence) => `${result.scenario.name}: ${sentence}`),
    found: [result.scenario.name, foundIn(result)],
    seconds: measured.seconds,
    row: rowOf(result, measured),
    summary: summary(result, measured, screen),
    stories: counterexamples.map((one) => headed(story(one, proseColumns(screen)), screen)),
    trace: first && writers[format in writers ? (format as keyof typeof writers) : "text"](first),
    document: checkDocument(result, measured)
  }
}
