/**
 * Searches one scenario with and without reductions.
 */
import { expect } from "vitest"
import {
  allReductions,
  type ReductionName,
  soundReductions
} from "../../../checker/network/reductions.ts"
import type { CheckResult } from "../../../checker/result.ts"
import type { LoadedScenario } from "../../../checker/scenario/load.ts"
import { checked, runCheck, stepsToViolation, verdicts } from "./searching.ts"

type Names = ReadonlyArray<ReductionName>

/**
 * Each reduction alone, and all together, as far as they preserve the verdicts that the scenario
 * asks for.
 */
export const choicesFor = ({ model, checksDeadlock }: LoadedScenario): ReadonlyArray<Names> =>
  [...allReductions.map((name) => [name]), allReductions]
    .map((names) => soundReductions(names, model, checksDeadlock))
    .filter((names) => names.length > 0)

/**
 * How often each reduction, or all of them, left states out, and how often it detected a broken
 * promise.
 */
export interface Seen {
  compared: number
  violated: number
  held: number
  readonly smaller: Map<string, number>
  readonly broken: Map<string, number>
}
export const nothingSeen = (): Seen => ({
  compared: 0,
  violated: 0,
  held: 0,
  smaller: new Map(),
  broken: new Map()
})
const add = (counts: Map<string, number>, names: Names) => {
  const key = names.length === 1 ? String(names[0]) : "together"
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/**
 * Compares the verdicts and the lengths of counterexamples to safety, which reductions must not
 * change. (Each counterexample is replayed when the results are made.) Returns the results without
 * reductions, unless there are too many states.
 */
export const compare = (
  scenario: LoadedScenario,
  maxStates: number,
  seen: Seen
): CheckResult | undefined => {
  const plain = runCheck(scenario, { maxStates, slice: 50 })
  if (plain === undefined) return undefined
  seen.compared++
  const {
    "deadlock-freedom": _,
    "clients-differ": __,
    sometimes,
    ...broken
  } = stepsToViolation(plain)
  if (Object.keys(broken).length > 0) seen.violated++
  if (!Object.values(verdicts(plain)).includes("violated")) seen.held++
  for (const names of choicesFor(scenario)) {
    const reduced = checked(scenario, { reductions: names })
    expect(verdicts(reduced), String(names)).toEqual(verdicts(plain))
    if (reduced.notes.length > 0) {
      add(seen.broken, names)
      continue
    }
    // A lost answer can produce a new state; the other reductions only leave states out.
    if (!names.includes("answers-at-once")) {
      expect(stepsToViolation(reduced), String(names)).toMatchObject(broken)
      expect(reduced.counts.distinct).toBeLessThanOrEqual(plain.counts.distinct)
    }
    if (reduced.counts.distinct < plain.counts.distinct) add(seen.smaller, names)
  }
  return plain
}

/**
 * Compares the verdicts with one reduction, which may be broken, to those without, unless there are
 * too many states.
 */
export const compareAlone = (
  scenario: LoadedScenario,
  name: ReductionName,
  maxStates: number,
  withReduction: (search: () => void) => void
): void => {
  withReduction(() => {
    const names = soundReductions([name], scenario.model, scenario.checksDeadlock)
    const plain = names.length === 0 ? undefined : runCheck(scenario, { maxStates, slice: 50 })
    if (plain === undefined) return
    expect(verdicts(checked(scenario, { reductions: names }))).toEqual(verdicts(plain))
  })
}
