/**
 * Checking several scenarios at once, one per worker thread.
 */
import { resolve } from "node:path"
import { parentPort, Worker } from "node:worker_threads"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { ScenarioRefused } from "../scenario/load.ts"
import { Interruption, ProgressDisplay } from "./drive.ts"
import type { Job } from "./job.ts"
import { readModules } from "./model-file.ts"
import { type Notebook, notebookOf } from "./notebooks.ts"
import { endedItself, type RefusedAs } from "./refused.ts"
import type { Report } from "./report.ts"
import { runJob } from "./run-job.ts"

/** A worker's report: its progress, its finding, or why it failed. */
type Said =
  | { readonly _tag: "Progress"; readonly line: string }
  | { readonly _tag: "Finished"; readonly report: Report }
  | { readonly _tag: "Failed"; readonly message: string }
  /** The worker found only during the check that the model is ill-formed. */
  | { readonly _tag: "Refused"; readonly refused: RefusedAs }

/** What a worker starts with. The first entry of `stop` turns 1 when the user wants to stop. */
interface Start {
  readonly jobs: ReadonlyArray<Job>
  readonly stop: Int32Array
  /** The index of the next job that no worker has taken. */
  readonly next: Int32Array
}

/**
 * Runs the jobs on `workers` threads that start from `entry`. `finished` receives each report in
 * the order of the jobs. Ends early, with fewer reports, when the user wants to stop.
 */
export const runJobs = Effect.fnUntraced(function* (
  entry: URL,
  jobs: ReadonlyArray<Job>,
  workers: number,
  finished: (report: Report) => void
) {
  const display = yield* ProgressDisplay
  const interruption = yield* Interruption
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const next = new Int32Array(new SharedArrayBuffer(4))
  const watch = setInterval(() => Atomics.store(stop, 0, interruption.requested() ? 1 : 0), 50)
  const reports: Array<Report | undefined> = jobs.map(() => undefined)
  let told = 0
  const hear = (job: number, report: Report) => {
    reports[job] = report
    display.clear()
    for (let ready = reports[told]; ready !== undefined; ready = reports[told]) {
      finished(ready)
      told++
    }
  }
  let shown = performance.now()
  const show = (line: string) => {
    const now = performance.now()
    if (now - shown < display.intervalMilliseconds) return
    shown = now
    display.show(line)
  }
  const threads = Array.from({ length: workers }, (_, index) =>
    runWorker(entry, { jobs, stop, next }, notebookOf(index), hear, show)
  )
  yield* Effect.all(threads, { concurrency: "unbounded" }).pipe(
    Effect.ensuring(
      Effect.sync(() => {
        clearInterval(watch)
        display.clear()
      })
    )
  )
  const missing = jobs.find((_, job) => reports[job] === undefined)
  if (missing !== undefined && !interruption.requested()) return yield* endedItself(missing.name)
  return reports.filter((report) => report !== undefined)
})

const runWorker = (
  entry: URL,
  start: Start,
  notebook: Notebook | undefined,
  hear: (job: number, report: Report) => void,
  show: (line: string) => void
): Effect.Effect<void, ScenarioRefused> =>
  Effect.callback<void, ScenarioRefused>((resume) => {
    const worker = new Worker(entry, { workerData: { ...start, notebook } })
    worker.on("message", ({ job, said }: { readonly job: number; readonly said: Said }) => {
      if (said._tag === "Progress") show(said.line)
      else if (said._tag === "Finished") hear(job, said.report)
      else if (said._tag === "Refused") resume(Effect.fail(new ScenarioRefused(said.refused)))
      else resume(Effect.die(new Error(said.message)))
    })
    worker.on("error", (error) => resume(Effect.die(error)))
    worker.on("exit", () => resume(Effect.void))
    return Effect.promise(async () => {
      await worker.terminate()
    })
  })

const messageOf = (name: string, cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  return `${name}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`
}

/** What a thread reports about a check that failed. */
export const failureOf = (
  name: string,
  cause: Cause.Cause<unknown>
): Extract<Said, { readonly _tag: "Failed" | "Refused" }> => {
  const error = Cause.squash(cause)
  if (!(error instanceof ScenarioRefused))
    return { _tag: "Failed", message: messageOf(name, cause) }
  const { source, place, problem, mend } = error
  return { _tag: "Refused", refused: { source, place, problem, mend } }
}

const progressMilliseconds = 200

/** The services of the command for a check on another thread. */
export const servicesOfThread = (requested: () => boolean, show: (line: string) => void) =>
  Layer.mergeAll(
    Layer.succeed(Interruption, Interruption.of({ requested })),
    Layer.succeed(
      ProgressDisplay,
      ProgressDisplay.of({
        intervalMilliseconds: progressMilliseconds,
        show,
        clear: () => undefined
      })
    )
  )

export const isPoolStart = (data: unknown): data is Start =>
  typeof data === "object" && data !== null && "jobs" in data && "next" in data

/** The main loop of a worker: it takes one job after another until none are left. */
export const takeJobs = async ({ jobs, stop, next }: Start): Promise<void> => {
  const files = jobs.flatMap(({ model }) => (model === undefined ? [] : [resolve(model.file)]))
  Result.getOrThrow(await readModules(files))
  const stopped = () => Atomics.load(stop, 0) === 1
  for (
    let job = Atomics.add(next, 0, 1);
    job < jobs.length && !stopped();
    job = Atomics.add(next, 0, 1)
  ) {
    const say = (said: Said) => parentPort?.postMessage({ job, said })
    const services = servicesOfThread(stopped, (line) => say({ _tag: "Progress", line }))
    const exit = await Effect.runPromiseExit(Effect.provide(runJob(jobs[job] as Job), services))
    if (Exit.isSuccess(exit)) say({ _tag: "Finished", report: exit.value })
    else say(failureOf((jobs[job] as Job).name, exit.cause))
  }
}
