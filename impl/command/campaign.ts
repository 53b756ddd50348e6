/**
 * `quorate campaign` and `quorate runner`: many checks and simulations, kept in a database and done
 * by any number of processes. The engine is loaded only when it is needed.
 */
import { readFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import * as Console from "effect/Console"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { identityOf, type Named, readCampaign, unitsOf } from "../campaign/campaign.ts"
import type * as Engine from "../campaign/engine.ts"
import { type CampaignReport, tableOf } from "../campaign/report.ts"
import type { JsonReader } from "../environment/json-reader.ts"
import { asCommandFailure, CommandFailed, refuse } from "./failure.ts"

/** What the commands need of the rest of the program. */
export interface Surroundings {
  /** The file that this process runs; the processes of units run it too. */
  readonly entry: URL
  readonly version: string
  readonly parseJson: JsonReader
  /** The scenarios that an argument stands for. */
  readonly sourcesOf: (
    arguments_: ReadonlyArray<string>
  ) => Effect.Effect<
    ReadonlyArray<Named & { readonly model?: unknown }>,
    { readonly _tag: string; readonly message: string }
  >
  /** Serves searches until the signal; returns why it cannot, if it cannot. */
  readonly serve: (options: {
    readonly listen: string
    readonly secretFile: string | undefined
    readonly signal: AbortSignal
  }) => Promise<string | undefined>
}

const exitCodes = { violated: 12, inconclusive: 14, failed: 70, interrupted: 130 } as const
const maxWorkers = 256
const lineMilliseconds = 10_000

const workers = Flag.Int("workers").pipe(
  Flag.withDescription("How many units this process runs at a time (one per core by default)"),
  Flag.optional
)

const lostAfter = Flag.Int("lost-after").pipe(
  Flag.withMetavar("SECONDS"),
  Flag.withDescription("How long a runner may be silent before others take over its work"),
  Flag.withDefault(30)
)

const storageHelp =
  "Where campaigns are kept: sqlite:FILE, or postgres://USER:PASSWORD@HOST/DATABASE"

export const campaignCommandsWith = (
  surroundings: Surroundings
): ReadonlyArray<Command.Command.Any> => [campaignWith(surroundings), runnerWith(surroundings)]

const campaignWith = ({ entry, version, sourcesOf, parseJson }: Surroundings) =>
  Command.make(
    "campaign",
    {
      file: Argument.String("file").pipe(
        Argument.withDescription("The campaign: a JSON file (see impl/campaign/README.md)")
      ),
      storage: Flag.String("storage").pipe(
        Flag.withMetavar("PLACE"),
        Flag.withDescription(`${storageHelp} (sqlite:FILE.sqlite by default)`),
        Flag.optional
      ),
      ...{ workers, lostAfter },
      json: Flag.Boolean("json").pipe(
        Flag.withDescription("Print one JSON document instead of the table"),
        Flag.withDefault(false)
      )
    },
    Effect.fnUntraced(function* (given) {
      const text = yield* Effect.try({
        try: () => readFileSync(given.file, "utf8"),
        catch: (error) =>
          new CommandFailed({
            message: `${given.file} cannot be read (${(error as NodeJS.ErrnoException).code})`,
            exitCode: 2
          })
      })
      const campaign = yield* asCommandFailure(
        Effect.fromResult(readCampaign(parseJson, given.file, text))
      )
      const named = new Map<string, ReadonlyArray<Named>>()
      for (const argument of (campaign.checks ?? []).flatMap(({ scenarios }) => scenarios)) {
        if (argument === "-")
          return yield* refuse(`${given.file}: name scenarios by files, not by -`)
        const sources = yield* asCommandFailure(sourcesOf([argument]))
        if (sources.some(({ model }) => model !== undefined))
          return yield* refuse(
            `${given.file}: "${argument}" is a model: a campaign runs only scenarios and simulations`
          )
        named.set(argument, sources)
      }
      const units = yield* asCommandFailure(
        Effect.fromResult(unitsOf(campaign, (argument) => named.get(argument) ?? []))
      )
      const id = identityOf(campaign, units, version)
      const storage = Option.getOrElse(
        given.storage,
        () => `sqlite:${given.file.replace(/\.json$/, "")}.sqlite`
      )
      const count = yield* workersOf(given.workers, 0)
      const lostAfterSeconds = yield* secondsOf(given.lostAfter)
      const { runCampaign } = yield* loadEngine(entry)
      const lines = new Lines()
      const report = yield* running((signal) =>
        runCampaign({
          ...{
            storage,
            lostAfterSeconds,
            signal,
            id,
            units,
            workers: count,
            command: commandFrom(entry)
          },
          name: campaign.name ?? given.file,
          done: () => undefined,
          inVain: (line) => lines.say(line),
          violated: (line) => lines.say(line),
          progressed: (line) => lines.progress(line)
        })
      )
      lines.clear()
      yield* Console.log(given.json ? JSON.stringify(report, undefined, 2) : tableOf(report))
      if (!report.finished)
        yield* Console.error(
          "some units are not done: the same command continues, and so does any runner"
        )
      process.exitCode = exitCodeOf(report)
    })
  ).pipe(
    Command.withDescription(
      "Run many checks and simulations, alone or with runners on other machines; resume them"
    ),
    Command.withExamples([
      {
        command: "quorate campaign nightly.json",
        description:
          "Run it on this machine; its state stays next to the file, and the same command resumes it"
      },
      {
        command: "quorate campaign nightly.json --storage postgres://q@db/q --workers 0 --json",
        description: "Let runners on other machines do it, and wait for the result"
      }
    ])
  )

const runnerWith = ({ entry, serve }: Surroundings) =>
  Command.make(
    "runner",
    {
      storage: Flag.String("storage").pipe(
        Flag.withMetavar("PLACE"),
        Flag.withDescription(storageHelp),
        Flag.optional
      ),
      listen: Flag.String("listen").pipe(
        Flag.withMetavar("HOST:PORT"),
        Flag.withDescription(
          "Serve searches (quorate check --runners) at this address, instead of campaigns"
        ),
        Flag.optional
      ),
      secret: Flag.String("secret").pipe(
        Flag.withMetavar("FILE"),
        Flag.withDescription(
          "The file with the secret that the runners of a search share (QUORATE_SEARCH_SECRET by default)"
        ),
        Flag.optional
      ),
      ...{ workers, lostAfter }
    },
    Effect.fnUntraced(function* (given) {
      const { listen } = given
      if (Option.isSome(listen) === Option.isSome(given.storage))
        return yield* refuse(
          "--storage runs units of campaigns, --listen serves searches: give one of them"
        )
      if (Option.isSome(listen)) {
        const secretFile = Option.getOrUndefined(given.secret)
        return yield* running(async (signal) => {
          const refused = await serve({ listen: listen.value, secretFile, signal })
          return refused === undefined ? undefined : { refused }
        })
      }
      const count = yield* workersOf(given.workers, 1)
      const lostAfterSeconds = yield* secondsOf(given.lostAfter)
      const { runRunner } = yield* loadEngine(entry)
      const storage = Option.getOrElse(given.storage, () => "")
      yield* running((signal) =>
        runRunner({
          ...{ storage, lostAfterSeconds, signal, workers: count, command: commandFrom(entry) },
          done: (line) => process.stderr.write(`${line}\n`),
          inVain: (line) => process.stderr.write(`${line}\n`)
        })
      )
    })
  ).pipe(
    Command.withDescription(
      "Run the pending units of the storage's campaigns, or parts of searches, until stopped"
    )
  )

const workersOf = Effect.fnUntraced(function* (given: Option.Option<number>, least: number) {
  const count = Option.getOrElse(given, () => availableParallelism())
  if (count < least || count > maxWorkers)
    return yield* refuse(`--workers: write a number from ${least} to ${maxWorkers}`)
  return count
})

/** The databases count in whole seconds. */
const minLostAfter = 3

const secondsOf = (seconds: number) =>
  seconds < minLostAfter
    ? refuse(`--lost-after: write a number of seconds, ${minLostAfter} or more`)
    : Effect.succeed(seconds)

/**
 * When the sources run, the engine is a module among them. In the build it is a file next to this
 * one.
 */
const loadEngine = (entry: URL): Effect.Effect<typeof Engine> => {
  const place = entry.pathname.endsWith(".ts") ? "../campaign/engine.ts" : "./campaign.js"
  return Effect.promise(() => import(new URL(place, entry).href) as Promise<typeof Engine>)
}

/** How a process of the same command is started. */
const commandFrom = (entry: URL): readonly [string, ...ReadonlyArray<string>] => [
  process.execPath,
  ...process.execArgv,
  fileURLToPath(entry)
]

/** Runs a function of the engine, and signals it when the user wants to stop. */
const running = <Answer>(
  run: (signal: AbortSignal) => Promise<Answer | Engine.Refused>
): Effect.Effect<Answer, CommandFailed> =>
  Effect.gen(function* () {
    const stopping = new AbortController()
    const stop = () => {
      if (stopping.signal.aborted) process.exit(exitCodes.interrupted)
      stopping.abort()
    }
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const
    for (const signal of signals) process.on(signal, stop)
    const answer = yield* Effect.promise(() => run(stopping.signal))
    for (const signal of signals) process.off(signal, stop)
    if (typeof answer === "object" && answer !== null && "refused" in answer)
      return yield* refuse(answer.refused)
    return answer as Answer
  })

const exitCodeOf = (report: CampaignReport): number => {
  const { finished, verdicts, outcomes } = report
  if (verdicts.violated > 0) return exitCodes.violated
  if (verdicts.refused + verdicts.failed > 0) return exitCodes.failed
  // Random runs that find nothing are always inconclusive.
  const isOpen = outcomes.some(
    ({ verdict, seeds }) => verdict === "inconclusive" && seeds.length === 0
  )
  return finished && !isOpen ? 0 : exitCodes.inconclusive
}

/**
 * Lines for people, on standard error. On a terminal, progress is shown in place; otherwise as an
 * occasional line.
 */
class Lines {
  private shown = ""
  private at = performance.now()

  say(line: string): void {
    this.clear()
    process.stderr.write(`${line}\n`)
  }

  progress(line: string): void {
    if (line === this.shown) return
    if (process.stderr.isTTY !== true && performance.now() - this.at < lineMilliseconds) return
    this.at = performance.now()
    this.shown = line
    process.stderr.write(
      process.stderr.isTTY === true
        ? `\r\x1b[2K${line.slice(0, (process.stderr.columns || 80) - 3)}`
        : `${line}\n`
    )
  }

  clear(): void {
    if (process.stderr.isTTY === true) process.stderr.write("\r\x1b[2K")
    this.shown = ""
  }
}
