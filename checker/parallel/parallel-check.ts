/**
 * Checks a scenario with several workers. The outcome is the same as with `Check` alone.
 */
import { Check, type CheckOptions, type Saved, type SavedCheck } from "../check.ts"
import { inMemory } from "../engine/begin.ts"
import type { Packing } from "../engine/packing.ts"
import { type Archive, readContents, writeContents } from "../engine/saving.ts"
import { newLog, SharedCodes } from "../engine/shared-codes.ts"
import { PromiseBroken } from "../network/process-table.ts"
import type { ReductionName } from "../network/reductions.ts"
import { type CheckResult, isDecided } from "../result.ts"
import type { RunningCheck } from "../running-check.ts"
import type { LoadedScenario } from "../scenario/load.ts"
import { merged, type Statistics } from "../statistics.ts"
import { done, ParallelSearch, type WorkerPort } from "./conductor.ts"
import { Streams } from "./streams.ts"
import { SearchWorker, subjectOfNetwork } from "./worker.ts"

/** The settings that every worker of a search receives at its start. */
export interface WorkersSetup {
  readonly reductions: ReadonlyArray<ReductionName>
  readonly log: SharedArrayBuffer
}

/** Starts the workers of a search, and stops those of an earlier one. */
export type StartWorkers = (setup: WorkersSetup) => ReadonlyArray<WorkerPort>

/**
 * How this thread begins the search alone. Later it goes on as the first worker, with everything
 * that it has learned, and the others join. So a short search does not wait for other threads to
 * start, and a long one uses the time in which they do.
 */
export interface Beginning {
  /**
   * The number of states at which the other workers are started. Each of them first repeats the
   * search so far, to learn what it needs.
   */
  readonly startsAt: number
  /** The number of states at which they join. */
  readonly joinsAt: number
  /** The streams at the place where a search is saved. */
  readonly archiveAt?: ((place: string) => Archive) | undefined
}

/** Workers that repeat the beginning of a search. */
interface Rehearsing {
  readonly workers: ReadonlyArray<WorkerPort>
  readonly over: Promise<void>
}

/** A worker on this thread. It waits until all other workers have their orders. */
const onThisThread = (worker: SearchWorker): WorkerPort => ({
  ask: async (order) => {
    await Promise.resolve()
    return worker.answer(order)
  }
})

export class ParallelCheck implements RunningCheck {
  readonly scenario: LoadedScenario
  /**
   * The check by one worker: this thread's search while it is alone; later without its search, but
   * with everything else that a check knows.
   */
  private readonly check: Check
  private readonly options: Omit<CheckOptions, "order">
  private readonly start: StartWorkers
  private readonly beginning: Beginning | undefined
  /** The search by all workers; undefined while this thread searches alone. */
  private search: ParallelSearch | undefined
  private log = newLog()
  /** The workers that have been started for this log and that have not joined yet. */
  private rehearsing: Rehearsing | undefined
  /** What an earlier run learned, which this one resumes. */
  private toldBefore: Statistics | undefined

  constructor(
    scenario: LoadedScenario,
    reductions: ReadonlyArray<ReductionName>,
    options: Omit<CheckOptions, "order">,
    start: StartWorkers,
    beginning?: Beginning
  ) {
    this.scenario = scenario
    this.options = options
    this.start = start
    this.beginning = beginning
    this.check = new Check(scenario, "bfs", reductions, this.optionsAlone())
    if (beginning === undefined) this.search = this.begin()
  }

  /** Other workers must be able to verify what this thread relies on, and to read its codes. */
  private optionsAlone(): Omit<CheckOptions, "order"> {
    const { options, beginning } = this
    if (beginning === undefined) return options
    return {
      ...options,
      isSaved: true,
      pausesFrom: beginning.joinsAt,
      codesOf: (space) => {
        this.forgetWorkers()
        return new SharedCodes(this.log, space)
      }
    }
  }

  /**
   * Workers wait for each other after each piece; shorter pieces would make them wait too often.
   */
  readonly pieceMilliseconds = 200

  get counts() {
    return this.search?.counts ?? this.check.counts
  }

  get bytes(): number {
    return this.search?.bytes ?? this.check.bytes
  }

  get heldBytes(): number {
    return this.search?.heldBytes ?? this.check.heldBytes
  }

  /** Frees memory by putting away what the search does not need soon. */
  async putAway(): Promise<void> {
    if (this.search === undefined) this.check.putAway()
    else await this.search.putAway()
  }

  /**
   * Completes the current round, then writes everything that another run needs to resume into
   * `place`, where `archive` also writes.
   */
  async save(archive: Archive, place: string): Promise<Saved> {
    if (this.search === undefined) return this.check.save(archive)
    await this.search.finishRound()
    const contents = writeContents(archive, this.codes.all)
    const { progress, files } = await this.search.save(place)
    const check = this.check.saved(progress, await this.told(this.search))
    return { check, files: { ...contents, ...files } }
  }

  /** Resumes a check that an earlier run saved. */
  async resume(saved: SavedCheck, archive: Archive, place: string): Promise<void> {
    this.check.adopt(saved)
    this.toldBefore = saved.told
    this.search = this.begin()
    this.codes.adopt(readContents(archive))
    await this.search.load(place, saved.progress)
    await this.search.hear(saved.told.facts)
  }

  /** Expands about `states` more states. Returns false when the check has ended. */
  async advance(states = Number.POSITIVE_INFINITY): Promise<boolean> {
    try {
      if (this.search === undefined) return await this.advanceAlone(states)
      const more = await this.search.advance(states, (findings) =>
        isDecided(this.scenario, findings)
      )
      if (!more && !this.search.exhausted) this.stop("a violation was found")
      return more
    } catch (error) {
      if (!(error instanceof PromiseBroken)) throw error
      this.check.restartWithout(error)
      this.toldBefore = undefined
      this.search = this.beginning === undefined ? this.begin() : undefined
      return true
    }
  }

  private async advanceAlone(states: number): Promise<boolean> {
    const { check } = this
    const { startsAt, joinsAt } = this.beginning as Beginning
    const more = check.advance(states)
    const { distinct, frontier } = check.counts
    if (!more || frontier === 0) return more
    if (distinct >= startsAt) this.rehearsing ??= this.rehearse(startsAt)
    if (distinct >= joinsAt) await this.join()
    return true
  }

  /** Starts the other workers. They learn while this one goes on. */
  private rehearse(states: number): Rehearsing {
    const workers = this.startWorkers()
    const over = done(workers, { _tag: "Rehearse", states })
    // `join` waits for them; a search that ends before needs none of them.
    over.catch(() => undefined)
    return { workers, over }
  }

  /** This thread goes on as the first worker. All workers read the states that it has found. */
  private async join(): Promise<void> {
    const { rehearsing } = this
    this.rehearsing = undefined
    await rehearsing?.over
    const streams = new Streams()
    const { progress, packing } = this.check.handOver(streams)
    this.search = this.together(rehearsing?.workers ?? this.startWorkers(), packing)
    await this.search.load(streams.words, progress)
  }

  /** Ends the check early. */
  stop(reason: string): void {
    this.check.stop(reason)
  }

  /** The result so far. */
  async result(): Promise<CheckResult> {
    const { search } = this
    if (search === undefined) return this.check.result()
    await search.settle()
    const { findings, counts, exhausted, doneStates, unclearStates, bytes, heldBytes } = search
    const told = await this.told(search)
    const paths = new Map<string, Awaited<ReturnType<ParallelSearch["pathTo"]>>>()
    for (const finding of findings) paths.set(finding.property, await search.pathTo(finding))
    const searched = {
      ...{ findings, counts, exhausted, doneStates, unclearStates, bytes, heldBytes },
      advance: () => false,
      pathTo: ({ property }: { readonly property: string }) => paths.get(property) ?? []
    }
    return Check.after(this.check, searched, told).result()
  }

  private begin(): ParallelSearch {
    this.forgetWorkers()
    return this.together(this.startWorkers(), undefined)
  }

  /** A search by the workers that were started, and by this thread if it can begin alone. */
  private together(
    started: ReadonlyArray<WorkerPort>,
    packing: Packing | undefined
  ): ParallelSearch {
    if (this.beginning === undefined) return new ParallelSearch(started)
    return new ParallelSearch([this.first(started.length + 1, packing), ...started])
  }

  /** This thread as the first of `count` workers. */
  private first(count: number, packing: Packing | undefined): WorkerPort {
    const { check, options, log, beginning } = this
    const { pageStore, sealsFrom } = options
    return onThisThread(
      new SearchWorker({
        subject: subjectOfNetwork(check.space),
        checksDeadlock: this.scenario.checksDeadlock,
        keeping: inMemory(options.keeping) ?? "states",
        ...{ index: 0, count, log, pageStore, sealsFrom, packing },
        archiveAt: beginning?.archiveAt
      })
    )
  }

  private startWorkers(): ReadonlyArray<WorkerPort> {
    return this.start({ reductions: this.check.reductions, log: this.log })
  }

  /** Begins a new log of codes; workers with the old one are of no use. */
  private forgetWorkers(): void {
    this.log = newLog()
    this.rehearsing = undefined
  }

  /** The codes that the workers share. */
  private get codes(): SharedCodes {
    return new SharedCodes(this.log, this.check.space)
  }

  private async told(search: ParallelSearch): Promise<Statistics> {
    const told = await search.told()
    return this.toldBefore === undefined ? told : merged([this.toldBefore, told])
  }
}
