/**
 * One scenario's search on several threads.
 */
import { resolve } from "node:path"
import { getHeapStatistics } from "node:v8"
import { parentPort, Worker } from "node:worker_threads"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { inMemory } from "../engine/begin.ts"
import type { Archive } from "../engine/saving.ts"
import type { Keeping } from "../engine/visited-states.ts"
import { livePropertiesOf } from "../network/model.ts"
import type { WorkerPort } from "../parallel/conductor.ts"
import type { Answer, Order } from "../parallel/messages.ts"
import { ParallelCheck, type WorkersSetup } from "../parallel/parallel-check.ts"
import { SearchWorker } from "../parallel/worker.ts"
import { liveProperties } from "../relation/live-properties.ts"
import type { Relation } from "../relation/relation.ts"
import type { SavedRelationCheck } from "../relation/relation-check.ts"
import type { RelationReport } from "../relation/report.ts"
import { savingInto } from "./checkpoint.ts"
import { drive } from "./drive.ts"
import { isOfRelation, type Job } from "./job.ts"
import { readModules } from "./model-file.ts"
import { guarded, parallelCheckOf, relationOf, savingOf, subjectOfJob } from "./model-job.ts"
import { modelReportOf } from "./model-report.ts"
import { notebookOf } from "./notebooks.ts"
import { PageFile } from "./page-file.ts"
import { endedItself } from "./refused.ts"
import { reportOf } from "./report.ts"
import { runJob, scenarioOf } from "./run-job.ts"
import { FolderArchive } from "./word-files.ts"

/** What a thread starts with. */
interface Start extends WorkersSetup {
  readonly shardOf: Job
  readonly keeping: Keeping
  readonly index: number
  readonly count: number
}

export const isSearchStart = (data: unknown): data is Start =>
  typeof data === "object" && data !== null && "shardOf" in data

/**
 * A thread takes as long to start as this thread takes to find some ten thousand states. (The
 * numbers do not depend on time, so each run of a check calls the specification equally often.)
 */
const beginning = { startsAt: 1 << 11, joinsAt: 1 << 15 }

const archiveAt = (place: string): Archive => new FolderArchive(place)

/**
 * Checks the scenario of a job on the given number of threads. The result equals that of a single
 * thread.
 */
export const runParallel = Effect.fnUntraced(function* (entry: URL, job: Job, count: number) {
  if (isOfRelation(job)) return yield* runRelationParallel(entry, job, count)
  const scenario = yield* Effect.fromResult(scenarioOf(job))
  const alone = livePropertiesOf(scenario.model).length > 0 ? ofLiveness : whyOnDisk(job)
  if (alone !== undefined) {
    yield* Console.error(`note: ${alone}: one worker does it`)
    return yield* runJob(job)
  }
  const threads = new Threads(entry, job, count)
  const pageStore = new PageFile()
  const { reductions, keeping, limits, checkpoint, resumed } = job
  const check = new ParallelCheck(
    scenario,
    reductions,
    { keeping, pageStore },
    (setup) => threads.start(setup, 1),
    { ...beginning, archiveAt }
  )
  const saving =
    checkpoint && savingInto(checkpoint, job.name, (archive, place) => check.save(archive, place))
  const resume = Effect.promise(async () => {
    if (resumed !== undefined)
      await check.resume(resumed.check, new FolderArchive(resumed.place), resumed.place)
  })
  return yield* resume.pipe(
    Effect.andThen(drive(check, limits, saving, () => threads.heldBytes)),
    Effect.map(({ result, measured }) => reportOf(result, measured, job)),
    Effect.ensuring(
      Effect.sync(() => {
        threads.stop()
        pageStore.close()
      })
    )
  )
})

/**
 * Checks the relation of a job on the given number of threads. The result equals that of a single
 * thread.
 */
const runRelationParallel = Effect.fnUntraced(function* (entry: URL, job: Job, count: number) {
  const relation = yield* Effect.fromResult(relationOf(job))
  const alone = whyAlone(relation) ?? whyOnDisk(job)
  if (alone !== undefined) {
    yield* Console.error(`note: ${alone}: one worker does it`)
    return yield* runJob(job)
  }
  const threads = new Threads(entry, job, count)
  const { limits, checkpoint, resumed } = job
  const work = Effect.suspend(() => {
    const check = parallelCheckOf(job, relation, (log) => threads.start({ reductions: [], log }))
    const saving =
      checkpoint && savingOf(checkpoint, job.name, (archive, place) => check.save(archive, place))
    const resume = Effect.promise(async () => {
      if (resumed !== undefined)
        await check.resume(
          resumed.check as unknown as SavedRelationCheck,
          new FolderArchive(resumed.place),
          resumed.place
        )
    })
    return Effect.andThen(
      resume,
      drive<RelationReport<object>>(check, limits, saving, () => threads.heldBytes)
    )
  })
  return yield* guarded(job.name, work).pipe(
    Effect.map(({ result, measured }) => modelReportOf(job, relation, result, measured)),
    Effect.ensuring(Effect.sync(() => threads.stop()))
  )
})

const ofLiveness = "liveness is decided on all states together"

const whyOnDisk = ({ keeping }: Job): string | undefined =>
  keeping === "disk" ? "the visited states are on disk" : undefined

const whyAlone = (relation: Relation<object>): string | undefined => {
  if (liveProperties(relation).length > 0) return ofLiveness
  return relation.view === undefined
    ? undefined
    : "the thread that finds a state first decides which state represents the others"
}

class Threads {
  private readonly entry: URL
  private readonly job: Job
  private readonly count: number
  private running: ReadonlyArray<Worker> = []
  private heaps: ReadonlyArray<{ readonly bytes: number }> = []

  constructor(entry: URL, job: Job, count: number) {
    this.entry = entry
    this.job = job
    this.count = count
  }

  /** Starts all workers from this one on; workers before it are on the thread that asks. */
  start(setup: WorkersSetup, first = 0): ReadonlyArray<WorkerPort> {
    this.stop()
    const { job, count } = this
    this.running = Array.from({ length: count - first }, (_, at) => {
      const index = first + at
      const keeping = inMemory(job.keeping) ?? "states"
      const start: Start = { ...setup, shardOf: job, keeping, index, count }
      const workerData = { ...start, notebook: notebookOf(index) }
      return new Worker(this.entry, { workerData })
    })
    const ports = this.running.map((worker) => portOf(worker, job.name))
    this.heaps = ports.map(({ heap }) => heap)
    return ports
  }

  /** The memory that the networks of the threads hold, as far as it is known. */
  get heldBytes(): number {
    return this.heaps.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  stop(): void {
    for (const worker of this.running) worker.terminate()
  }
}

/** What a thread sends: its answer, and the size of its heap. */
interface Said {
  readonly answer: Answer
  readonly heapBytes: number
}

/** A thread as a worker that follows one order at a time. */
const portOf = (
  worker: Worker,
  name: string
): WorkerPort & { readonly heap: { readonly bytes: number } } => {
  const heap = { bytes: 0 }
  let hear: ((answer: Answer) => void) | undefined
  let fail: ((error: unknown) => void) | undefined
  let failure: unknown
  worker.on("message", ({ answer, heapBytes }: Said) => {
    heap.bytes = heapBytes
    hear?.(answer)
  })
  const end = (error: unknown) => {
    failure ??= error
    fail?.(failure)
  }
  worker.on("error", end)
  worker.on("exit", () => end(endedItself(name)))
  return {
    heap,
    ask: (order: Order) =>
      new Promise<Answer>((resolve, reject) => {
        if (failure !== undefined) reject(failure)
        hear = resolve
        fail = reject
        worker.postMessage(order)
      })
  }
}

const relationSetup = (job: Job) => ({
  subject: subjectOfJob(job),
  checksDeadlock: Result.getOrThrow(relationOf(job)).deadlock ?? false
})

const networkSetup = ({ shardOf, reductions }: Start) => {
  const { model, checksDeadlock } = Effect.runSync(Effect.fromResult(scenarioOf(shardOf)))
  return { model, reductions, checksDeadlock }
}

/** The main loop of a thread: it follows orders until it is stopped. */
export const obeyOrders = async (start: Start): Promise<void> => {
  const { shardOf, keeping, index, count, log } = start
  const read = await readModules(shardOf.model === undefined ? [] : [resolve(shardOf.model.file)])
  Result.getOrThrow(read)
  const worker = new SearchWorker({
    ...(isOfRelation(shardOf) ? relationSetup(shardOf) : networkSetup(start)),
    ...{ keeping, index, count, log },
    pageStore: new PageFile(),
    archiveAt
  })
  parentPort?.on("message", (order: Order) => {
    const answer = worker.answer(order)
    const said: Said = { answer, heapBytes: getHeapStatistics().used_heap_size }
    parentPort?.postMessage(said)
  })
}
