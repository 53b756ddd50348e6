/**
 * The check of a job on this thread.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Check } from "../check.ts"
import { deadlockFreedom } from "../engine/findings.ts"
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
import { WalkCheck } from "../walk/walk-check.ts"
import { savingInto } from "./checkpoint.ts"
import { drive } from "./drive.ts"
import { isOfRelation, type Job } from "./job.ts"
import { exportedAt } from "./model-file.ts"
import { runModelJob } from "./model-job.ts"
import { PageFile } from "./page-file.ts"
import { reportOf } from "./report.ts"
import { FolderArchive } from "./word-files.ts"

/** Checks the scenario of a job. */
export const runJob = Effect.fnUntraced(function* (job: Job) {
  if (isOfRelation(job)) return yield* runModelJob(job)
  const scenario = yield* Effect.fromResult(scenarioOf(job))
  const pages = new PageFile()
  return yield* driveJob(job, scenario, pages).pipe(
    Effect.map(({ result, measured }) => reportOf(result, measured, job)),
    Effect.ensuring(Effect.sync(() => pages.close()))
  )
})

const driveJob = (job: Job, scenario: LoadedScenario, pageStore: PageFile) => {
  const { order, runs, reductions, keeping, maxSteps, limits, checkpoint, resumed } = job
  if (order === "random") return drive(new WalkCheck(scenario, runs, reductions), limits)
  const isBounded = limits.maxMemoryBytes < Number.POSITIVE_INFINITY
  const kept = keeping === "disk" && isBounded ? "disk when full" : keeping
  const check = new Check(scenario, order, reductions, {
    ...{ keeping: kept, maxSteps, pageStore },
    isSaved: checkpoint !== undefined || resumed !== undefined
  })
  if (resumed !== undefined) check.resume(resumed.check, new FolderArchive(resumed.place))
  const saving = checkpoint && savingInto(checkpoint, job.name, (archive) => check.save(archive))
  return drive(check, limits, saving)
}

/** What a scenario depends on of a job. */
type OfScenario = Pick<
  Job,
  "name" | "text" | "model" | "properties" | "expect" | "reductions" | "insistsOnReductions"
>

/** The scenario, with the properties and expectations of the command line instead of its own. */
export const scenarioOf = (job: OfScenario): Result.Result<LoadedScenario, ScenarioRefused> =>
  Result.gen(function* () {
    const scenario = yield* loaded(job)
    const chosen = job.properties === undefined ? scenario : yield* choose(scenario, job.properties)
    if (job.insistsOnReductions) yield* refuseUnsound(chosen, job.reductions)
    return job.expect === undefined
      ? chosen
      : { ...chosen, expect: yield* expectations(chosen, job.expect) }
  })

const loaded = ({
  name,
  text,
  model
}: OfScenario): Result.Result<LoadedScenario, ScenarioRefused> => {
  if (model === undefined) return load(name, text)
  const exported = exportedAt(model)
  if (exported._tag !== "Scenario") throw new Error(`${name} is not a scenario`)
  return Result.succeed({ ...exported.scenario, name })
}

const refuseUnsound = (
  { name, model, checksDeadlock }: LoadedScenario,
  names: ReadonlyArray<ReductionName>
): Result.Result<void, ScenarioRefused> => {
  for (const reduction of reductions) {
    const property = names.includes(reduction.name)
      ? reduction.loses(model, checksDeadlock)
      : undefined
    if (property !== undefined) {
      const problem = `the reduction ${reduction.name} may change the verdict of ${property}`
      const mend =
        "leave one of them out (--properties), or use --reduction all for the sound reductions"
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
  return Result.map(
    selectProperties(scenario.name, "--properties", model.protocol, given),
    (names) => ({
      ...scenario,
      model: { ...model, properties: all.filter(({ name }) => names.includes(name)) },
      checksDeadlock: names.includes(deadlockFreedom),
      expect: new Map([...scenario.expect].filter(([name]) => names.includes(name)))
    })
  )
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
      return refuse(
        `"${part}" is not a valid expectation`,
        "write holds, violated, or NAME=holds,NAME=violated"
      )
    }
    if (right !== undefined && !names.includes(left)) {
      return refuse(`"${left}" is not among the properties that are checked`, suggest(left, names))
    }
    for (const name of right === undefined ? names : [left]) expect.set(name, verdict)
  }
  return Result.succeed(expect)
}
