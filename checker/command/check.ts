/**
 * `quorate check`: checks scenarios and models, and reports the results.
 */
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { fitted } from "../report/lines.ts"
import { flags } from "./check-flags.ts"
import { jobsOf, refuse, runnersFor, savedJobsOf, workersOf } from "./check-jobs.ts"
import {
  printDocuments,
  printOne,
  printStories,
  printWhole,
  refuseUnlessWritable,
  type Shown,
  writeTrace
} from "./check-print.ts"
import { conduct } from "./conduct.ts"
import { Interruption } from "./drive.ts"
import { entryOfThreads } from "./entry.ts"
import { exitCodes, mostSevere } from "./exit-codes.ts"
import { interruption } from "./interruption.ts"
import type { Job } from "./job.ts"
import { mismatch, readManifest } from "./manifest.ts"
import { isWhole, type Report } from "./report.ts"
import type { GivenRunners } from "./runners/place.ts"
import { screenOf } from "./screen.ts"
import { conductElsewhere } from "./seat.ts"
import { quickNames } from "./shipped.ts"
import { sourcesOf } from "./sources.ts"
import { Table } from "./table.ts"

export { BadInput } from "./check-jobs.ts"

interface Options extends Shown {
  /** The number of threads that search one scenario: one by default. */
  readonly searchers: number
  readonly runners: GivenRunners | undefined
}

export const checkCommand = Command.make(
  "check",
  flags,
  Effect.fnUntraced(function* (given) {
    if (given.all && given.scenarios.length > 0)
      return yield* refuse("--all checks every scenario: leave the names out")
    const sources = yield* sourcesOf(given.all ? quickNames() : given.scenarios)
    if (sources.length === 0)
      return yield* refuse("name a scenario, or use --all (quorate list shows the scenarios)")
    const trace = Option.getOrUndefined(given.trace)
    const goesWithOne = sources.length > 1 && !isWhole(given.format)
    const one = `needs exactly one scenario: name one of ${someOf(sources.map(({ name }) => name))}`
    if (trace !== undefined && goesWithOne) return yield* refuse(`--trace ${one}`)
    if (given.coverage && sources.length > 1) return yield* refuse(`--coverage ${one}`)
    if (given.format !== "text" && goesWithOne) return yield* refuse(`--format ${one}`)
    if (trace !== undefined) yield* refuseUnlessWritable(trace)
    const workers = yield* workersOf(given.workers)
    const jobs = yield* savedJobsOf(yield* jobsOf(sources, given), given, entryOfThreads())
    const runners = yield* runnersFor(jobs, given)
    const { all, json, format } = given
    const reports = yield* checkJobs(jobs, workers, {
      ...{ all, json, format, trace },
      searchers: Option.isSome(given.workers) ? workers : 1,
      runners
    })
    const inVain = all ? reports.flatMap((report) => report.inVain) : []
    for (const sentence of inVain) yield* Console.error(`in vain: ${sentence}`)
    const changed = isAsListed(given) ? changedCounts(reports) : []
    for (const sentence of changed) yield* Console.error(`counts changed: ${sentence}`)
    yield* Effect.sync(() => {
      const codes = reports.map(({ exitCode }) => exitCode)
      process.exitCode = mostSevere([
        ...codes,
        ...(reports.length < jobs.length ? [exitCodes.inconclusive] : []),
        ...(inVain.length > 0 ? [exitCodes.inVain] : []),
        ...(changed.length > 0 ? [exitCodes.countsChanged] : [])
      ])
    })
  })
).pipe(
  Command.withDescription("Check scenarios and models exhaustively, within their bounds"),
  Command.withExamples([
    { command: "quorate check majority/write-read", description: "Check a shipped scenario" },
    {
      command: "quorate check naive",
      description: "Check the naive ways to reconfigure, and explain their counterexamples"
    },
    {
      command: "quorate check lock.ts",
      description: "Check a model of your own: a module that exports initial states and actions"
    },
    {
      command: "quorate check my.json --json",
      description: "Check a file of your own, with output for programs"
    },
    {
      command: "quorate check naive/new-write-old-read --format mermaid --trace story.mmd",
      description: "Write the counterexample as a sequence diagram"
    }
  ]),
  Command.provide(interruption)
)

const maxNamed = 5

const someOf = (names: ReadonlyArray<string>): string =>
  [...names.slice(0, maxNamed), ...(names.length > maxNamed ? ["…"] : [])].join(", ")

type Given = Command.Command.Config.Infer<typeof flags>

/** Whether the shipped scenarios are searched as for the manifest: all of them, exhaustively. */
const isAsListed = (given: Given): boolean => {
  const { properties, expect, maxSteps, maxStates, maxSeconds, maxMemory, resume } = given
  const limits = [maxSteps, maxStates, maxSeconds, maxMemory, resume]
  return (
    given.all &&
    given.reduction === "all" &&
    given.order === "bfs" &&
    given.keep === "states" &&
    [properties, expect, ...limits].every((one) => Option.isNone<unknown>(one))
  )
}

/** What a check found that has the expected verdict but differs from the manifest. */
const changedCounts = (reports: ReadonlyArray<Report>): ReadonlyArray<string> => {
  const manifest = readManifest()
  return reports.flatMap(({ asExpected, found }) => {
    if (!asExpected || found === undefined) return []
    const [name, counts] = found
    return mismatch(name, counts, manifest[name]) ?? []
  })
}

/** Checks the jobs, on this thread if one thread suffices, and shows each result as it arrives. */
const checkJobs = Effect.fnUntraced(function* (
  jobs: ReadonlyArray<Job>,
  workers: number,
  options: Options
) {
  const several = jobs.length > 1
  const started = yield* Clock.currentTimeMillis
  const isTable = several && !options.json && !isWhole(options.format)
  const table = new Table(
    jobs.map(({ name }) => name),
    screenOf()
  )
  const show = (report: Report) => {
    if (isTable) process.stdout.write(`${table.row(report.row)}\n`)
  }
  const head = table.head()
  if (isTable && head !== undefined) yield* Console.log(head)
  const interruption = yield* Interruption
  interruption.requested()
  const { searchers, runners } = options
  const hands = { workers, searchers, runners }
  // The user's code may never return: the command can terminate a separate thread.
  const reports = jobs.some(({ model }) => model !== undefined)
    ? yield* conductElsewhere(entryOfThreads(), jobs, hands, show)
    : yield* conduct(jobs, hands, show)
  const seconds = ((yield* Clock.currentTimeMillis) - started) / 1000
  const unchecked = jobs.slice(reports.length).map(({ name }) => name)
  if (unchecked.length > 0)
    yield* Console.error(
      fitted(`interrupted; not checked: ${unchecked.join(", ")}`, screenOf(process.stderr).columns)
    )
  if (reports.length === 0 && !several) return reports
  if (isWhole(options.format)) {
    yield* printWhole(reports, jobs, options.format, options.trace)
    return reports
  }
  if (options.json) yield* printDocuments(reports, several)
  else if (several) yield* printStories(reports, seconds, options.all)
  else yield* printOne(reports[0] as Report, options)
  if (options.trace !== undefined) yield* writeTrace(options.trace, reports[0]?.trace)
  return reports
})
