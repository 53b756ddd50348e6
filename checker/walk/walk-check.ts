/**
 * Checks a scenario by random walks, through the same interface as `Check`. A property that was not
 * violated stays open, however many runs there were.
 */
import type { AnyProperty } from "../../spec/kernel/property.ts"
import { deadlockFreedom } from "../engine/findings.ts"
import type { Counts } from "../engine/search.ts"
import { livePropertiesOf } from "../network/model.ts"
import { PromiseBroken } from "../network/process-table.ts"
import type { ReductionName } from "../network/reductions.ts"
import {
  aboutDeadlock,
  type CheckResult,
  isAsExpected,
  isBroken,
  isDecided,
  kindOf,
  type PropertyResult,
  type Verdict
} from "../result.ts"
import { type RunningCheck, withoutBroken } from "../running-check.ts"
import type { LoadedScenario } from "../scenario/load.ts"
import type { Batch, Tally } from "../tally.ts"
import { counterexampleOf } from "./counterexample.ts"
import { walkReductions } from "./step.ts"
import { batchAt, Swarm } from "./swarm.ts"
import { Walk, type WalkOptions } from "./walk.ts"

export const defaultRuns = 10_000
export const defaultMaxSteps = 10_000

/** Which runs a check takes. */
export interface Runs extends Batch {
  readonly seed: number
  /** The maximum number of steps of a run. */
  readonly maxSteps: number
}

/** The result of a check, with the results of the walks. */
export interface WalkResult extends CheckResult {
  readonly walk: Tally & { readonly seed: number }
}

export class WalkCheck implements RunningCheck {
  readonly scenario: LoadedScenario
  /**
   * For workers: each takes batches with `batchAt`, and reports their results to `swarm.finish`.
   */
  swarm: Swarm
  options: WalkOptions
  /** A walk neither counts distinct states nor keeps any. */
  readonly bytes = 0
  readonly heldBytes = 0
  private readonly notes: Array<string> = []
  private walk: Walk
  private batch = 0
  /** The results of batches that workers did not finish. */
  private unfinished: ReadonlyArray<Tally> = []
  private stopReason: string | undefined

  constructor(scenario: LoadedScenario, runs: Runs, reductions: ReadonlyArray<ReductionName>) {
    this.scenario = scenario
    const live = livePropertiesOf(scenario.model).map(({ name }) => name)
    if (live.length > 0)
      this.notes.push(`random runs are finite and decide nothing about ${live.join(" and ")}`)
    this.options = walkOptionsOf(scenario, runs, reductions)
    this.swarm = swarmOf(scenario, runs)
    this.walk = new Walk(scenario.model, this.options)
    this.beginBatch()
  }

  /** The results of the runs so far. */
  get tally(): Tally {
    return this.swarm.known([...this.unfinished, this.walk.tally])
  }

  get moves(): number {
    return this.walk.moves
  }

  /** The number of steps taken, and the maximum of a run; a walk counts no states. */
  get counts(): Counts {
    const { steps, longest } = this.tally
    return { distinct: 0, generated: steps, depth: longest, frontier: 0 }
  }

  /** Takes up to `steps` more steps. Returns false when the check has ended. */
  advance(steps: number): boolean {
    try {
      this.walkOn(steps)
    } catch (error) {
      if (!(error instanceof PromiseBroken)) throw error
      this.restartWithout(error)
    }
    return !this.swarm.over
  }

  /** Reductions relied on a broken promise: takes all runs again without them. */
  restartWithout(broken: Pick<PromiseBroken, "reductions" | "message">): void {
    const { scenario, options, swarm } = this
    const { left, note } = withoutBroken(options.reductions, broken)
    this.notes.push(note)
    this.options = { ...options, reductions: left }
    this.swarm = swarmOf(scenario, swarm.runs)
    this.walk = new Walk(scenario.model, this.options)
    this.batch = 0
    this.unfinished = []
    this.beginBatch()
  }

  /** A walk keeps nothing that could be moved out of memory. */
  putAway(): void {}

  /** Ends the check early. */
  stop(reason: string): void {
    this.stopReason = reason
  }

  /** Adds the results of batches that workers did not finish. */
  include(unfinished: ReadonlyArray<Tally>): void {
    this.unfinished = [...this.unfinished, ...unfinished]
  }

  /** The result so far. */
  result(): WalkResult {
    const { tally, scenario, options } = this
    const properties = this.propertyResults(tally)
    const violated = properties.some(isBroken)
    return {
      scenario,
      verdict: violated ? "violated" : "inconclusive",
      asExpected: violated && properties.every(isAsExpected),
      properties,
      reductions: options.reductions,
      notes: this.notes,
      exhaustive: false,
      stopped:
        this.stopReason ?? (this.swarm.decided ? "a violation was found" : "every run was taken"),
      boundsReached: tally.boundsReached,
      counts: this.counts,
      engine: {
        transitionCalls: tally.transitionCalls,
        memoHitRate: Math.max(0, 1 - tally.transitionCalls / Math.max(1, tally.steps)),
        bytesPerState: 0
      },
      actions: tally.actions,
      vacuous: [],
      walk: { ...tally, seed: options.seed }
    }
  }

  private walkOn(steps: number): void {
    const { walk, swarm } = this
    const end = walk.moves + steps
    while (!swarm.over && walk.moves < end) {
      if (walk.advance(end - walk.moves)) continue
      swarm.finish(this.batch, walk.tally)
      this.batch++
      this.beginBatch()
    }
  }

  private beginBatch(): void {
    this.walk.begin(batchAt(this.batch, this.swarm.runs) ?? { from: 0, to: 0 })
  }

  private propertyResults(tally: Tally): ReadonlyArray<PropertyResult> {
    const { scenario } = this
    const named = scenario.model.properties.map((property) =>
      this.propertyResult(tally, property.name, property)
    )
    return scenario.checksDeadlock
      ? [...named, this.propertyResult(tally, deadlockFreedom, undefined)]
      : named
  }

  private propertyResult(
    tally: Tally,
    name: string,
    property: AnyProperty | undefined
  ): PropertyResult {
    const { scenario, options } = this
    const finding = tally.findings.find((one) => one.property === name)
    const kind = kindOf(property)
    const verdict: Verdict = tally.reached.includes(name)
      ? "holds"
      : finding
        ? "violated"
        : "inconclusive"
    const expected = scenario.expect.get(name)
    const broken = { kind, about: property?.about ?? aboutDeadlock }
    const counterexample = finding && counterexampleOf(scenario, options, finding, broken)
    return { name, kind, verdict, expected, counterexample }
  }
}

/** How the runs of a scenario are walked, on any thread. */
export const walkOptionsOf = (
  scenario: LoadedScenario,
  { seed, maxSteps }: Runs,
  reductions: ReadonlyArray<ReductionName>
): WalkOptions => ({
  seed,
  maxSteps,
  checksDeadlock: scenario.checksDeadlock,
  reductions: walkReductions(reductions, scenario.model)
})

const swarmOf = (scenario: LoadedScenario, runs: Batch): Swarm =>
  new Swarm(runs, (findings) => isDecided(scenario, findings))
