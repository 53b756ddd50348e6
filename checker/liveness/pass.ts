/**
 * Decides liveness after a search: is there a fair run in which a demand stays open forever?
 *
 * In a finite graph such a run ends in a set of open states that it visits infinitely often, all in
 * one strongly connected component of the open states (a single state in which the run stutters is
 * a component too). So the pass asks of every component, terminal or not, whether a fair run can
 * stay in it. It stores no edges in general: it expands each visited state once or twice more for
 * all demands together, and the states of larger components a few more times.
 */

import { Integers } from "../engine/integers.ts"
import { Components } from "./components.ts"
import { FairComponents, type FairSet, type Kind } from "./fair-component.ts"
import type { Demand, FairSpace, Lasso, Visited } from "./fair-space.ts"
import { fairLoop } from "./loop.ts"
import { maxTogether, Owed } from "./owed.ts"
import { Region } from "./region.ts"

/** The violations of a demand found so far: by stuttering in a state, and by staying in a set. */
interface Violation {
  /** A nearest state in which a run may stutter, and its depth. */
  stutter: { readonly number: number; readonly depth: number } | undefined
  /** A nearest set in which a run may stay, the nearest state in it, and that state's depth. */
  set: { readonly first: number; readonly depth: number; readonly fair: FairSet } | undefined
}

export class LivenessPass {
  /**
   * Per demand, in order: whether it was owed in any state, so that there was something to decide.
   */
  readonly spoken: Array<boolean>
  private readonly space: FairSpace
  private readonly visited: Visited
  private readonly demands: ReadonlyArray<Demand>
  private readonly violations: ReadonlyArray<Violation>
  private fairComponents: FairComponents | undefined
  private readonly state: Int32Array
  /** The index of the first of the demands being decided. */
  private first = 0
  private owed: Owed
  private components: Components | undefined
  private readonly work: Generator<void>

  constructor(space: FairSpace, visited: Visited, demands: ReadonlyArray<Demand>) {
    this.space = space
    this.visited = visited
    this.demands = demands
    this.spoken = demands.map(() => false)
    this.violations = demands.map(() => ({ stutter: undefined, set: undefined }))
    this.state = new Int32Array(space.width)
    this.owed = this.owedFrom(0)
    this.work = this.decideAll()
  }

  /** Processes up to `count` more states. Returns false when every demand is decided. */
  advance(count: number): boolean {
    for (let done = 0; done < count; done++) if (this.work.next().done) return false
    return true
  }

  /** Whether the demand with this index is violated. */
  isViolated(demand: number): boolean {
    const { stutter, set } = this.violations[demand] as Violation
    return stutter !== undefined || set !== undefined
  }

  /**
   * The shorter of the known violations of the demand with this index; undefined if it is not
   * violated.
   */
  lassoOf(demand: number): Lasso | undefined {
    const { stutter, set } = this.violations[demand] as Violation
    const stuttering = stutter === undefined ? undefined : this.lassoTo(demand, stutter.number, [])
    const staying = set && this.lassoTo(demand, set.first, this.loopIn(demand, set.first, set.fair))
    if (stuttering === undefined || staying === undefined) return stuttering ?? staying
    return lengthOf(stuttering) <= lengthOf(staying) ? stuttering : staying
  }

  /** The memory of the pass beyond the visited states, in bytes. */
  get bytes(): number {
    return this.owed.bytes + (this.components?.bytes ?? 0) + (this.fairComponents?.bytes ?? 0)
  }

  private *decideAll(): Generator<void> {
    for (; this.first < this.demands.length; this.first += maxTogether) {
      if (this.first > 0) this.owed = this.owedFrom(this.first)
      yield* this.owed.work()
      this.components = new Components({
        size: this.visited.size,
        isRoot: (number) => this.owed.tail[number] !== 0,
        successors: (number, into) => this.successors(number, into),
        found: (members) => this.found(members)
      })
      while (this.components.advance(1)) yield
    }
  }

  private owedFrom(first: number): Owed {
    return new Owed(this.space, this.visited, this.demands.slice(first, first + maxTogether))
  }

  /**
   * The successors of a state in which some demand is still open. If no class obliges a run to
   * leave the state, a run may stutter in it.
   */
  private successors(number: number, into: Integers): void {
    const { space, visited, state } = this
    const { tail, owed } = this.owed
    const bits = tail[number] as number
    this.speak(owed[number] as number)
    visited.read(number, state)
    let mayStay = true
    const obliges = (label: number) => {
      if (mayStay && space.fairness.classesOf(state, label).length > 0) mayStay = false
    }
    space.expand(state, {
      visit: (label) => {
        const next = visited.find(space.successor)
        if (next === number) return
        // A demand that is owed here and open in the next state is owed there too.
        if (((tail[next] as number) & bits) !== 0) into.push(next)
        obliges(label)
      },
      leave: obliges
    })
    if (mayStay) this.violateHere(number, bits)
  }

  private found(members: Int32Array): void {
    const sets = new Map<number, Integers>()
    for (const number of members) {
      const bits = this.owed.tail[number] as number
      for (let bit = 0; bits >> bit !== 0; bit++) {
        if ((bits & (1 << bit)) === 0) continue
        const set = sets.get(bit) ?? new Integers()
        sets.set(bit, set)
        set.push(number)
      }
    }
    const decide = () => {
      for (const [bit, numbers] of sets) this.decide(bit, members, numbers.from(0))
    }
    if (sets.size === 1) decide()
    else this.ofFairness().keeping(members, decide)
  }

  /** Looks for a fair run in the states of a component in which this demand is open. */
  private decide(bit: number, component: Int32Array, open: Int32Array): void {
    const fair = this.ofFairness()
    const { tail } = this.owed
    const inside: Kind = (number) => ((tail[number] as number) & (1 << bit)) !== 0
    const again = this.kindsOf(this.first + bit)
    const parts = open.length === component.length ? [component] : fair.components(open, inside)
    for (const part of parts) {
      const fairSet = fair.fairPart(part, inside, again)
      if (fairSet === undefined) continue
      const violation = this.violations[this.first + bit] as Violation
      for (const first of fairSet.members) {
        const depth = this.depthOf(first, violation.set?.depth)
        if (depth < (violation.set?.depth ?? Number.POSITIVE_INFINITY))
          violation.set = { first, depth, fair: fairSet }
      }
    }
  }

  /** The kinds of states that a violating run visits infinitely often. */
  private kindsOf(demand: number): ReadonlyArray<Kind> {
    const { again = [] } = this.demands[demand] as Demand
    return again.map((isOne) => (number: number) => {
      this.visited.read(number, this.state)
      return isOne(this.state)
    })
  }

  private loopIn(demand: number, first: number, fair: FairSet): Lasso["loop"] {
    const { isOpen, within } = this.demands[demand] as Demand
    const state = new Int32Array(this.space.width)
    const inside: Kind = (number) => {
      this.visited.read(number, state)
      return isOpen(state) && within?.(state) !== false
    }
    return fairLoop(this.ofFairness(), fair, first, inside)
  }

  private lassoTo(demand: number, first: number, loop: Lasso["loop"]): Lasso {
    const one = this.demands[demand] as Demand
    const region = one.made === "anywhere" ? undefined : new Region(this.space, this.visited, one)
    const made = region?.wayTo(first) ?? [first]
    const before = this.wayTo(made[0] as number)
    return { stem: [...before.slice(0, -1), ...made], made: before.length - 1, loop }
  }

  /** Records that a run may stutter in this state, where these demands are open. */
  private violateHere(number: number, bits: number): void {
    for (let bit = 0; bits >> bit !== 0; bit++) {
      if ((bits & (1 << bit)) === 0) continue
      if (!this.kindsOf(this.first + bit).every((kind) => kind(number))) continue
      const violation = this.violations[this.first + bit] as Violation
      const known = violation.stutter
      const depth = this.depthOf(number, known && known.depth + 1)
      if (
        known === undefined ||
        depth < known.depth ||
        (depth === known.depth && number < known.number)
      )
        violation.stutter = { number, depth }
    }
  }

  /**
   * The depth of a state along the path on which the search found it, or `most` if that is less.
   */
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
