/**
 * The random runs of one scenario or model on several threads.
 */
import { resolve } from "node:path"
import { getHeapStatistics } from "node:v8"
import { parentPort, Worker } from "node:worker_threads"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { PromiseBroken } from "../network/process-table.ts"
import { askOf } from "../relation/asking.ts"
import { RelationWalk } from "../relation/walk.ts"
import type { RunningCheck } from "../running-check.ts"
import { ScenarioRefused } from "../scenario/load.ts"
import type { Batch, Tally } from "../tally.ts"
import { batchAt, type Swarm } from "../walk/swarm.ts"
import { Walk } from "../walk/walk.ts"
import { WalkCheck, walkOptionsOf } from "../walk/walk-check.ts"
import { Interruption, ProgressDisplay, progressLine } from "./drive.ts"
import { isOfRelation, type Job } from "./job.ts"
import { readModules } from "./model-file.ts"
import { asBadInput, guarded, relationOf, walkCheckOf } from "./model-job.ts"
import { modelReportOf } from "./model-report.ts"
import { notebookOf } from "./notebooks.ts"
import { endedItself, type RefusedAs } from "./refused.ts"
import { reportOf } from "./report.ts"
import { scenarioOf } from "./run-job.ts"

/** What a worker starts with. The first entry of `stop` turns 1 when enough is known. */
interface Start {
  readonly swarm: Job
  readonly stop: Int32Array
  /** The index of the next batch that no worker has taken. */
  readonly next: Int32Array
  /** The number of bytes that each worker holds. */
  readonly held: Float64Array
  /** The number of steps that each worker has taken, and of the runs that it has finished. */
  readonly moves: Float64Array
  readonly runs: Float64Array
  readonly worker: number
}

/**
 * A worker's report: the result of a batch, or of the part of it before a stop; or that a promise
 * is broken.
 */
type Said =
  | {
      readonly _tag: "Walked"
      readonly index: number
      readonly tally: Tally
      readonly finished: boolean
    }
  | { readonly _tag: "Broken"; readonly reductions: Job["reductions"]; readonly message: string }
  /** The worker found only during the run that the model is ill-formed. */
  | { readonly _tag: "Refused"; readonly refused: RefusedAs }

export const isSwarmStart = (data: unknown): data is Start =>
  typeof data === "object" && data !== null && "swarm" in data

const watchMilliseconds = 50

/**
 * The check that threads add their results to: a check by random runs, of a scenario or a model.
 */
interface SwarmCheck extends Pick<RunningCheck<unknown>, "scenario" | "counts" | "tally" | "stop"> {
  readonly swarm: Swarm
  readonly include: (unfinished: ReadonlyArray<Tally>) => void
}

type Broken = Extract<Said, { readonly _tag: "Broken" }>

/**
 * Checks the scenario or the model of a job by random runs on the given number of threads. The
 * result equals that of a single thread.
 */
export const runSwarm = Effect.fnUntraced(function* (entry: URL, job: Job, workers: number) {
  if (isOfRelation(job)) {
    const relation = yield* Effect.fromResult(relationOf(job))
    const walking = Effect.suspend(() => {
      const check = walkCheckOf(job, relation)
      return Effect.map(
        onThreads(entry, job, workers, check, () => job.reductions),
        (measured) => modelReportOf(job, relation, check.result(), measured)
      )
    })
    return yield* guarded(job.name, walking)
  }
  const scenario = yield* Effect.fromResult(scenarioOf(job))
  const check = new WalkCheck(scenario, job.runs, job.reductions)
  const measured = yield* onThreads(entry, job, workers, check, (broken) => {
    if (broken !== undefined) check.restartWithout(broken)
    return check.options.reductions
  })
  return reportOf(check.result(), measured, job)
})

/**
 * Lets threads take the runs until a limit is reached. `begin` chooses the reductions, before the
 * first run and after each broken promise on which some of them rely.
 */
const onThreads = Effect.fnUntraced(function* (
  entry: URL,
  job: Job,
  workers: number,
  check: SwarmCheck,
  begin: (broken: Broken | undefined) => Job["reductions"]
) {
  const interruption = yield* Interruption
  const display = yield* ProgressDisplay
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const started = yield* Clock.currentTimeMillis
  const seconds = () => (Date.now() - started) / 1000
  const unfinished: Array<Tally> = []
  const held = sharedNumbers(workers)
  const [moves, runs] = [sharedNumbers(workers), sharedNumbers(workers)]
  const heldBytes = () => sumOf(held) + process.memoryUsage().heapUsed
  let shown = started
  let broken: Broken | undefined
  let refused: RefusedAs | undefined
  let ended = false
  const hear = (said: Said) => {
    if (said._tag === "Broken") broken = said
    else if (said._tag === "Refused") refused ??= said.refused
    else if (said.finished) check.swarm.finish(said.index, said.tally)
    else unfinished.push(said.tally)
    if (check.swarm.over || broken !== undefined || refused !== undefined) Atomics.store(stop, 0, 1)
  }
  const end = (reason: string) => {
    check.stop(reason)
    ended = true
    Atomics.store(stop, 0, 1)
  }
  const { scenario, counts } = check
  const at = { scenario, counts }
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
      const proceeding = { ...at, moves: sumOf(moves), tally: { runs: sumOf(runs) } }
      display.show(progressLine(proceeding, seconds()))
      shown = Date.now()
    }
  }, watchMilliseconds)
  const runAll = Effect.gen(function* () {
    do {
      const reductions = begin(broken)
      broken = undefined
      unfinished.length = 0
      Atomics.store(stop, 0, 0)
      moves.fill(0)
      runs.fill(0)
      const swarm = { ...job, reductions }
      const start = {
        swarm,
        stop,
        held,
        moves,
        runs,
        next: new Int32Array(new SharedArrayBuffer(4))
      }
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
  // Message handlers assign it, which the compiler cannot see.
  const refusal = refused as RefusedAs | undefined
  if (refusal !== undefined) return yield* new ScenarioRefused(refusal)
  if (!check.swarm.over && !ended) return yield* endedItself(job.name)
  check.include(unfinished)
  return {
    seconds: seconds(),
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    generatedBefore: 0
  }
})

/** One number per worker, which the worker writes and other threads read. */
const sharedNumbers = (workers: number): Float64Array<SharedArrayBuffer> =>
  new Float64Array(new SharedArrayBuffer(workers * Float64Array.BYTES_PER_ELEMENT))

const sumOf = (numbers: Float64Array): number => numbers.reduce((sum, one) => sum + one, 0)

const runWorker = (entry: URL, start: Start, hear: (said: Said) => void): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    const worker = new Worker(entry, {
      workerData: { ...start, notebook: notebookOf(start.worker) }
    })
    worker.on("message", hear)
    worker.on("error", (error) => resume(Effect.die(error)))
    worker.on("exit", () => resume(Effect.void))
    return Effect.promise(async () => {
      await worker.terminate()
    })
  })

/** Few: while much is new, a step takes a millisecond, and limits should be kept. */
const sliceSteps = 1 << 8

/** The main loop of a worker: it takes one batch after another until none are left. */
export const walkBatches = async (start: Start): Promise<void> => {
  const { swarm } = start
  const say = (said: Said) => parentPort?.postMessage(said)
  const read = await readModules(swarm.model === undefined ? [] : [resolve(swarm.model.file)])
  Result.getOrThrow(read)
  try {
    takeBatches(start, isOfRelation(swarm) ? relationWalker(swarm) : scenarioWalker(swarm), say)
  } catch (error) {
    const told = asBadInput(swarm.name)(error)
    if (told instanceof ScenarioRefused) {
      const { source, place, problem, mend } = told
      say({ _tag: "Refused", refused: { source, place, problem, mend } })
    } else if (error instanceof PromiseBroken)
      say({ _tag: "Broken", reductions: error.reductions, message: error.message })
    else throw error
  }
}

/** Takes the runs of one batch, a few steps at a time. */
interface Walker {
  readonly begin: (batch: Batch) => void
  /**
   * Takes up to the given number of steps. Returns false once every run of the batch has been
   * taken.
   */
  readonly advance: (steps: number) => boolean
  /** The results of the batch so far. */
  readonly tally: Tally
  /** The steps of all batches so far. */
  readonly moves: number
}

const scenarioWalker = (job: Job): Walker => {
  const scenario = Effect.runSync(Effect.fromResult(scenarioOf(job)))
  return new Walk(scenario.model, walkOptionsOf(scenario, job.runs, job.reductions))
}

const relationWalker = (job: Job): Walker => {
  askOf(job.name)
  const relation = Result.getOrThrow(relationOf(job))
  return new RelationWalk(relation, job.runs, relation.deadlock ?? false)
}

const takeBatches = (
  { swarm, stop, next, held, moves, runs, worker }: Start,
  walker: Walker,
  say: (said: Said) => void
): void => {
  let finished = 0
  for (;;) {
    const index = Atomics.add(next, 0, 1)
    const batch = batchAt(index, swarm.runs)
    if (batch === undefined) return
    walker.begin(batch)
    let more = true
    while (more && Atomics.load(stop, 0) === 0) {
      more = walker.advance(sliceSteps)
      const { used_heap_size, external_memory } = getHeapStatistics()
      held[worker] = used_heap_size + external_memory
      moves[worker] = walker.moves
      runs[worker] = finished + walker.tally.runs
    }
    say({ _tag: "Walked", index, tally: walker.tally, finished: !more })
    if (more) return
    finished += walker.tally.runs
  }
}
