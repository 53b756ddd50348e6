/**
 * What each reduction saves, on every shipped scenario that is small enough without reductions, and
 * a check that none changes a verdict.
 *
 * The bench searches a scenario as `quorate check` does, to its end or to the expected violation:
 * without reductions, with each alone, with all. Every verdict must be the same. The bench lists
 * the scenarios that are too large without reductions at the end.
 */
import * as Result from "effect/Result"
import { Check } from "../../checker/check.ts"
import { quickNames, readScenario, shippedNames } from "../../checker/command/shipped.ts"
import {
  allReductions,
  type ReductionName,
  soundReductions
} from "../../checker/network/reductions.ts"
import type { Verdict } from "../../checker/result.ts"
import { type LoadedScenario, load } from "../../checker/scenario/load.ts"
import type { AnyProperty } from "../../spec/kernel/property.ts"

interface Limits {
  readonly states: number
  readonly seconds: number
}
const small: Limits = { states: 100_000, seconds: 10 }
const large: Limits = { states: 4_000_000, seconds: 120 }

/** The result of one search. If the search was given up, `states` is a lower bound. */
interface Searched {
  readonly states: number
  readonly finished: boolean
  /** A broken promise turned reductions off. */
  readonly leftOut: boolean
  readonly verdicts: ReadonlyMap<string, Verdict>
}

const choices: ReadonlyArray<readonly [title: string, names: ReadonlyArray<ReductionName>]> = [
  ["none", []],
  ...allReductions.map((name) => [name, [name]] as const),
  ["all", allReductions]
]

const search = (
  scenario: LoadedScenario,
  names: ReadonlyArray<ReductionName>,
  limits: Limits
): Searched | undefined => {
  const sound = soundReductions(names, scenario.model, scenario.checksDeadlock)
  if (names.length > 0 && sound.length === 0) return undefined
  const check = new Check(scenario, "bfs", names)
  const end = performance.now() + limits.seconds * 1000
  let more = true
  while (more && check.counts.distinct <= limits.states && performance.now() < end)
    more = check.advance(1 << 12)
  if (more) check.stop("the limit of the bench was reached")
  const { properties, notes, counts } = check.result()
  return {
    states: counts.distinct,
    finished: !more,
    leftOut: notes.length > 0,
    verdicts: new Map(properties.map(({ name, verdict }) => [name, verdict]))
  }
}

/** The properties on which two searches disagree: one says holds, the other violated. */
const disagreements = (results: ReadonlyArray<Searched | undefined>): ReadonlyArray<string> => {
  const said = new Map<string, Set<Verdict>>()
  for (const { verdicts } of results.filter((result) => result !== undefined))
    for (const [name, verdict] of verdicts)
      if (verdict !== "inconclusive") said.set(name, (said.get(name) ?? new Set()).add(verdict))
  return [...said].filter(([, verdicts]) => verdicts.size > 1).map(([name]) => name)
}

const cell = (result: Searched | undefined): string => {
  if (result === undefined) return "-"
  return `${result.finished ? "" : "> "}${result.states}${result.leftOut ? " (left out)" : ""}`
}

/** "yes" only if every search completed, at least one of them with reductions. */
const equality = (
  results: ReadonlyArray<Searched | undefined>,
  wrong: ReadonlyArray<string>
): string => {
  const searched = results.filter((result) => result !== undefined)
  if (wrong.length > 0) return `NO: ${wrong.join(", ")}`
  if (searched.length < 2) return "nothing to compare"
  return searched.every(({ finished }) => finished) ? "yes" : "as far as known"
}

/**
 * The scenario with only those properties that every reduction preserves; undefined if there are
 * none.
 */
const patient = (scenario: LoadedScenario): LoadedScenario | undefined => {
  const isKept = (property: AnyProperty) =>
    soundReductions(allReductions, { ...scenario.model, properties: [property] }, false).length ===
    allReductions.length
  const properties = scenario.model.properties.filter(isKept)
  if (properties.length === scenario.model.properties.length && !scenario.checksDeadlock)
    return undefined
  const expect = new Map(
    [...scenario.expect].filter(([name]) => properties.some((one) => one.name === name))
  )
  const model = { ...scenario.model, properties }
  return {
    ...scenario,
    name: `${scenario.name}, some properties`,
    model,
    checksDeadlock: false,
    expect
  }
}

const shipped = (name: string): ReadonlyArray<LoadedScenario> => {
  const scenario = Result.getOrThrow(Result.flatMap(readScenario(name), (text) => load(name, text)))
  const other = patient(scenario)
  return other === undefined ? [scenario] : [scenario, other]
}

/**
 * Prints the table; `--large` searches larger scenarios. The process fails if two verdicts differ.
 */
export const reductions = (options: ReadonlyArray<string>): void => {
  const limits = options.includes("--large") ? large : small
  console.log(["scenario", ...choices.map(([title]) => title), "verdicts equal"].join("\t"))
  let compared = 0
  const left: Array<string> = []
  const names = options.includes("--large") ? shippedNames() : quickNames()
  for (const scenario of names.flatMap(shipped)) {
    const plain = search(scenario, [], limits)
    if (plain?.finished !== true) {
      left.push(scenario.name)
      continue
    }
    const results = choices.map(([, names]) =>
      names.length === 0 ? plain : search(scenario, names, limits)
    )
    const wrong = disagreements(results)
    const equal = equality(results, wrong)
    if (equal === "yes") compared++
    if (wrong.length > 0) process.exitCode = 1
    console.log([scenario.name, ...results.map(cell), equal].join("\t"))
  }
  console.log(
    `"some properties": those that every reduction keeps. "-": the reduction does not keep every property that is asked for. ">": given up.`
  )
  console.log(
    `left out, for they have more than ${limits.states} states without reductions, or take more than ${limits.seconds} s: ${left.join("; ")}`
  )
  if (compared === 0)
    throw new Error("no scenario was searched to its end without reductions: nothing was compared")
}
