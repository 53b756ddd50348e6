/**
 * Runs campaigns. This is a bundle of its own, with its own copy of Effect, so that other commands
 * do not load it: callers pass plain data and receive promises.
 */
import { hostname } from "node:os"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as SqlClient from "effect/sql/SqlClient"
import { SqlError } from "effect/sql/SqlError"
import type { Unit } from "./campaign.ts"
import { kindOf, kindsOf, smallerId } from "./kinds.ts"
import { type CampaignReport, reportOf } from "./report.ts"
import { type RunnerOptions, runUnits } from "./runner.ts"
import {
  allDone,
  countDone,
  type Done,
  doneOf,
  idsDone,
  putCampaign,
  queueOfUnits,
  StorageRefused,
  storageLayer,
  unusable
} from "./storage.ts"

const lookMilliseconds = 300
/** How many units are put into the queue in one transaction. */
const atOnce = 500

export interface EngineOptions {
  readonly storage: string
  /** The time of silence after which other runners do a runner's work. */
  readonly lostAfterSeconds: number
  readonly workers: number
  readonly command: RunnerOptions["command"]
  /** Aborted when the user wants to stop. */
  readonly signal: AbortSignal
  /** Receives a line for each unit that the runner has done or has failed to do. */
  readonly done: (line: string) => void
  readonly inVain: (line: string) => void
}

export interface CampaignOptions extends EngineOptions {
  readonly id: string
  readonly name: string
  readonly units: ReadonlyArray<Unit>
  /** Receives the campaign's progress, and the first violation of each kind as it is found. */
  readonly progressed: (line: string) => void
  readonly violated: (line: string) => void
}

/** A failure to report to the user. */
export interface Refused {
  readonly refused: string
}

const runnerName = (): string => `${hostname()}:${process.pid}`

/**
 * Runs a campaign, or resumes it, and returns its report; an interim report, if that is requested.
 */
export const runCampaign = (options: CampaignOptions): Promise<CampaignReport | Refused> =>
  running(options, campaign(options))

/** Does all work that waits in a storage, until the user stops it. */
export const runRunner = (options: EngineOptions): Promise<undefined | Refused> =>
  running(
    options,
    Effect.gen(function* () {
      const runner = yield* Effect.forkScoped(runnerOf(options))
      yield* Effect.raceFirst(aborted(options.signal), Fiber.join(runner))
      return undefined
    })
  )

const runnerOf = ({ workers, command, done, inVain }: EngineOptions) =>
  runUnits({ name: runnerName(), workers, command, done, inVain })

const running = async <Result, Requirements>(
  { storage, lostAfterSeconds }: EngineOptions,
  effect: Effect.Effect<Result, unknown, Requirements>
): Promise<Result | Refused> => {
  const program = Effect.scoped(effect).pipe(
    Effect.provide(storageLayer(storage, lostAfterSeconds)),
    Effect.provideService(Logger.LogToStderr, true)
  ) as Effect.Effect<Result, unknown>
  const exit = await Effect.runPromiseExit(program)
  if (Exit.isSuccess(exit)) return exit.value
  const error = Cause.squash(exit.cause)
  if (error instanceof StorageRefused) return { refused: error.message }
  // A database that is down or goes away: the queue treats some of its failures as defects.
  if (error instanceof SqlError) return { refused: unusable(storage)(error).message }
  throw error
}

const aborted = (signal: AbortSignal): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    const end = () => resume(Effect.void)
    if (signal.aborted) end()
    else signal.addEventListener("abort", end, { once: true })
    return Effect.sync(() => signal.removeEventListener("abort", end))
  })

const campaign = Effect.fnUntraced(function* (options: CampaignOptions) {
  const { id, name, units, workers, signal } = options
  yield* putCampaign(id, name, units.length)
  yield* offerAll(id, units)
  const following = new Following(options)
  const look = Effect.gen(function* () {
    yield* following.look
    yield* Effect.sleep(lookMilliseconds)
  }).pipe(Effect.repeat({ until: () => following.isOver }))
  const runner =
    workers === 0
      ? Effect.never
      : Effect.scoped(runnerOf(options)).pipe(Effect.andThen(Effect.never))
  yield* Effect.raceFirst(Effect.raceFirst(look, aborted(signal)), runner)
  return reportOf(id, name, units.length, yield* allDone(id))
})

/** Puts every unfinished unit into the queue, which accepts no unit twice. */
const offerAll = Effect.fnUntraced(function* (campaign: string, units: ReadonlyArray<Unit>) {
  const sql = yield* SqlClient.SqlClient
  const queue = yield* queueOfUnits
  const done = new Set(yield* idsDone(campaign))
  const waiting = units
    .map((unit, at) => ({ campaign, id: `${campaign}:${at}`, unit }))
    .filter(({ id }) => !done.has(id))
  for (let first = 0; first < waiting.length; first += atOnce)
    yield* sql.withTransaction(
      Effect.forEach(
        waiting.slice(first, first + atOnce),
        (queued) => queue.offer(queued, { id: queued.id }),
        { discard: true }
      )
    )
})

/** Watches which units of a campaign are done, by any runner, and reports them. */
class Following {
  isOver = false
  private readonly seen = new Set<string>()
  /** The minimisation units that were requested. */
  private readonly wanted = new Set<string>()
  /** The kinds of violations already reported. */
  private readonly kinds = new Set<string>()
  private done = 0
  private violations = 0
  private failed = 0
  private readonly options: CampaignOptions

  constructor(options: CampaignOptions) {
    this.options = options
  }

  readonly look = Effect.suspend(() => this.lookOnce())

  private lookOnce() {
    const { id, units } = this.options
    const { seen, wanted } = this
    return Effect.gen({ self: this }, function* () {
      if ((yield* countDone(id)) > seen.size)
        for (const unit of yield* idsDone(id)) {
          if (seen.has(unit)) continue
          this.take(yield* doneOf(id, unit))
        }
      this.isOver = this.done >= units.length && [...wanted].every((one) => seen.has(one))
      this.options.progressed(
        [
          `${this.done} of ${units.length} units done`,
          ...(this.violations === 0 ? [] : [`${this.violations} violations`]),
          ...(this.failed === 0 ? [] : [`${this.failed} failed`])
        ].join(", ")
      )
    })
  }

  private take({ id, unit, outcome }: Done): void {
    this.seen.add(id)
    if (unit.kind === "minimisation") return
    this.done++
    this.violations += outcome.violations.length
    if (outcome.verdict === "failed") this.failed++
    for (const kind of kindsOf(unit, outcome).keys())
      this.wanted.add(smallerId(this.options.id, kind))
    for (const violation of outcome.violations) {
      const { what, reason, replay } = violation
      if (this.kinds.has(kindOf(violation))) continue
      this.kinds.add(kindOf(violation))
      this.options.violated(`${unit.title}: ${what}: ${reason}\n  ${replay}`)
    }
  }
}
