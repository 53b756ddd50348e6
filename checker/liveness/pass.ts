/**
 * The decision of liveness, after a search: is there a fair run in which a demand stays open for ever?
 *
 * Such a run, where there are finitely many states, ends in a set of open states that it visits again and again, all in
 * one strongly connected component of the open states (one state in which it stutters being a component too). So every
 * component is looked at, terminal or not, and asked whether a fair run can stay in it. The edges are not stored: each
 * visited state is expanded once more, those in components of several states a few times more.
 */

import { Integers } from "../engine/integers.ts"
import { Components } from "./components.ts"
import { FairComponents, type FairSet } from "./fair-component.ts"
import type { Demand, FairSpace, Lasso, Visited } from "./fair-space.ts"
import { fairLoop } from "./loop.ts"
import { Region } from "./region.ts"

/** The most demands that are decided at a time: each has a bit. */
const most = 31

/** Where a demand was found to be violated: by stuttering in a state, and by staying in a set. */
interface Violation {
  /** Of the states to stutter in, a nearest one, and how many steps it takes to get there. */
  stutter: { readonly number: number; readonly depth: number } | undefined
  /** Of the sets to stay in, a nearest one, the nearest state in it, and how many steps it takes to get there. */
  set: { readonly first: number; readonly depth: number; readonly fair: FairSet } | undefined
}

export class LivenessPass {
  /** Per demand, in order: whether any state was open, so that there was something to decide. */
  readonly spoken: Array<boolean>
  private readonly space: FairSpace
  private readonly visited: Visited
  private readonly demands: ReadonlyArray<Demand>
  private readonly violations: ReadonlyArray<Violation>
  private readonly regions: Array<Region | undefined>
  private fairComponents: FairComponents | undefined
  private readonly state: Int32Array
  /** The demands that are being decided begin with this one. */
  private first = 0
  private components: Components

  constructor(space: FairSpace, visited: Visited, demands: ReadonlyArray<Demand>) {
    this.space = space
    this.visited = visited
    this.demands = demands
    this.spoken = demands.map(() => false)
    this.violations = demands.map(() => ({ stutter: undefined, set: undefined }))
    this.regions = demands.map((demand) =>
      demand.made === "anywhere" ? undefined : new Region(space, visited, demand)
    )
    this.state = new Int32Array(space.width)
    this.components = this.begin()
  }

  /** Expands up to `count` more states. Returns false when every demand is decided. */
  advance(count: number): boolean {
    if (this.first >= this.demands.length) return false
    if (this.components.advance(count)) return true
    this.first += most
    if (this.first >= this.demands.length) return false
    this.components = this.begin()
    return true
  }

  /** Whether the demand with this index is violated. */
  isViolated(demand: number): boolean {
    const { stutter, set } = this.violations[demand] as Violation
    return stutter !== undefined || set !== undefined
  }

  /** How the demand with this index is violated, by the shorter of the ways that are known; undefined if it is not. */
  lassoOf(demand: number): Lasso | undefined {
    const { stutter, set } = this.violations[demand] as Violation
    const { isOpen } = this.demands[demand] as Demand
    const stuttering = stutter === undefined ? undefined : this.lassoTo(demand, stutter.number, [])
    const staying =
      set && this.lassoTo(demand, set.first, fairLoop(this.ofFairness(), set.fair, set.first, isOpen))
    if (stuttering === undefined || staying === undefined) return stuttering ?? staying
    return lengthOf(stuttering) <= lengthOf(staying) ? stuttering : staying
  }

  /** The memory that the decision takes, besides the visited states. */
  get bytes(): number {
    const regions = this.regions.reduce((sum, region) => sum + (region?.bytes ?? 0), 0)
    return this.components.bytes + (this.fairComponents?.bytes ?? 0) + regions
  }

  private begin(): Components {
    return new Components({
      size: this.visited.size,
      isRoot: (number) => this.visited.has(number) && this.openAt(number) !== 0,
      successors: (number, into) => this.successors(number, into),
      found: (members) => this.found(members)
    })
  }

  /** The demands that are open in a state, one bit each, whether they have been made or not. */
  private open(state: Int32Array): number {
    let bits = 0
    const count = Math.min(most, this.demands.length - this.first)
    for (let bit = 0; bit < count; bit++) {
      if ((this.demands[this.first + bit] as Demand).isOpen(state)) bits |= 1 << bit
    }
    return bits
  }

  /** The demands that have been made and are still open in a visited state. Leaves the state in `this.state`. */
  private openAt(number: number): number {
    this.visited.read(number, this.state)
    let bits = this.open(this.state)
    for (let bit = 0; bits >> bit !== 0; bit++) {
      const region = this.regions[this.first + bit]
      if (region !== undefined && !region.has(number)) bits &= ~(1 << bit)
    }
    return bits
  }

  /** The states in which, after this one, some demand is still open. If no class obliges to leave it, a run may stay. */
  private successors(number: number, into: Integers): void {
    const { space, visited, state } = this
    const bits = this.openAt(number)
    this.speak(bits)
    let mayStay = true
    space.expand(state, {
      visit: (label) => {
        // What was made before this state and is still open after it was made before that one too.
        const next = (this.open(space.successor) & bits) === 0 ? -1 : visited.find(space.successor)
        if (next === number) return
        if (next >= 0) into.push(next)
        if (mayStay && space.fairness.classesOf(state, label).length > 0) mayStay = false
      }
    })
    if (mayStay) this.violateHere(number, bits)
  }

  private found(members: Int32Array): void {
    const sets = new Map<number, Integers>()
    for (const number of members) {
      const bits = this.openAt(number)
      for (let bit = 0; bits >> bit !== 0; bit++) {
        if ((bits & (1 << bit)) === 0) continue
        const set = sets.get(bit) ?? new Integers()
        sets.set(bit, set)
        set.push(number)
      }
    }
    for (const [bit, numbers] of sets) this.decide(bit, members, numbers.from(0))
  }

  /** Looks for a fair run in the states of a component in which this demand is open. */
  private decide(bit: number, component: Int32Array, open: Int32Array): void {
    const { isOpen } = this.demands[this.first + bit] as Demand
    const fair = this.ofFairness()
    const parts = open.length === component.length ? [component] : fair.components(open, isOpen)
    for (const part of parts) {
      const fairSet = fair.fairPart(part, isOpen)
      if (fairSet === undefined) continue
      const violation = this.violations[this.first + bit] as Violation
      for (const first of fairSet.members) {
        const depth = this.depthOf(first, violation.set?.depth)
        if (depth < (violation.set?.depth ?? Number.POSITIVE_INFINITY))
          violation.set = { first, depth, fair: fairSet }
      }
    }
  }

  private lassoTo(demand: number, first: number, loop: Lasso["loop"]): Lasso {
    const made = this.regions[demand]?.wayTo(first) ?? [first]
    const before = this.wayTo(made[0] as number)
    return { stem: [...before.slice(0, -1), ...made], made: before.length - 1, loop }
  }

  /** A run may stutter in this state, where these demands are open. */
  private violateHere(number: number, bits: number): void {
    const depth = this.depthOf(number)
    for (let bit = 0; bits >> bit !== 0; bit++) {
      if ((bits & (1 << bit)) === 0) continue
      const violation = this.violations[this.first + bit] as Violation
      const known = violation.stutter
      if (known === undefined || depth < known.depth || (depth === known.depth && number < known.number))
        violation.stutter = { number, depth }
    }
  }

  /** How many steps lead to a state, by the way on which it was found; or `most`, if it is as many or more. */
  private depthOf(number: number, most = Number.POSITIVE_INFINITY): number {
    let depth = -1
    for (let at = number; at >= 0 && depth < most; at = this.visited.parentOf(at)) depth++
    return depth
  }

  private speak(bits: number): void {
    for (let bit = 0; bits >> bit !== 0; bit++)
      if ((bits & (1 << bit)) !== 0) this.spoken[this.first + bit] = true
  }

  private wayTo(number: number): ReadonlyArray<number> {
    const way: Array<number> = []
    for (let at = number; at >= 0; at = this.visited.parentOf(at)) way.unshift(at)
    return way
  }

  private ofFairness(): FairComponents {
    this.fairComponents ??= new FairComponents(this.space, this.visited)
    return this.fairComponents
  }
}

const lengthOf = ({ stem, loop }: Lasso): number => stem.length + loop.length
