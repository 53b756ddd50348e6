/**
 * `quorate check`: checks scenarios and says what it found.
 */
import { closeSync, openSync, writeFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Order } from "../engine/search.ts"
import type { Keeping } from "../engine/shard.ts"
import { livePropertiesOf } from "../network/model.ts"
import { allReductions, type ReductionName } from "../network/reductions.ts"
import { type ScenarioRefused, suggest } from "../scenario/load.ts"
import { defaultMostSteps, defaultRuns, type Runs } from "../walk/walk-check.ts"
import { hasCheckpoint, identityOf, prepareFolder, readCheckpoint } from "./checkpoint.ts"
import { exitCodes, gravest } from "./exit-codes.ts"
import { type Job, runJob, scenarioOf } from "./job.ts"
import { runJobs } from "./pool.ts"
import { type Format, formats, type Report } from "./report.ts"
import { expand, quickNames, readScenario } from "./shipped.ts"
import { runSwarm } from "./swarm.ts"
import { tableFoot, tableHead } from "./table.ts"
import { runParallel } from "./threads.ts"

/** Something on the command line cannot be used. */
export class BadInput extends Schema.TaggedError<BadInput>()("BadInput", { message: Schema.String }) {}

const defaultCheckpointSeconds = 180

const flags = {
  scenarios: Argument.String("scenario").pipe(
    Argument.withDescription(
      "A shipped scenario (majority/write-read), a folder of them (naive), or a JSON file"
    ),
    Argument.variadic()
  ),
  all: Flag.Boolean("all").pipe(
    Flag.withDescription("Check every shipped scenario"),
    Flag.withDefault(false)
  ),
  json: Flag.Boolean("json").pipe(
    Flag.withDescription("Print one JSON document, or an array of them for several scenarios"),
    Flag.withDefault(false)
  ),
  workers: Flag.Int("workers").pipe(
    Flag.withDescription(
      "How many threads work: on scenarios, one each, or all on one; where nothing is said, one on one scenario, all cores on several"
    ),
    Flag.optional
  ),
  reduction: Flag.String("reduction").pipe(
    Flag.withMetavar("none|all|NAME,…"),
    Flag.withDescription(`Which reductions are on: ${allReductions.join(", ")}`),
    Flag.withDefault("all")
  ),
  properties: Flag.String("properties").pipe(
    Flag.withMetavar("NAME,…|none"),
    Flag.withDescription("Which properties to check, instead of the scenario's"),
    Flag.optional
  ),
  expect: Flag.String("expect").pipe(
    Flag.withMetavar("VERDICT|NAME=VERDICT,…"),
    Flag.withDescription("What to expect (holds or violated), instead of the scenario's expectations"),
    Flag.optional
  ),
  order: Flag.Literals("order", ["bfs", "dfs", "random"]).pipe(
    Flag.withDescription(
      "Breadth-first finds shortest counterexamples; random takes runs where there are too many states"
    ),
    Flag.withDefault("bfs")
  ),
  runs: Flag.Int("runs").pipe(
    Flag.withDescription(`How many random runs to take (${defaultRuns} where nothing is said)`),
    Flag.optional
  ),
  seed: Flag.Int("seed").pipe(
    Flag.withDescription("The seed of random runs (1 where nothing is said)"),
    Flag.optional
  ),
  run: Flag.Int("run").pipe(Flag.withDescription("Take this run of the seed alone"), Flag.optional),
  maxSteps: Flag.Int("max-steps").pipe(
    Flag.withDescription(
      `The most steps of a random run (${defaultMostSteps} where nothing is said), or of a depth-first search`
    ),
    Flag.optional
  ),
  keep: Flag.Literals("keep", ["states", "fingerprints"]).pipe(
    Flag.withDescription(
      "What is kept of visited states: fingerprints take less memory, and may miss a state"
    ),
    Flag.withDefault("states")
  ),
  maxStates: Flag.Int("max-states").pipe(
    Flag.withDescription("Stop after this many distinct states"),
    Flag.optional
  ),
  maxSeconds: Flag.Int("max-seconds").pipe(
    Flag.withDescription("Stop after this many seconds"),
    Flag.optional
  ),
  maxMemory: Flag.String("max-memory").pipe(
    Flag.withMetavar("BYTES"),
    Flag.withDescription(
      "Hold no more memory than this (K, M and G are understood): what waits goes to disk; when what was visited no longer fits, stop"
    ),
    Flag.optional
  ),
  checkpoint: Flag.String("checkpoint").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription(
      "Save the search in this folder now and then, so that it can be resumed if it is killed"
    ),
    Flag.optional
  ),
  checkpointEvery: Flag.Finite("checkpoint-every").pipe(
    Flag.withMetavar("SECONDS"),
    Flag.withDescription(
      `How often to save it (every ${defaultCheckpointSeconds} seconds where nothing is said)`
    ),
    Flag.optional
  ),
  resume: Flag.String("resume").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription("Go on from the checkpoint in this folder, and go on saving there"),
    Flag.optional
  ),
  trace: Flag.String("trace").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("Write the counterexample to a file, in the format of --format"),
    Flag.optional
  ),
  format: Flag.Literals("format", formats).pipe(
    Flag.withDescription("How a counterexample is written"),
    Flag.withDefault("text")
  )
}

interface Options {
  readonly all: boolean
  readonly json: boolean
  readonly trace: string | undefined
  readonly format: Format
  /** How many threads search one scenario: one, unless more were asked for. */
  readonly searchers: number
}

export const checkCommand = Command.make(
  "check",
  flags,
  Effect.fnUntraced(function* (given) {
    if (given.all && given.scenarios.length > 0)
      return yield* refuse("--all checks every scenario: name none besides")
    const names = given.all ? quickNames() : given.scenarios.flatMap(expand)
    if (names.length === 0)
      return yield* refuse("name a scenario, or say --all (quorate list shows what there is)")
    const trace = Option.getOrUndefined(given.trace)
    if (trace !== undefined && names.length > 1) return yield* refuse("--trace goes with one scenario")
    if (given.format !== "text" && names.length > 1) return yield* refuse("--format goes with one scenario")
    if (trace !== undefined) yield* refuseUnlessWritable(trace)
    const workers = yield* workersOf(given.workers)
    const jobs = yield* savedJobsOf(yield* jobsOf(names, given), given)
    const { all, json, format } = given
    const reports = yield* checkJobs(jobs, workers, {
      ...{ all, json, format, trace },
      searchers: Option.isSome(given.workers) ? workers : 1
    })
    yield* Effect.sync(() => {
      const codes = reports.map(({ exitCode }) => exitCode)
      process.exitCode = gravest(reports.length < jobs.length ? [...codes, exitCodes.inconclusive] : codes)
    })
  })
).pipe(
  Command.withDescription("Check scenarios exhaustively, within their bounds"),
  Command.withExamples([
    { command: "quorate check majority/write-read", description: "Check a shipped scenario" },
    {
      command: "quorate check naive",
      description: "Check the naive ways to reconfigure, and tell their stories"
    },
    {
      command: "quorate check my.json --json",
      description: "Check a file of your own, for a program to read"
    },
    {
      command: "quorate check naive/new-write-old-read --format mermaid --trace story.mmd",
      description: "Write the counterexample as a sequence diagram"
    }
  ])
)

const refuse = (message: string) => Effect.fail(new BadInput({ message }))

/** How many threads to use: as many as there are cores, where nothing is said. */
const workersOf = Effect.fnUntraced(function* (given: Option.Option<number>) {
  const workers = Option.getOrElse(given, () => availableParallelism())
  if (workers < 1) return yield* refuse("--workers: at least 1 is needed")
  return workers
})

/** The scenarios to check, each of which has been read and found to be well-formed. */
const jobsOf = Effect.fnUntraced(function* (
  names: ReadonlyArray<string>,
  given: {
    readonly reduction: string
    readonly properties: Option.Option<string>
    readonly expect: Option.Option<string>
    readonly order: Order | "random"
    readonly runs: Option.Option<number>
    readonly seed: Option.Option<number>
    readonly run: Option.Option<number>
    readonly maxSteps: Option.Option<number>
    readonly keep: Keeping
    readonly maxStates: Option.Option<number>
    readonly maxSeconds: Option.Option<number>
    readonly maxMemory: Option.Option<string>
    readonly format: Format
  }
) {
  const properties = Option.getOrUndefined(given.properties)
  const common: Omit<Job, "name" | "text"> = {
    reductions: yield* reductionsOf(given.reduction),
    insistsOnReductions: given.reduction !== "all",
    properties: properties === undefined ? undefined : properties === "none" ? [] : listOf(properties),
    expect: Option.getOrUndefined(given.expect),
    order: given.order,
    keeping: yield* keepingOf(given),
    mostSteps: yield* positive("--max-steps", given.order === "dfs" ? given.maxSteps : Option.none()),
    runs: yield* runsOf(given),
    limits: {
      maxStates: yield* positive("--max-states", given.maxStates),
      maxSeconds: yield* positive("--max-seconds", given.maxSeconds),
      maxMemoryBytes: yield* bytesOf(given.maxMemory)
    },
    format: given.format,
    checkpoint: undefined,
    resumed: undefined
  }
  return yield* Effect.forEach(names, (name) =>
    Effect.gen(function* () {
      const job: Job = { name, text: yield* Effect.fromResult(readScenario(name)), ...common }
      yield* Effect.fromResult(scenarioOf(job))
      return job
    })
  )
})

/** The same jobs, with where they are saved and where they go on from. */
const savedJobsOf = Effect.fnUntraced(function* (
  jobs: ReadonlyArray<Job>,
  given: {
    readonly checkpoint: Option.Option<string>
    readonly checkpointEvery: Option.Option<number>
    readonly resume: Option.Option<string>
  }
): Effect.fn.Return<ReadonlyArray<Job>, BadInput | ScenarioRefused> {
  const resume = Option.getOrUndefined(given.resume)
  const folder = Option.getOrElse(given.checkpoint, () => resume)
  const seconds = Option.getOrElse(given.checkpointEvery, () => defaultCheckpointSeconds)
  if (folder === undefined) {
    if (Option.isNone(given.checkpointEvery)) return jobs
    return yield* refuse("--checkpoint-every goes with --checkpoint or --resume")
  }
  const flag = Option.isSome(given.checkpoint) ? "--checkpoint" : "--resume"
  const [job] = jobs as readonly [Job]
  if (jobs.length > 1) return yield* refuse(`${flag} goes with one scenario`)
  if (job.order !== "bfs") return yield* refuse(`${flag} goes with --order bfs: other searches are not saved`)
  const { model } = yield* Effect.fromResult(scenarioOf(job))
  if (livePropertiesOf(model).length > 0)
    return yield* refuse(
      `${flag}: a check of liveness cannot be saved yet — leave liveness out (--properties)`
    )
  if (!(seconds > 0)) return yield* refuse("--checkpoint-every: write a number of seconds above 0")
  const identity = identityOf(job, new URL(import.meta.url))
  const resumed =
    resume === undefined ? undefined : yield* orRefuse("--resume", readCheckpoint(resume, identity))
  if (folder !== resume && hasCheckpoint(folder))
    return yield* refuse(
      `--checkpoint: ${folder} holds a checkpoint already — resume it (--resume ${folder}), remove it, or name another folder`
    )
  yield* orRefuse(flag, prepareFolder(folder))
  return [{ ...job, checkpoint: { folder, intervalMilliseconds: seconds * 1000, identity }, resumed }]
})

const orRefuse = <A>(flag: string, result: Result.Result<A, string>) =>
  Result.isSuccess(result) ? Effect.succeed(result.success) : refuse(`${flag}: ${result.failure}`)

const keepingOf = Effect.fnUntraced(function* (given: { readonly order: string; readonly keep: Keeping }) {
  if (given.keep === "fingerprints" && given.order !== "bfs")
    return yield* refuse("--keep fingerprints goes with --order bfs")
  return given.keep
})

/** Which runs to take. Flags that only go with `--order random` are refused without it. */
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
    return yield* refuse(`--${stray[0]} goes with --order random${stray[0] === "max-steps" ? " or dfs" : ""}`)
  if (given.order === "random" && Option.isSome(given.maxStates))
    return yield* refuse(
      "--max-states: random runs count no states — say --runs, --max-steps or --max-seconds"
    )
  if (Option.isSome(runs) && Option.isSome(run)) return yield* refuse("--run takes one run: leave out --runs")
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
    mostSteps: Option.getOrElse(maxSteps, () => defaultMostSteps)
  }
})

const listOf = (text: string): ReadonlyArray<string> => text.split(",").map((name) => name.trim())

const reductionsOf = Effect.fnUntraced(function* (
  text: string
): Effect.fn.Return<ReadonlyArray<ReductionName>, BadInput> {
  if (text === "none") return []
  if (text === "all") return allReductions
  const names = listOf(text)
  const unknown = names.find((name) => !(allReductions as ReadonlyArray<string>).includes(name))
  if (unknown === undefined) return allReductions.filter((name) => names.includes(name))
  return yield* refuse(`--reduction: there is no reduction "${unknown}" — ${suggest(unknown, allReductions)}`)
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
  return bytes >= 1
    ? bytes
    : yield* refuse(`--max-memory: "${given.value}" is no size — write bytes, or a size such as 4G`)
})

/** Checks the jobs, on this thread if it is one, and shows each result as it comes. */
const checkJobs = Effect.fnUntraced(function* (jobs: ReadonlyArray<Job>, workers: number, options: Options) {
  const several = jobs.length > 1
  const started = yield* Clock.currentTimeMillis
  const show = (report: Report) => {
    if (several && !options.json) process.stdout.write(`${report.row}\n`)
  }
  if (several && !options.json) yield* Console.log(tableHead())
  const reports =
    several && workers > 1
      ? yield* runJobs(new URL(import.meta.url), jobs, Math.min(workers, jobs.length), show)
      : jobs[0]?.order === "random" && !several && workers > 1
        ? [yield* runSwarm(new URL(import.meta.url), jobs[0], workers)]
        : jobs[0]?.order === "bfs" && !several && options.searchers > 1
          ? [yield* runParallel(new URL(import.meta.url), jobs[0], options.searchers)]
          : yield* checkInTurn(jobs, show)
  const seconds = ((yield* Clock.currentTimeMillis) - started) / 1000
  const unchecked = jobs.slice(reports.length).map(({ name }) => name)
  if (unchecked.length > 0) yield* Console.error(`interrupted; not checked: ${unchecked.join(", ")}`)
  if (reports.length === 0 && !several) return reports
  if (options.json) yield* printDocuments(reports, several)
  else if (several) yield* printStories(reports, seconds, options.all)
  else yield* printOne(reports[0] as Report, options)
  if (options.trace !== undefined) yield* writeTrace(options.trace, reports[0] as Report)
  return reports
})

const checkInTurn = Effect.fnUntraced(function* (jobs: ReadonlyArray<Job>, show: (report: Report) => void) {
  const reports: Array<Report> = []
  for (const job of jobs) {
    const report = yield* runJob(job)
    reports.push(report)
    show(report)
    if (report.interrupted) break
  }
  return reports
})

const printDocuments = (reports: ReadonlyArray<Report>, several: boolean) => {
  const documents = reports.map(({ document }) => document)
  return Console.log(JSON.stringify(several ? documents : documents[0], undefined, 2))
}

/** After the table: the stories of the violations; of all scenarios at once, only what was not expected. */
const printStories = Effect.fnUntraced(function* (
  reports: ReadonlyArray<Report>,
  seconds: number,
  all: boolean
) {
  yield* Console.log(`\n${tableFoot(reports, seconds)}`)
  const told = all ? reports.filter(({ asExpected }) => !asExpected) : reports
  for (const { summary, stories } of told) {
    for (const text of all ? [summary, ...stories] : stories) yield* Console.log(`\n${text}`)
  }
})

const printOne = (report: Report, { format, trace }: Options) =>
  format === "text" || trace !== undefined
    ? Console.log([report.summary, ...report.stories].join("\n\n"))
    : Effect.andThen(
        Console.error(report.summary),
        report.trace === undefined ? Effect.void : Console.log(report.trace)
      )

/** Whoever waits for a long search should learn now, not then, that its result cannot be written. */
const refuseUnlessWritable = Effect.fnUntraced(function* (file: string) {
  const opened = Result.try(() => closeSync(openSync(file, "a")))
  if (Result.isSuccess(opened)) return
  return yield* refuse(
    `--trace: ${file} cannot be written (${(opened.failure as NodeJS.ErrnoException).code})`
  )
})

const writeTrace = Effect.fnUntraced(function* (file: string, { trace }: Report) {
  if (trace === undefined) return yield* Console.error(`no counterexample: nothing was written to ${file}`)
  yield* Effect.sync(() => writeFileSync(file, `${trace}\n`))
  yield* Console.error(`the counterexample is in ${file}`)
})
