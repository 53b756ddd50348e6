/**
 * Complete searches, for tests.
 */
import * as Result from "effect/Result"
import { Check } from "../../../checker/check.ts"
import type { Order } from "../../../checker/engine/search.ts"
import type { Model } from "../../../checker/network/model.ts"
import type { ReductionName } from "../../../checker/network/reductions.ts"
import type { CheckResult } from "../../../checker/result.ts"
import { fromData, type LoadedScenario } from "../../../checker/scenario/load.ts"

/** The scenario that this data describes. */
export const scenarioOf = (data: unknown): LoadedScenario => {
  const loaded = fromData("scenario", data)
  if (Result.isFailure(loaded)) throw loaded.failure
  return loaded.success
}

/**
 * The same scenario, with an expectation that no finding can meet: its check ends only when no work
 * is left.
 */
export const untilExhausted = (scenario: LoadedScenario): LoadedScenario => ({
  ...scenario,
  expect: new Map([["no such property", "holds"]])
})

/** A scenario of a model without a file; its check, too, ends only when no work is left. */
export const loadedFrom = (model: Model, checksDeadlock = true): LoadedScenario =>
  untilExhausted({
    ...{ name: "model", description: undefined, model, bounds: {}, checksDeadlock },
    expect: new Map()
  })

export interface SearchOptions {
  readonly order?: Order
  readonly reductions?: ReadonlyArray<ReductionName>
  /** Gives up when there are more states than this. */
  readonly maxStates?: number
  /** How many states to expand at a time. */
  readonly slice?: number
}

/** Runs a check to its end; undefined if it was given up. */
export const runCheck = (
  scenario: LoadedScenario,
  {
    order = "bfs",
    reductions = [],
    maxStates = Number.POSITIVE_INFINITY,
    slice = 500
  }: SearchOptions = {}
): CheckResult | undefined => {
  const check = new Check(scenario, order, reductions)
  while (check.advance(slice)) if (check.counts.distinct > maxStates) return undefined
  return check.result()
}

/** Runs a check to its end. */
export const checked = (scenario: LoadedScenario, options: Omit<SearchOptions, "maxStates"> = {}) =>
  runCheck(scenario, options) as CheckResult

export { stepsToViolation } from "../../../checker/command/manifest.ts"

/** Per property: its verdict. */
export const verdicts = ({ properties }: CheckResult): Readonly<Record<string, string>> =>
  Object.fromEntries(properties.map(({ name, verdict }) => [name, verdict]))
