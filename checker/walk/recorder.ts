/**
 * Counts the runs of a batch.
 */
import type { Network } from "../network/network.ts"
import { add, emptyTally, type Tally, type WalkFinding } from "../tally.ts"
import type { StrategyName } from "./strategy.ts"

export class Recorder {
  private readonly counts = {
    runs: 0,
    steps: 0,
    longest: 0,
    completed: 0,
    stuck: 0,
    cut: 0,
    violated: 0
  }
  private readonly strategies: Partial<Record<StrategyName, { runs: number; violated: number }>> =
    {}
  private readonly findings: Array<WalkFinding> = []
  private strategy: StrategyName = "even"
  /** The tallies of networks that have been replaced. */
  private past: Tally = emptyTally
  private callsBefore: number

  constructor(network: Network) {
    this.callsBefore = network.processes.transitionCalls
    network.locals.transitions.kindCounts.fill(0)
  }

  beginRun(strategy: StrategyName): void {
    this.strategy = strategy
  }

  endRun(ending: "completed" | "stuck" | "cut", steps: number, violated: boolean): void {
    const { counts, strategies, strategy } = this
    counts.runs++
    counts.steps += steps
    counts.longest = Math.max(counts.longest, steps)
    counts[ending]++
    const own = strategies[strategy] ?? { runs: 0, violated: 0 }
    strategies[strategy] = own
    own.runs++
    if (!violated) return
    counts.violated++
    own.violated++
  }

  /** The recorder keeps only the first failure of each property. */
  note(property: string, run: number, steps: number): void {
    if (!this.hasFound(property)) this.findings.push({ property, run, steps })
  }

  hasFound(property: string): boolean {
    return this.findings.some((finding) => finding.property === property)
  }

  /** The network is no longer used. */
  leave(network: Network): void {
    this.past = add(this.past, this.toldBy(network))
    this.callsBefore = 0
  }

  tally(network: Network): Tally {
    const { counts, strategies, findings } = this
    return add(
      { ...emptyTally, ...counts, strategies: copied(strategies), findings: [...findings] },
      add(this.past, this.toldBy(network))
    )
  }

  private toldBy({ locals, processes, judgement }: Network): Tally {
    const { kinds, kindCounts } = locals.transitions
    const actions = kindCounts.flatMap((count, kind) =>
      count > 0 ? [[kinds.value(kind), count] as const] : []
    )
    return {
      ...emptyTally,
      actions: Object.fromEntries(actions),
      reached: [...judgement.reached].sort(),
      boundsReached: [...locals.boundsReached].sort(),
      transitionCalls: processes.transitionCalls - this.callsBefore
    }
  }
}

const copied = (strategies: Tally["strategies"]): Tally["strategies"] =>
  Object.fromEntries(Object.entries(strategies).map(([name, counts]) => [name, { ...counts }]))
