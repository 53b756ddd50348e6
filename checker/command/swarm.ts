/**
 * One scenario's random walks on several threads.
 */
import { getHeapStatistics } from "node:v8"
import { parentPort, Worker } from "node:worker_threads"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { PromiseBroken } from "../network/process-table.ts"
import type { Tally } from "../tally.ts"
import { batchAt } from "../walk/swarm.ts"
import { Walk } from "../walk/walk.ts"
import { WalkCheck, walkOptionsOf } from "../walk/walk-check.ts"
import { Interruption, ProgressDisplay, progressLine } from "./drive.ts"
import type { Job } from "./job.ts"
import { reportOf } from "./report.ts"
import { scenarioOf } from "./run-job.ts"

/** What a worker is started with. The first entry of `stop` turns 1 when enough is known. */
interface Start {
  readonly swarm: Job
  readonly stop: Int32Array
  /** The index of the next batch that nobody has taken. */
  readonly next: Int32Array
  /** Per worker, the bytes that it holds. */
  readonly held: Float64Array
  readonly worker: number
}

/**
 * What a worker says: of a batch what it came to, if it was stopped in it only so far; or that a
 * promise is broken.
 */
type Said =
  | {
      readonly _tag: "Walked"
      readonly index: number
      readonly tally: Tally
      readonly finished: boolean
    }
  | { readonly _tag: "Broken"; readonly reductions: Job["reductions"]; readonly message: string }

export const isSwarmStart = (data: unknown): data is Start =>
  typeof data === "object" && data !== null && "swarm" in data

const watchMilliseconds = 50

/**
 * Checks the scenario of a job by random walks on so many threads. The result is that of a single
 * thread.
 */
export const runSwarm = Effect.fnUntraced(function* (entry: URL, job: Job, workers: number) {
  const interruption = yield* Interruption
  const display = yield* ProgressDisplay
  const scenario = yield* Effect.fromResult(scenarioOf(job))
  const check = new WalkCheck(scenario, job.runs, job.reductions)
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const started = yield* Clock.currentTimeMillis
  const seconds = () => (Date.now() - started) / 1000
  const unfinished: Array<Tally> = []
  const held = new Float64Array(new SharedArrayBuffer(workers * Float64Array.BYTES_PER_ELEMENT))
  const heldBytes = () => held.reduce((sum, bytes) => sum + bytes, process.memoryUsage().heapUsed)
  let shown = started
  let broken: Extract<Said, { readonly _tag: "Broken" }> | undefined
  let ended = false
  const hear = (said: Said) => {
    if (said._tag === "Broken") broken = said
    else if (said.finished) check.swarm.finish(said.index, said.tally)
    else unfinished.push(said.tally)
    if (check.swarm.over || broken !== undefined) Atomics.store(stop, 0, 1)
  }
  const end = (reason: string) => {
    check.stop(reason)
    ended = true
    Atomics.store(stop, 0, 1)
  }
  const watch = setInterval(() => {
    if (interruption.requested()) end("interrupted")
    else if (seconds() >= job.limits.maxSeconds)
      end(`the limit of ${job.limits.maxSeconds} s was reached`)
    else if (
      job.limits.maxMemoryBytes < Number.POSITIVE_INFINITY &&
      heldBytes() >= job.limits.maxMemoryBytes
    )
      end(
        `the limit of ${(job.limits.maxMemoryBytes / 2 ** 20).toFixed(0)} MiB of memory was reached`
      )
    else if (Date.now() - shown >= display.intervalMilliseconds) {
      display.show(progressLine(check, seconds()))
      shown = Date.now()
    }
  }, watchMilliseconds)
  const runAll = Effect.gen(function* () {
    do {
      if (broken !== undefined) check.restartWithout(broken)
      broken = undefined
      unfinished.length = 0
      Atomics.store(stop, 0, 0)
      const swarm = { ...job, reductions: check.options.reductions }
      const start = { swarm, stop, held, next: new Int32Array(new SharedArrayBuffer(4)) }
      const threads = Array.from({ length: workers }, (_, worker) =>
        runWorker(entry, { ...start, worker }, hear)
      )
      yield* Effect.all(threads, { concurrency: "unbounded" })
    } while (broken !== undefined && !ended)
  })
  yield* runAll.pipe(
    Effect.ensuring(
      Effect.sync(() => {
        clearInterval(watch)
        display.clear()
      })
    )
  )
  check.include(unfinished)
  const measured = {
    seconds: seconds(),
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    generatedBefore: 0
  }
  return reportOf(check.result(), measured, job.format)
})

const runWorker = (entry: URL, start: Start, hear: (said: Said) => void): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    const worker = new Worker(entry, { workerData: start })
    worker.on("message", hear)
    worker.on("error", (error) => resume(Effect.die(error)))
    worker.on("exit", () => resume(Effect.void))
    return Effect.promise(async () => {
      await worker.terminate()
    })
  })

/** Few: where much is new, a step takes a millisecond, and limits should be kept. */
const sliceSteps = 1 << 8

/** A worker's whole life: it takes one batch after the other until there are none left. */
export const walkBatches = (start: Start): void => {
  const say = (said: Said) => parentPort?.postMessage(said)
  try {
    walkOn(start, say)
  } catch (error) {
    if (!(error instanceof PromiseBroken)) throw error
    say({ _tag: "Broken", reductions: error.reductions, message: error.message })
  }
}

const walkOn = ({ swarm, stop, next, held, worker }: Start, say: (said: Said) => void): void => {
  const scenario = Effect.runSync(Effect.fromResult(scenarioOf(swarm)))
  const walk = new Walk(scenario.model, walkOptionsOf(scenario, swarm.runs, swarm.reductions))
  for (;;) {
    const index = Atomics.add(next, 0, 1)
    const batch = batchAt(index, swarm.runs)
    if (batch === undefined) return
    walk.begin(batch)
    let more = true
    while (more && Atomics.load(stop, 0) === 0) {
      more = walk.advance(sliceSteps)
      const { used_heap_size, external_memory } = getHeapStatistics()
      held[worker] = used_heap_size + external_memory
    }
    say({ _tag: "Walked", index, tally: walk.tally, finished: !more })
    if (more) return
  }
}
