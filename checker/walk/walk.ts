/**
 * Random walks: runs from the initial state, one step at a time, for state spaces that are too
 * large to visit.
 *
 * Run number `n` of a seed is the same on every machine and for every worker that takes it. Like
 * the search, a walk does one piece of work at a time and knows no clock. It remembers no states:
 * it does not count how many distinct ones it saw.
 */
import { deadlockFreedom } from "../engine/findings.ts"
import type { Failures, Sink } from "../engine/space.ts"
import type { Event, Model } from "../network/model.ts"
import { Network } from "../network/network.ts"
import type { ReductionName } from "../network/reductions.ts"
import type { Batch, Tally } from "../tally.ts"
import { Chooser } from "./chooser.ts"
import { eventOf } from "./features.ts"
import { Recorder } from "./recorder.ts"
import { passiveNodes, takeStep, walkReductions } from "./step.ts"
import { type StrategyName, strategyOf } from "./strategy.ts"

export interface WalkOptions {
  readonly seed: number
  /** The maximum number of steps of a run. */
  readonly maxSteps: number
  readonly checksDeadlock: boolean
  readonly reductions: ReadonlyArray<ReductionName>
  /** The one strategy to use; by default, each run draws its own. */
  readonly strategy?: StrategyName
  /**
   * When the remembered part of the specification reaches this size, the walk forgets all of it, so
   * that memory is bounded.
   */
  readonly maxRemembered?: number
}

/** About a gigabyte. */
const defaultMaxRemembered = 1 << 20

export class Walk implements Sink {
  /** The number of attempted steps, in all batches: those taken, and one at the end of each run. */
  moves = 0
  private readonly model: Model
  private readonly options: WalkOptions
  private network!: Network
  private chooser!: Chooser
  private state!: Int32Array
  private recorder!: Recorder
  /**
   * The current run, the first run that is no longer to be taken, and the steps of the current run
   * so far.
   */
  private run = 0
  private end = 0
  private step = 0
  /** The properties that the run has violated. */
  private failures: Failures = 0

  constructor(model: Model, options: WalkOptions) {
    this.model = model
    this.options = options
    this.renew()
    this.begin({ from: 0, to: 0 })
  }

  /** The results of the batch's runs so far, without the current one. */
  get tally(): Tally {
    return this.recorder.tally(this.network)
  }

  /** Begins a batch of runs. The walk keeps what it remembers of the specification. */
  begin({ from, to }: Batch): void {
    this.recorder = new Recorder(this.network)
    this.run = from
    this.end = to
    if (from < to) this.beginRun()
  }

  /** Takes up to `steps` more steps. Returns false when the batch has ended. */
  advance(steps: number): boolean {
    for (let taken = 0; taken < steps && this.run < this.end; taken++) this.move()
    return this.run < this.end
  }

  /** The events of a run, up to the step that violates the property; undefined if it does not. */
  eventsTo(property: string, run: number): ReadonlyArray<Event> | undefined {
    const events: Array<Event> = []
    this.begin({ from: run, to: run + 1 })
    while (!this.recorder.hasFound(property)) {
      if (this.run === this.end) return undefined
      const label = this.move()
      if (label >= 0) events.push(eventOf(this.network, label))
    }
    return events
  }

  /** A transition was taken, to the network's successor. */
  visit(label: number): void {
    const { state, network } = this
    const { successor } = network
    for (let component = 0; component < state.length; component++) {
      state[component] = successor[component] as number
    }
    this.step++
    const failures = network.judgeTransition(label) | network.judge(state)
    if ((failures & ~this.failures) !== 0) this.fail(failures)
  }

  /** Takes one step, or ends the run. Returns the transition, or -1. */
  private move(): number {
    this.moves++
    const label = this.chooser.choose(this.state, this.step)
    if (label < 0) this.endRun(this.network.isDone(this.state) ? "completed" : "stuck")
    else if (this.step >= this.options.maxSteps) this.endRun("cut")
    else {
      takeStep(this.network, this.state, label, this)
      return label
    }
    return -1
  }

  private beginRun(): void {
    this.renewIfLarge()
    const { network, run } = this
    const { seed, strategy } = this.options
    const drawn = strategyOf(seed, run, passiveNodes(this.model).length, strategy)
    this.chooser.begin(drawn, seed, run)
    this.recorder.beginRun(drawn.name)
    this.step = 0
    this.failures = 0
    this.state.set(network.initial[0] as Int32Array)
    network.successor.set(this.state)
    const failures = network.judge(this.state)
    if (failures !== 0) this.fail(failures)
  }

  private endRun(ending: "completed" | "stuck" | "cut"): void {
    const isStuck = ending === "stuck" && this.options.checksDeadlock
    const deadlocked = isStuck && this.network.cutOf(this.state) === "not"
    if (deadlocked) this.recorder.note(deadlockFreedom, this.run, this.step)
    this.recorder.endRun(ending, this.step, deadlocked || this.failures !== 0)
    this.run++
    if (this.run < this.end) this.beginRun()
  }

  private fail(failures: Failures): void {
    const fresh = failures & ~this.failures
    this.failures |= failures
    this.network.properties.forEach((property, bit) => {
      if ((fresh & (1 << bit)) !== 0) this.recorder.note(property, this.run, this.step)
    })
  }

  private renewIfLarge(): void {
    if (this.network.remembered > (this.options.maxRemembered ?? defaultMaxRemembered)) this.renew()
  }

  private renew(): void {
    this.recorder?.leave(this.network)
    this.network = new Network(this.model, walkReductions(this.options.reductions, this.model))
    this.chooser = new Chooser(this.network)
    this.state = new Int32Array(this.network.width)
  }
}
