/**
 * One scenario to check, as plain data, and how it is checked: on this thread or on another.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Check } from "../check.ts"
import { deadlockFreedom } from "../engine/findings.ts"
import type { Order } from "../engine/search.ts"
import type { Keeping } from "../engine/shard.ts"
import { type ReductionName, reductions } from "../network/reductions.ts"
import {
  type Expected,
  type LoadedScenario,
  load,
  ScenarioRefused,
  selectProperties,
  suggest
} from "../scenario/load.ts"
import { propertyNames } from "../scenario/scenario.ts"
import { type Runs, WalkCheck } from "../walk/walk-check.ts"
import { drive, type Limits } from "./drive.ts"
import { type Format, reportOf } from "./report.ts"

export interface Job {
  /** The scenario's name, and the text of its file. */
  readonly name: string
  readonly text: string
  /** The properties to check instead of the scenario's. */
  readonly properties: ReadonlyArray<string> | undefined
  /** What to expect instead of the scenario's expectations, as it was written. */
  readonly expect: string | undefined
  readonly reductions: ReadonlyArray<ReductionName>
  /** Whether the reductions were asked for by name: then one that may change a verdict is refused, not left out. */
  readonly insistsOnReductions: boolean
  readonly order: Order | "random"
  /** What is kept of visited states. */
  readonly keeping: Keeping
  /** How many steps a depth-first search goes at most. */
  readonly mostSteps: number
  /** Which runs are taken, if the order is random. */
  readonly runs: Runs
  readonly limits: Limits
  readonly format: Format
}

/** Checks the scenario of a job. */
export const runJob = Effect.fnUntraced(function* (job: Job) {
  const scenario = yield* Effect.fromResult(scenarioOf(job))
  const { result, measured } = yield* drive(checkOf(job, scenario), job.limits)
  return reportOf(result, measured, job.format)
})

export const checkOf = (
  { order, runs, reductions, keeping, mostSteps }: Job,
  scenario: LoadedScenario
): Check | WalkCheck =>
  order === "random"
    ? new WalkCheck(scenario, runs, reductions)
    : new Check(scenario, order, reductions, { keeping, mostSteps })

/** The scenario, with the properties and expectations of the command line in place of its own. */
export const scenarioOf = (job: Job): Result.Result<LoadedScenario, ScenarioRefused> =>
  Result.gen(function* () {
    const scenario = yield* load(job.name, job.text)
    const chosen = job.properties === undefined ? scenario : yield* choose(scenario, job.properties)
    if (job.insistsOnReductions) yield* refuseUnsound(chosen, job.reductions)
    return job.expect === undefined ? chosen : { ...chosen, expect: yield* expectations(chosen, job.expect) }
  })

const refuseUnsound = (
  { name, model, checksDeadlock }: LoadedScenario,
  names: ReadonlyArray<ReductionName>
): Result.Result<void, ScenarioRefused> => {
  for (const reduction of reductions) {
    const property = names.includes(reduction.name) ? reduction.loses(model, checksDeadlock) : undefined
    if (property !== undefined) {
      const problem = `the reduction ${reduction.name} may change the verdict of ${property}`
      const mend =
        "leave out the one or the other (--properties), or say --reduction all for those that are sound"
      return Result.fail(new ScenarioRefused({ source: name, place: "--reduction", problem, mend }))
    }
  }
  return Result.succeed(undefined)
}

const choose = (
  scenario: LoadedScenario,
  given: ReadonlyArray<string>
): Result.Result<LoadedScenario, ScenarioRefused> => {
  const { model } = scenario
  const all: LoadedScenario["model"]["properties"] = model.protocol.properties
  return Result.map(selectProperties(scenario.name, "--properties", model.protocol, given), (names) => ({
    ...scenario,
    model: { ...model, properties: all.filter(({ name }) => names.includes(name)) },
    checksDeadlock: names.includes(deadlockFreedom),
    expect: new Map([...scenario.expect].filter(([name]) => names.includes(name)))
  }))
}

const expectations = (
  scenario: LoadedScenario,
  text: string
): Result.Result<ReadonlyMap<string, Expected>, ScenarioRefused> => {
  const checked = scenario.model.properties.map(({ name }) => name)
  const names = propertyNames(scenario.model.protocol).filter(
    (name) => checked.includes(name) || (name === deadlockFreedom && scenario.checksDeadlock)
  )
  const expect = new Map<string, Expected>()
  const refuse = (problem: string, mend: string) =>
    Result.fail(new ScenarioRefused({ source: scenario.name, place: "--expect", problem, mend }))
  if (names.length === 0)
    return refuse("no property is checked, so nothing can be expected", "leave out --expect")
  for (const part of text.split(",").map((word) => word.trim())) {
    const [left, right, ...rest] = part.split("=") as [string, string | undefined]
    const verdict = right ?? left
    if ((verdict !== "holds" && verdict !== "violated") || rest.length > 0) {
      return refuse(`"${part}" is no expectation`, "write holds, violated, or NAME=holds,NAME=violated")
    }
    if (right !== undefined && !names.includes(left)) {
      return refuse(`"${left}" is not among the properties that are checked`, suggest(left, names))
    }
    for (const name of right === undefined ? names : [left]) expect.set(name, verdict)
  }
  return Result.succeed(expect)
}
