/**
 * Checking a scenario with several workers: as `Check` does it alone, with the same outcome.
 */
import { Check, type CheckOptions, type CheckResult } from "../check.ts"
import { newLog } from "../engine/shared-codes.ts"
import { PromiseBroken } from "../network/process-table.ts"
import type { ReductionName } from "../network/reductions.ts"
import type { LoadedScenario } from "../scenario/load.ts"
import { ParallelSearch, type WorkerPort } from "./conductor.ts"

/** What every worker of a search is told at its beginning. */
export interface WorkersSetup {
  readonly reductions: ReadonlyArray<ReductionName>
  readonly log: SharedArrayBuffer
}

/** Starts the workers of a search; those of an earlier one are done. */
export type StartWorkers = (setup: WorkersSetup) => ReadonlyArray<WorkerPort>

export class ParallelCheck {
  readonly scenario: LoadedScenario
  /** What a check by one worker would know, but for the search. */
  private readonly check: Check
  private readonly start: StartWorkers
  private search: ParallelSearch

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

  get counts() {
    return this.search.counts
  }

  get bytes(): number {
    return this.search.bytes
  }

  /** Does some more. Returns false when the check is over. */
  async advance(): Promise<boolean> {
    try {
      const more = await this.search.advance((findings) => this.check.isDecided(findings))
      if (!more && !this.search.exhausted) this.stop("a violation was found")
      return more
    } catch (error) {
      if (!(error instanceof PromiseBroken)) throw error
      this.check.restartWithout(error)
      this.search = this.begin()
      return true
    }
  }

  /** Ends the check before its time. */
  stop(reason: string): void {
    this.check.stop(reason)
  }

  /** What is known by now. */
  async result(): Promise<CheckResult> {
    const { findings, counts, exhausted, doneStates, bytes } = this.search
    const told = await this.search.told()
    const paths = new Map<string, Awaited<ReturnType<ParallelSearch["pathTo"]>>>()
    for (const finding of findings) paths.set(finding.property, await this.search.pathTo(finding))
    const searched = {
      ...{ findings, counts, exhausted, doneStates, bytes },
      advance: () => false,
      pathTo: ({ property }: { readonly property: string }) => paths.get(property) ?? []
    }
    return Check.after(this.check, searched, told).result()
  }

  private begin(): ParallelSearch {
    return new ParallelSearch(this.start({ reductions: this.check.reductions, log: newLog() }))
  }
}
