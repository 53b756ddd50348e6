/**
 * Checking several scenarios at once, one per worker thread.
 */
import { resolve } from "node:path"
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { ScenarioRefused } from "../scenario/load.ts"
import { Interruption, ProgressDisplay } from "./drive.ts"
import type { Job } from "./job.ts"
import { readModules } from "./model-file.ts"
import type { Report } from "./report.ts"
import { runJob } from "./run-job.ts"
import { isSwarmStart, type RefusedAs, walkBatches } from "./swarm.ts"
import { isSearchStart, obeyOrders } from "./threads.ts"

/** What a worker says: how far it is, what it found, or why it failed. */
type Said =
  | { readonly _tag: "Progress"; readonly line: string }
  | { readonly _tag: "Finished"; readonly report: Report }
  | { readonly _tag: "Failed"; readonly message: string }
  /** What is wrong with a model was found out only while it was checked. */
  | { readonly _tag: "Refused"; readonly refused: RefusedAs }

/** What a worker is started with. The first entry of `stop` turns 1 when the user wants to stop. */
interface Start {
  readonly jobs: ReadonlyArray<Job>
  readonly stop: Int32Array
  /** The index of the next job that nobody has taken. */
  readonly next: Int32Array
}

/**
 * Runs the jobs on `workers` threads that start from `entry`. `finished` hears of each report in
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
  const threads = Array.from({ length: workers }, () =>
    runWorker(entry, { jobs, stop, next }, hear, show)
  )
  yield* Effect.all(threads, { concurrency: "unbounded" }).pipe(
    Effect.ensuring(
      Effect.sync(() => {
        clearInterval(watch)
        display.clear()
      })
    )
  )
  return reports.filter((report) => report !== undefined)
})

const runWorker = (
  entry: URL,
  start: Start,
  hear: (job: number, report: Report) => void,
  show: (line: string) => void
): Effect.Effect<void, ScenarioRefused> =>
  Effect.callback<void, ScenarioRefused>((resume) => {
    const worker = new Worker(entry, { workerData: start })
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

/** True on a thread that `runJobs` started: it must call `work` and nothing else. */
export const isWorker = !isMainThread && parentPort !== null

const messageOf = ({ name }: Job, cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  return `${name}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`
}

const failureOf = (job: Job, cause: Cause.Cause<unknown>): Said => {
  const error = Cause.squash(cause)
  if (!(error instanceof ScenarioRefused)) return { _tag: "Failed", message: messageOf(job, cause) }
  const { source, place, problem, mend } = error
  return { _tag: "Refused", refused: { source, place, problem, mend } }
}

const progressMilliseconds = 200

/** A worker's whole life: it takes one job after the other until there are none left. */
export const work = async (): Promise<void> => {
  if (isSwarmStart(workerData)) return walkBatches(workerData)
  if (isSearchStart(workerData)) return obeyOrders(workerData)
  const { jobs, stop, next } = workerData as Start
  const files = jobs.flatMap(({ model }) => (model === undefined ? [] : [resolve(model.file)]))
  Result.getOrThrow(await readModules(files))
  const stopped = () => Atomics.load(stop, 0) === 1
  for (
    let job = Atomics.add(next, 0, 1);
    job < jobs.length && !stopped();
    job = Atomics.add(next, 0, 1)
  ) {
    const say = (said: Said) => parentPort?.postMessage({ job, said })
    const services = Layer.mergeAll(
      Layer.succeed(Interruption, Interruption.of({ requested: stopped })),
      Layer.succeed(
        ProgressDisplay,
        ProgressDisplay.of({
          intervalMilliseconds: progressMilliseconds,
          show: (line) => say({ _tag: "Progress", line }),
          clear: () => undefined
        })
      )
    )
    const exit = await Effect.runPromiseExit(Effect.provide(runJob(jobs[job] as Job), services))
    if (Exit.isSuccess(exit)) say({ _tag: "Finished", report: exit.value })
    else say(failureOf(jobs[job] as Job, exit.cause))
  }
}
