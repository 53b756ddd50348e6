/**
 * Turns the arguments and flags of `quorate check` into jobs, or into an error that names what is
 * wrong with them.
 */
import { availableParallelism } from "node:os"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Kept } from "../engine/begin.ts"
import type { Order } from "../engine/search.ts"
import { livePropertiesOf } from "../network/model.ts"
import { allReductions, type ReductionName, reductionNames } from "../network/reductions.ts"
import { liveProperties } from "../relation/live-properties.ts"
import { type LoadedScenario, type ScenarioRefused, suggest } from "../scenario/load.ts"
import { defaultMaxSteps, defaultRuns, type Runs } from "../walk/walk-check.ts"
import { defaultCheckpointSeconds } from "./check-flags.ts"
import { hasCheckpoint, holdFolder, identityOf, readCheckpoint, takeFolder } from "./checkpoint.ts"
import { isOfRelation, type Job } from "./job.ts"
import { relationOf } from "./model-job.ts"
import type { Format } from "./report.ts"
import { scenarioOf } from "./run-job.ts"
import { type GivenRunners, runnersOf } from "./runners/place.ts"
import { screenOf } from "./screen.ts"
import type { Source } from "./sources.ts"

/** The command line contains something that the command cannot use. */
export class BadInput extends Schema.TaggedError<BadInput>()("BadInput", {
  message: Schema.String
}) {}

export const refuse = (message: string) => Effect.fail(new BadInput({ message }))

/** The number of threads to use: by default, the number of cores. */
export const workersOf = Effect.fnUntraced(function* (given: Option.Option<number>) {
  const cores = availableParallelism()
  const workers = Option.getOrElse(given, () => cores)
  if (workers < 1) return yield* refuse("--workers: at least 1 is needed")
  if (workers > cores)
    yield* Console.error(
      `note: this machine runs ${cores} threads at a time: ${workers} workers take more memory and are no faster`
    )
  return workers
})

/** The runners that search the one scenario of a command, if the user wants any. */
export const runnersFor = Effect.fnUntraced(function* (
  jobs: ReadonlyArray<Job>,
  given: {
    readonly runners: Option.Option<string>
    readonly secret: Option.Option<string>
    readonly workers: Option.Option<number>
  }
): Effect.fn.Return<GivenRunners | undefined, BadInput> {
  const secretFile = Option.getOrUndefined(given.secret)
  if (Option.isNone(given.runners)) {
    if (secretFile === undefined) return undefined
    return yield* refuse("--secret goes with --runners")
  }
  const runners = yield* orRefuse("--runners", runnersOf(given.runners.value))
  const [job] = jobs as readonly [Job]
  const { order, keeping, model, coverage, checkpoint, resumed } = job
  const reasons = [
    [jobs.length > 1, "goes with one scenario"],
    [Option.isSome(given.workers), "cannot be combined with --workers"],
    [
      model !== undefined,
      `applies to scenarios: ${job.name} is a model, and runners do not have its files`
    ],
    [order !== "bfs", "goes with --order bfs"],
    [keeping === "disk", "cannot be combined with --keep disk"],
    [coverage, "cannot be combined with --coverage"],
    [(checkpoint ?? resumed) !== undefined, "cannot be combined with checkpoints"]
  ] as const
  const [, reason] = reasons.find(([isSo]) => isSo) ?? []
  if (reason !== undefined) return yield* refuse(`--runners ${reason}`)
  return { runners, secretFile }
})

/** The scenarios to check, each read and found well-formed. */
export const jobsOf = Effect.fnUntraced(function* (
  sources: ReadonlyArray<Source>,
  given: {
    readonly reduction: string
    readonly properties: Option.Option<string>
    readonly expect: Option.Option<string>
    readonly order: Order | "random"
    readonly runs: Option.Option<number>
    readonly seed: Option.Option<number>
    readonly run: Option.Option<number>
    readonly maxSteps: Option.Option<number>
    readonly keep: Kept
    readonly maxStates: Option.Option<number>
    readonly maxSeconds: Option.Option<number>
    readonly maxMemory: Option.Option<string>
    readonly format: Format
    readonly coverage: boolean
    readonly violations: Job["violations"]
  }
) {
  const properties = Option.getOrUndefined(given.properties)
  const common: Omit<Job, "name" | "text" | "model"> = {
    reductions: yield* reductionsOf(given.reduction),
    insistsOnReductions: !listOf(given.reduction).includes("all"),
    properties:
      properties === undefined ? undefined : properties === "none" ? [] : listOf(properties),
    expect: Option.getOrUndefined(given.expect),
    order: given.order,
    keeping: yield* keepingOf(given),
    maxSteps: yield* positive(
      "--max-steps",
      given.order === "dfs" ? given.maxSteps : Option.none()
    ),
    runs: yield* runsOf(given),
    limits: {
      maxStates: yield* positive("--max-states", given.maxStates),
      maxSeconds: yield* positive("--max-seconds", given.maxSeconds),
      maxMemoryBytes: yield* bytesOf(given.maxMemory)
    },
    format: given.format,
    coverage: given.coverage,
    violations: given.violations,
    screen: screenOf(),
    checkpoint: undefined,
    resumed: undefined
  }
  return yield* Effect.forEach(sources, (source) =>
    Effect.gen(function* () {
      const job: Job = { ...source, ...common }
      if (!isOfRelation(job)) yield* refuseOfModels(job)
      if (isOfRelation(job)) yield* Effect.fromResult(relationOf(job))
      else yield* refuseUndrawn(job, yield* Effect.fromResult(scenarioOf(job)))
      return job
    })
  )
})

/** Refuses flags that apply only to models. */
const refuseOfModels = ({ name, coverage, violations }: Job): Effect.Effect<void, BadInput> => {
  const flag = coverage ? "coverage" : violations === "all" ? "violations" : undefined
  return flag === undefined
    ? Effect.void
    : refuse(`--${flag} applies only to models: ${name} is a scenario`)
}

/** Refuses, before any search, a format or an order that would show nothing. */
const refuseUndrawn = Effect.fnUntraced(function* (
  { order, format }: Job,
  { model, checksDeadlock }: LoadedScenario
) {
  if (format === "dot")
    return yield* refuse("--format dot draws only models: use mermaid for a scenario")
  const live = livePropertiesOf(model)
  if (
    order === "random" &&
    !checksDeadlock &&
    live.length > 0 &&
    live.length === model.properties.length
  )
    return yield* refuse(
      `--order random: random runs are finite and decide nothing about ${live.map(({ name }) => name).join(" and ")} — search it (--order bfs)`
    )
})

/** The same jobs, with the folders that they save to and resume from. */
export const savedJobsOf = Effect.fnUntraced(function* (
  jobs: ReadonlyArray<Job>,
  given: {
    readonly checkpoint: Option.Option<string>
    readonly checkpointEvery: Option.Option<number>
    readonly resume: Option.Option<string>
  },
  entry: URL
): Effect.fn.Return<ReadonlyArray<Job>, BadInput | ScenarioRefused> {
  const resume = Option.getOrUndefined(given.resume)
  const folder = Option.getOrElse(given.checkpoint, () => resume)
  const seconds = Option.getOrElse(given.checkpointEvery, () => defaultCheckpointSeconds)
  if (folder === undefined) {
    if (Option.isNone(given.checkpointEvery)) return jobs
    return yield* refuse("--checkpoint-every needs --checkpoint or --resume")
  }
  const flag = Option.isSome(given.checkpoint) ? "--checkpoint" : "--resume"
  const [job] = jobs as readonly [Job]
  if (jobs.length > 1) return yield* refuse(`${flag} needs exactly one scenario`)
  if (job.order !== "bfs")
    return yield* refuse(`${flag} needs --order bfs: other searches are not saved`)
  if (job.keeping === "disk")
    return yield* refuse(`${flag}: a search with --keep disk cannot be saved yet`)
  if (yield* isLive(job))
    return yield* refuse(
      `${flag}: a check of liveness cannot be saved yet — leave liveness out (--properties)`
    )
  if (!(seconds > 0)) return yield* refuse("--checkpoint-every: write a number of seconds above 0")
  const identity = identityOf(job, entry)
  if (resume !== undefined && !hasCheckpoint(resume))
    return yield* refuse(`--resume: ${resume} holds no checkpoint`)
  if (folder !== resume && hasCheckpoint(folder))
    return yield* refuse(
      `--checkpoint: ${folder} holds a checkpoint already — resume it (--resume ${folder}), remove it, or name another folder`
    )
  // No other process writes there during the read: a checkpoint that is being replaced looks
  // damaged.
  yield* orRefuse(flag, takeFolder(folder))
  if (resume !== undefined && folder !== resume) yield* orRefuse("--resume", holdFolder(resume))
  const resumed =
    resume === undefined ? undefined : yield* orRefuse("--resume", readCheckpoint(resume, identity))
  return [
    { ...job, checkpoint: { folder, intervalMilliseconds: seconds * 1000, identity }, resumed }
  ]
})

const isLive = Effect.fnUntraced(function* (job: Job) {
  if (isOfRelation(job)) return liveProperties(yield* Effect.fromResult(relationOf(job))).length > 0
  return livePropertiesOf((yield* Effect.fromResult(scenarioOf(job))).model).length > 0
})

const orRefuse = <A>(flag: string, result: Result.Result<A, string>) =>
  Result.isSuccess(result) ? Effect.succeed(result.success) : refuse(`${flag}: ${result.failure}`)

const keepingOf = Effect.fnUntraced(function* (given: {
  readonly order: string
  readonly keep: Kept
}) {
  if (given.keep !== "states" && given.order !== "bfs")
    return yield* refuse(`--keep ${given.keep} needs --order bfs`)
  return given.keep
})

/** Which runs to take. Refuses flags that require `--order random` without it. */
const runsOf = Effect.fnUntraced(function* (given: {
  readonly order: Order | "random"
  readonly runs: Option.Option<number>
  readonly seed: Option.Option<number>
  readonly run: Option.Option<number>
  readonly maxSteps: Option.Option<number>
  readonly maxStates: Option.Option<number>
}): Effect.fn.Return<Runs, BadInput> {
  const { runs, seed, run, maxSteps } = given
  const stray = Object.entries({ runs, seed, run, "max-steps": maxSteps }).find(
    ([name, value]) => Option.isSome(value) && !(name === "max-steps" && given.order === "dfs")
  )
  if (given.order !== "random" && stray !== undefined)
    return yield* refuse(
      `--${stray[0]} needs --order random${stray[0] === "max-steps" ? " or dfs" : ""}`
    )
  if (given.order === "random" && Option.isSome(given.maxStates))
    return yield* refuse(
      "--max-states: random runs do not count states — use --runs, --max-steps or --max-seconds"
    )
  if (Option.isSome(runs) && Option.isSome(run))
    return yield* refuse("--run takes one run: leave out --runs")
  for (const [flag, value, least] of [
    ["runs", runs, 1],
    ["seed", seed, 0],
    ["run", run, 0],
    ["max-steps", maxSteps, 1]
  ] as const) {
    if (Option.isSome(value) && value.value < least)
      return yield* refuse(`--${flag}: write a number of at least ${least}`)
  }
  const from = Option.getOrElse(run, () => 0)
  const to = Option.isSome(run) ? from + 1 : Option.getOrElse(runs, () => defaultRuns)
  return {
    seed: Option.getOrElse(seed, () => 1),
    from,
    to,
    maxSteps: Option.getOrElse(maxSteps, () => defaultMaxSteps)
  }
})

const listOf = (text: string): ReadonlyArray<string> => text.split(",").map((name) => name.trim())

const reductionsOf = Effect.fnUntraced(function* (
  text: string
): Effect.fn.Return<ReadonlyArray<ReductionName>, BadInput> {
  if (text === "none") return []
  if (text === "all") return allReductions
  const names = listOf(text).flatMap((name) => (name === "all" ? allReductions : [name]))
  const unknown = names.find((name) => !reductionNames.includes(name))
  if (unknown === undefined) return reductionNames.filter((name) => names.includes(name))
  return yield* refuse(
    `--reduction: there is no reduction "${unknown}" — ${suggest(unknown, reductionNames)}`
  )
})

const positive = Effect.fnUntraced(function* (flag: string, given: Option.Option<number>) {
  const limit = Option.getOrElse(given, () => Number.POSITIVE_INFINITY)
  return limit >= 1 ? limit : yield* refuse(`${flag}: write a number of at least 1`)
})

const units: Readonly<Record<string, number>> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }

const bytesOf = Effect.fnUntraced(function* (given: Option.Option<string>) {
  if (Option.isNone(given)) return Number.POSITIVE_INFINITY
  const parts = /^(\d+(?:\.\d+)?)([KMG]?)(?:i?B)?$/i.exec(given.value)
  const bytes = Number(parts?.[1]) * (units[(parts?.[2] ?? "").toUpperCase()] ?? 1)
  if (!(bytes >= 1))
    return yield* refuse(
      `--max-memory: "${given.value}" is not a size — write bytes, or a size such as 4G`
    )
  const least = process.memoryUsage().heapUsed + minSearchBytes
  if (bytes >= least) return bytes
  const mebibytes = Math.ceil(least / 2 ** 20)
  return yield* refuse(
    `--max-memory: ${given.value} is too small: any search needs at least ${mebibytes}M — raise it`
  )
})

/** The memory that a search holds before it has found many states. */
const minSearchBytes = 8 << 20
