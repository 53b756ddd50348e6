/**
 * Results for people, in a table: a row for each scenario, as wide as the screen or file that shows
 * it.
 */
import { visible, wrap } from "../report/lines.ts"
import { stepsFound } from "../report/trace.ts"
import { type CheckResult, isBroken, type PropertyResult } from "../result.ts"
import type { Measured } from "./document.ts"
import { paintOf, type Screen } from "./screen.ts"

/** The contents of a row. */
export interface Row {
  readonly name: string
  readonly expected: string
  readonly found: string
  readonly asExpected: boolean
  readonly bounds: string
  readonly distinct: number
  readonly depth: number
  readonly seconds: number
}

export const rowOf = (result: CheckResult, measured: Measured): Row => ({
  name: result.scenario.name,
  expected: expectedCell(result),
  found: foundCell(result),
  asExpected: result.asExpected,
  bounds: boundsCell(result),
  distinct: result.counts.distinct,
  depth: result.counts.depth,
  seconds: measured.seconds
})

const expectedCell = ({ scenario }: CheckResult): string => {
  const violated = [...scenario.expect]
    .filter(([, verdict]) => verdict === "violated")
    .map(([name]) => name)
  return violated.length === 0 ? "holds" : `${violated.join(", ")} violated`
}

const foundCell = (result: CheckResult): string => {
  const violated = result.properties.filter(isBroken)
  if (violated.length === 0) return result.verdict
  return violated.map((property) => `${property.name} violated${inSteps(property)}`).join(", ")
}

/** `after 3 steps, ballots 2`; with a star if some process reached the bound. */
const boundsCell = ({ scenario, boundsReached }: CheckResult): string => {
  const { length } = scenario.model.after ?? []
  return [
    ...(length === 0 ? [] : [`after ${length === 1 ? "1 step" : `${length} steps`}`]),
    ...Object.entries(scenario.bounds).map(
      ([name, bound]) => `${name} ${bound}${boundsReached.includes(name) ? "*" : ""}`
    )
  ].join(", ")
}

export const inSteps = ({ counterexample }: PropertyResult): string =>
  counterexample === undefined
    ? ""
    : ` in ${stepsFound(counterexample)} steps${counterexample.given === undefined ? "" : " after its course"}`

/** The columns of numbers, which are as wide as the largest numbers. */
const numbers = [
  { title: "states", width: 11 },
  { title: "depth", width: 5 },
  { title: "seconds", width: 7 }
] as const
const gap = "  "
const numbersWidth = numbers.reduce((sum, { width }) => sum + gap.length + width, 0)

/** A screen with fewer columns gets a few lines for each scenario instead of a table. */
const fewestColumns = 72
/** Readers compare the findings with the numbers: on a wide screen the two stay close. */
const widestFound = 60
/** The maximum share of the text columns for names. */
const maxOfNames = 0.52

/** A table of the scenarios with these names. Its rows are written as the results arrive. */
export class Table {
  private readonly screen: Screen
  private readonly nameWidth: number
  private readonly foundWidth: number

  constructor(names: ReadonlyArray<string>, screen: Screen) {
    const room = screen.columns - numbersWidth - gap.length
    const longest = Math.max("scenario".length, ...names.map(({ length }) => length))
    this.screen = screen
    this.nameWidth = Math.min(longest, Math.floor(room * maxOfNames))
    this.foundWidth = Math.min(widestFound, room - this.nameWidth)
  }

  private get isNarrow(): boolean {
    return this.screen.columns < fewestColumns
  }

  /** The titles, and a rule below them; nothing if there is no table. */
  head(): string | undefined {
    if (this.isNarrow) return undefined
    const rule = (width: number) => "─".repeat(width)
    const titles = numbers.map(({ title }) => title)
    const rules = numbers.map(({ width }) => rule(width))
    return [
      this.line("scenario", "found", titles),
      this.line(rule(this.nameWidth), rule(this.foundWidth), rules)
    ].join("\n")
  }

  /**
   * A row. A name is never broken into pieces, since people copy it: a name that is too long gets a
   * line to itself.
   */
  row({ name, asExpected, distinct, depth, seconds, ...words }: Row): string {
    const { new: good, old: bad } = paintOf(this.screen)
    const paint = asExpected ? good : bad
    const told = (width: number) =>
      wrap(`${asExpected ? "✓" : "✗"} ${foundWords({ asExpected, ...words })}`, width, "  ").map(
        paint
      )
    const counted = [distinct.toLocaleString("en"), String(depth), seconds.toFixed(2)]
    if (this.isNarrow) {
      const below = [...told(this.screen.columns - 2), `${counted[0]} states, ${counted[2]} s`]
      return [name, ...below.map((line) => `  ${line}`)].join("\n")
    }
    const [first = "", ...rest] = told(this.foundWidth)
    const isLong = name.length > this.nameWidth
    return [
      ...(isLong ? [name] : []),
      this.line(isLong ? "" : name, first, counted),
      ...rest.map((more) => this.line("", more, []))
    ].join("\n")
  }

  private line(name: string, found: string, cells: ReadonlyArray<string>): string {
    const counted = cells.map((cell, at) => cell.padStart(numbers[at]?.width ?? 0))
    return [padded(name, this.nameWidth), padded(found, this.foundWidth), ...counted]
      .join(gap)
      .trimEnd()
  }
}

const padded = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - visible(text)))

const foundWords = ({
  expected,
  found,
  asExpected,
  bounds
}: Pick<Row, "expected" | "found" | "asExpected" | "bounds">): string => {
  const bounded = bounds === "" ? found : `${found}, ${bounds}`
  return asExpected ? bounded : `${bounded} ← expected: ${expected}`
}

/** `12 as expected, 1 not; 4,711 states in 3.4 s`. */
export const tableFoot = (
  reports: ReadonlyArray<{
    readonly asExpected: boolean
    readonly distinct: number
    readonly reachesBound: boolean
  }>,
  seconds: number
): string => {
  const unexpected = reports.filter(({ asExpected }) => !asExpected).length
  const states = reports.reduce((sum, { distinct }) => sum + distinct, 0)
  const foot = `${reports.length - unexpected} as expected, ${unexpected} not; ${states.toLocaleString("en")} states in ${seconds.toFixed(1)} s`
  return reports.some(({ reachesBound }) => reachesBound) ? `${foot}\n* ${beyondBound}` : foot
}

export const beyondBound =
  "some process stopped at this bound: what lies beyond it was not explored"
