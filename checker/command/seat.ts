/**
 * Checks models on a thread of their own, while this thread watches it: an author's function that
 * never returns, or takes all memory, ends the check without trying the user's patience.
 */
import { resolve } from "node:path"
import { parentPort, Worker } from "node:worker_threads"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import { ScenarioRefused } from "../scenario/load.ts"
import { conduct, type Hands } from "./conduct.ts"
import { beginCoverage, filesAreRead } from "./coverage.ts"
import { Interruption, ProgressDisplay } from "./drive.ts"
import type { Job } from "./job.ts"
import { filesFrom, readModules } from "./model-file.ts"
import { type Notebook, newMemory } from "./notebooks.ts"
import { failureOf, servicesOfThread } from "./pool.ts"
import { begunByItself, endedItself, type RefusedAs } from "./refused.ts"
import type { Report } from "./report.ts"
import { lookInto, tellStateWhenAsked } from "./stuck.ts"
import { type Question, Watch } from "./watch.ts"

interface Start {
  readonly seat: ReadonlyArray<Job>
  readonly hands: Hands
  readonly notebook: Notebook
  /** The first entry turns 1 when the user wants to stop. */
  readonly stop: Int32Array
}

type Said =
  | { readonly _tag: "Progress"; readonly line: string }
  | { readonly _tag: "Finished"; readonly report: Report }
  | { readonly _tag: "Failed"; readonly message: string }
  | { readonly _tag: "Refused"; readonly refused: RefusedAs }
  | { readonly _tag: "Over"; readonly reports: ReadonlyArray<Report> }

export const isSeatStart = (data: unknown): data is Start =>
  typeof data === "object" && data !== null && "seat" in data

const watchMilliseconds = 50

/**
 * As `conduct`, on another thread. If a function has to be ended, reports that, and ends early with
 * the finished reports.
 */
export const conductElsewhere = Effect.fnUntraced(function* (
  entry: URL,
  jobs: ReadonlyArray<Job>,
  hands: Hands,
  show: (report: Report) => void
) {
  const display = yield* ProgressDisplay
  const interruption = yield* Interruption
  const memory = newMemory(Math.max(hands.workers, hands.searchers))
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const watch = new Watch(memory, limitOf(jobs))
  const start: Start = { seat: jobs, hands, notebook: { memory, thread: 0 }, stop }
  const reports: Array<Report> = []
  let shown = performance.now()
  const ended = yield* Effect.callback<Ended, ScenarioRefused>((resume) => {
    const worker = new Worker(entry, { workerData: start })
    const finish = (outcome: Effect.Effect<Ended, ScenarioRefused>) => {
      clearInterval(timer)
      worker.removeAllListeners("exit")
      for (const event of strays) process.off(event, fail)
      resume(outcome)
    }
    const fail = (error: NodeJS.ErrnoException) => {
      const problem = outOfMemory(error, watch.asked)
      const refused = begunByItself(error, namesOf(jobs))
      if (problem !== undefined) finish(Effect.succeed({ reports, problem }))
      else finish(refused === undefined ? Effect.die(error) : Effect.fail(refused))
    }
    for (const event of strays) process.on(event, fail)
    const end = (stuck: Question, why: string) => {
      clearInterval(timer)
      worker.removeAllListeners("exit")
      void lookInto(worker, stuck).then(async (seen) => {
        await worker.terminate()
        finish(Effect.succeed({ reports, problem: sentenceOf(stuck, why, seen) }))
      })
    }
    const timer = setInterval(() => {
      const isRequested = interruption.requested()
      Atomics.store(stop, 0, isRequested ? 1 : 0)
      const { stuck, why, isNews } = watch.look(isRequested)
      if (stuck === undefined) return
      if (why !== undefined) end(stuck, why)
      else if (isNews) display.show(`note: ${stuck.asked} has not returned for ${told(stuck)}`)
    }, watchMilliseconds)
    const progress = (line: string) => {
      const now = performance.now()
      if (now - shown < display.intervalMilliseconds) return
      shown = now
      display.show(line)
    }
    worker.on("message", (said: Said) => {
      if (said._tag === "Progress") return progress(said.line)
      display.clear()
      if (said._tag === "Over") finish(Effect.succeed({ reports: said.reports }))
      else if (said._tag === "Refused") finish(Effect.fail(new ScenarioRefused(said.refused)))
      else if (said._tag === "Failed") finish(Effect.die(new Error(said.message)))
      else {
        reports.push(said.report)
        show(said.report)
      }
    })
    worker.on("error", fail)
    worker.on("exit", () => finish(Effect.fail(endedItself(watch.asked ?? namesOf(jobs)))))
    return Effect.promise(async () => {
      clearInterval(timer)
      await worker.terminate()
    })
  }).pipe(Effect.ensuring(Effect.sync(() => display.clear())))
  if (ended.problem !== undefined) yield* Console.error(`quorate: ${ended.problem}`)
  return ended.reports
})

const namesOf = (jobs: ReadonlyArray<Job>): string => jobs.map(({ name }) => name).join(", ")

/** A failure that no code awaits. */
const strays = ["uncaughtException", "unhandledRejection"] as const

/** What was finished, and why not everything was. */
interface Ended {
  readonly reports: ReadonlyArray<Report>
  readonly problem?: string
}

/** The time that all jobs may take together, if each has a limit. */
const limitOf = (jobs: ReadonlyArray<Job>): number =>
  jobs.reduce((sum, { limits }) => sum + limits.maxSeconds, 0)

const told = ({ seconds }: Question): string => `${seconds.toFixed(0)} s`

const sentenceOf = (
  stuck: Question,
  why: string,
  { state, place }: { readonly state?: string; readonly place?: string }
): string => {
  const at = state === undefined ? "" : `, in the state ${state}`
  const see = place === undefined ? "" : ` (see ${place})`
  return `${stuck.asked}: it had not returned for ${told(stuck)} when ${why}${at} — let it end in every state${see}`
}

const outOfMemory = (
  { code }: NodeJS.ErrnoException,
  asked: string | undefined
): string | undefined =>
  code !== "ERR_WORKER_OUT_OF_MEMORY"
    ? undefined
    : asked === undefined
      ? "a process ran out of memory — bound the model, or set --max-memory or NODE_OPTIONS=--max-old-space-size=MEGABYTES"
      : `${asked}: it ran out of memory — let it return a finite list`

/** The main function of the thread: it conducts the check, and reports the results. */
export const sit = async ({ seat, hands, stop }: Start): Promise<void> => {
  const say = (said: Said) => parentPort?.postMessage(said)
  tellStateWhenAsked()
  const files = seat.flatMap(({ model }) => (model === undefined ? [] : [resolve(model.file)]))
  const isCovered = seat.some(({ coverage }) => coverage)
  if (isCovered) await beginCoverage()
  Result.getOrThrow(await readModules(files))
  if (isCovered) filesAreRead(files.flatMap((file) => filesFrom(file)))
  const services = servicesOfThread(
    () => Atomics.load(stop, 0) === 1,
    (line) => say({ _tag: "Progress", line })
  )
  const work = conduct(seat, hands, (report) => say({ _tag: "Finished", report }))
  const exit = await Effect.runPromiseExit(Effect.provide(work, services))
  if (Exit.isSuccess(exit)) say({ _tag: "Over", reports: exit.value })
  else say(failureOf(namesOf(seat), exit.cause))
}
