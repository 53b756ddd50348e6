/**
 * Chooses the next step of a run by the run's strategy. The chooser may examine the transitions in
 * any order: each gets a key that is a hash of the run, the step and the transition, and the
 * largest key wins.
 */
import type { Network } from "../network/network.ts"
import { noFault } from "../network/transitions.ts"
import { category, Features } from "./features.ts"
import { draw, fraction, scramble, scrambleBoth } from "./random.ts"
import { passiveNodes, prepare } from "./step.ts"
import { type Drawn, type Strategy, strategyOf } from "./strategy.ts"

/**
 * The tiers, first to last: a crash whose time has come, free transitions, waiting ones, held back
 * ones, other crashes.
 */
const tier = { due: 4, free: 3, waiting: 2, held: 1, last: 0 } as const

const tierUnit = 2 ** 50
const rankUnit = 2 ** 32
/** A rank is the first bits of a word, so that tier, rank and word fit into one exact number. */
const rankShift = 14

export class Chooser {
  private readonly network: Network
  private readonly features: Features
  /** The slots of the nodes that receive requests. */
  private readonly servers: ReadonlyArray<number>
  private strategy: Strategy
  private ordersEvenly = true
  private readonly thresholds = new Float64Array(Object.keys(category).length)
  /** Two words of the run, and two of the step. */
  private runFirst = 0
  private runSecond = 0
  private stepFirst = 0
  private stepSecond = 0
  private step = 0
  private crashDue = false

  constructor(network: Network) {
    this.network = network
    this.features = new Features(network)
    this.servers = passiveNodes(network.model)
    this.strategy = strategyOf(0, 0, this.servers.length)
  }

  begin(strategy: Strategy, seed: number, run: number): void {
    this.strategy = strategy
    this.ordersEvenly = strategy.order.by === "message" && strategy.order.period === 0
    strategy.shares.forEach((share, number) => {
      this.thresholds[number] = share * 2 ** 32
    })
    this.runFirst = draw(seed, run, "first word")
    this.runSecond = draw(seed, run, "second word")
  }

  /**
   * The transition to take from this state, as step number `step` of the run; -1 if there is none.
   */
  choose(state: Int32Array, step: number): number {
    const { locals } = this.network
    prepare(this.network, state)
    const due = this.network.dueFault(state)
    if (due >= 0) return due
    const spoken = this.network.spoken(state)
    if (this.features.known < locals.transitions.size) this.features.update()
    this.beginStep(step)
    const { firstTransition, lastTransition } = locals
    let best = -1
    let bestKey = -1
    const consider = (label: number, slot: number) => {
      const key = this.keyOf(label, slot)
      if (key > bestKey || (key === bestKey && this.features.precedes(label, best))) {
        best = label
        bestKey = key
      }
    }
    for (let slot = 0; slot < locals.nodes.length; slot++) {
      const local = state[slot] as number
      const last = lastTransition.items[local] as number
      for (let label = firstTransition.items[local] as number; label < last; label++) {
        const fault = locals.transitions.faultOf.items[label] as number
        if (fault !== noFault && !this.network.mayFail(state, slot, fault)) continue
        consider(label, slot)
      }
    }
    for (const label of spoken) consider(label, locals.transitions.slotOf.items[label] as number)
    return best
  }

  private beginStep(step: number): void {
    this.step = step
    this.stepFirst = scrambleBoth(this.runFirst, step)
    this.stepSecond = scrambleBoth(this.runSecond, step)
    this.crashDue = fraction(this.stepFirst ^ this.stepSecond) < this.strategy.crashing
  }

  private keyOf(label: number, slot: number): number {
    const { features } = this
    const message = features.groups.message[label] as number
    const word = scramble((scramble(message ^ this.stepFirst) + this.stepSecond) | 0) >>> 0
    const kind = features.categories[label] as number
    if (kind === category.crash) return (this.crashDue ? tier.due : tier.last) * tierUnit + word
    const rank = this.ordersEvenly
      ? 0
      : this.drawn(this.strategy.order, label, this.runFirst) >>> rankShift
    return this.tierOf(label, kind, slot) * tierUnit + rank * rankUnit + word
  }

  private tierOf(label: number, kind: number, slot: number): number {
    const { strategy } = this
    if (kind === category.request && strategy.missed > 0)
      return this.misses(label, slot) ? tier.held : tier.free
    const threshold = this.thresholds[kind] as number
    if (threshold === 0 || this.drawn(strategy.hold, label, this.runSecond) >= threshold)
      return tier.free
    return kind === category.invocation ? tier.waiting : tier.held
  }

  /** The word that the group of a transition draws at this step. */
  private drawn({ by, period }: Drawn, label: number, run: number): number {
    const group = this.features.groups[by][label] as number
    const draws = (this.step + (group & ((1 << period) - 1))) >>> period
    return scramble((scramble(group ^ run) + Math.imul(draws, 0x9e3779b9)) | 0) >>> 0
  }

  /** Whether the node at this slot is one of those that the request misses. */
  private misses(label: number, slot: number): boolean {
    const request = this.runSecond ^ (this.features.broadcasts[label] as number)
    for (let number = 0; number < this.strategy.missed; number++) {
      const missed = (scrambleBoth(request, number) >>> 0) % this.servers.length
      if (this.servers[missed] === slot) return true
    }
    return false
  }
}
