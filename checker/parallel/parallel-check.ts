/**
 * Checks a scenario with several workers. The outcome is the same as with `Check` alone.
 */
import { Check, type CheckOptions, type Saved, type SavedCheck } from "../check.ts"
import { type Archive, readContents, writeContents } from "../engine/saving.ts"
import { newLog, SharedCodes } from "../engine/shared-codes.ts"
import { PromiseBroken } from "../network/process-table.ts"
import type { ReductionName } from "../network/reductions.ts"
import { type CheckResult, isDecided } from "../result.ts"
import type { RunningCheck } from "../running-check.ts"
import type { LoadedScenario } from "../scenario/load.ts"
import { merged, type Statistics } from "../statistics.ts"
import { ParallelSearch, type WorkerPort } from "./conductor.ts"

/** The settings that every worker of a search receives at its start. */
export interface WorkersSetup {
  readonly reductions: ReadonlyArray<ReductionName>
  readonly log: SharedArrayBuffer
}

/** Starts the workers of a search, and stops those of an earlier one. */
export type StartWorkers = (setup: WorkersSetup) => ReadonlyArray<WorkerPort>

export class ParallelCheck implements RunningCheck {
  readonly scenario: LoadedScenario
  /** The check by one worker, without its search: it keeps everything else that a check knows. */
  private readonly check: Check
  private readonly start: StartWorkers
  private search: ParallelSearch
  private log = newLog()
  /** What an earlier run learned, which this one resumes. */
  private toldBefore: Statistics | undefined

  constructor(
    scenario: LoadedScenario,
    reductions: ReadonlyArray<ReductionName>,
    options: Omit<CheckOptions, "order">,
    start: StartWorkers
  ) {
    this.scenario = scenario
    this.check = new Check(scenario, "bfs", reductions, options)
    this.start = start
    this.search = this.begin()
  }

  /**
   * Workers wait for each other after each piece; shorter pieces would make them wait too often.
   */
  readonly pieceMilliseconds = 200

  get counts() {
    return this.search.counts
  }

  get bytes(): number {
    return this.search.bytes
  }

  get heldBytes(): number {
    return this.search.heldBytes
  }

  /** Frees memory by putting away what the search does not need soon. */
  putAway(): Promise<void> {
    return this.search.putAway()
  }

  /**
   * Completes the current round, then writes everything that another run needs to resume into
   * `place`, where `archive` also writes.
   */
  async save(archive: Archive, place: string): Promise<Saved> {
    await this.search.finishRound()
    const contents = writeContents(archive, this.codes.all)
    const { progress, files } = await this.search.save(place)
    const check = this.check.saved(progress, await this.told())
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
      const more = await this.search.advance(states, (findings) =>
        isDecided(this.scenario, findings)
      )
      if (!more && !this.search.exhausted) this.stop("a violation was found")
      return more
    } catch (error) {
      if (!(error instanceof PromiseBroken)) throw error
      this.check.restartWithout(error)
      this.toldBefore = undefined
      this.search = this.begin()
      return true
    }
  }

  /** Ends the check early. */
  stop(reason: string): void {
    this.check.stop(reason)
  }

  /** The result so far. */
  async result(): Promise<CheckResult> {
    await this.search.settle()
    const { findings, counts, exhausted, doneStates, unclearStates, bytes, heldBytes } = this.search
    const told = await this.told()
    const paths = new Map<string, Awaited<ReturnType<ParallelSearch["pathTo"]>>>()
    for (const finding of findings) paths.set(finding.property, await this.search.pathTo(finding))
    const searched = {
      ...{ findings, counts, exhausted, doneStates, unclearStates, bytes, heldBytes },
      advance: () => false,
      pathTo: ({ property }: { readonly property: string }) => paths.get(property) ?? []
    }
    return Check.after(this.check, searched, told).result()
  }

  private begin(): ParallelSearch {
    this.log = newLog()
    return new ParallelSearch(this.start({ reductions: this.check.reductions, log: this.log }))
  }

  /** The codes that the workers share. */
  private get codes(): SharedCodes {
    return new SharedCodes(this.log, this.check.space)
  }

  private async told(): Promise<Statistics> {
    const told = await this.search.told()
    return this.toldBefore === undefined ? told : merged([this.toldBefore, told])
  }
}
