/**
 * The search: visits every state that can be reached, and notes which properties fail where.
 *
 * It does a piece of work at a time (`advance`) and knows no clock: whoever drives it looks at the time, the
 * memory and the user between two pieces. The same space gives the same counts and the same findings in the same
 * order, every time.
 */
import { OwnCodes } from "./code-book.ts"
import type { Finding } from "./findings.ts"
import { type Fingerprint, Layout } from "./packing.ts"
import { type Keeping, Shard } from "./shard.ts"
import type { Space } from "./space.ts"

/** The order in which states are expanded. Breadth-first finds shortest violations. */
export type Order = "bfs" | "dfs"

/** How far a search has come. */
export interface Counts {
  readonly distinct: number
  /** Transitions plus initial states. */
  readonly generated: number
  /** The most steps from an initial state to a state that was found, on the path on which it was found. */
  readonly depth: number
  /** States that were found and not yet expanded. */
  readonly frontier: number
}

/** Says of what was found by now that it is enough. */
export type Decided = (findings: ReadonlyArray<Finding>) => boolean
export const never: Decided = () => false

/**
 * How many states of each partition a round expands: few at the beginning, so that a search that soon finds what it
 * looks for soon ends; later enough to add many states to one partition together.
 */
export const rowsOfRound = (distinct: number): number =>
  Math.max(leastRows, Math.min(mostRows, distinct >>> 8))
const leastRows = 4
const mostRows = 1 << 11

/** Whether no nearer failures can be found any more, while a level is expanded, than those that were found. */
export const areNearest = (findings: ReadonlyArray<Finding>, level: number): boolean =>
  findings.every(({ depth }) => depth <= level + 1)

/** A breadth-first search by one worker. */
export class Search {
  readonly shard: Shard
  private round = 0
  private level = -1
  private isOver = false
  /** Whether a round has begun and is not done. */
  private isInRound = false

  constructor(space: Space, checksDeadlock: boolean, keeping: Keeping = "states") {
    const codes = new OwnCodes(space.width)
    this.shard = new Shard({ space, codes, keeping, checksDeadlock, index: 0, count: 1 })
    this.begin()
  }

  /** Of each property, the nearest failure that was found. */
  get findings(): ReadonlyArray<Finding> {
    return this.shard.findings.all
  }

  get counts(): Counts {
    const { distinct, expanded, generated, depth } = this.shard
    return { distinct, generated, depth, frontier: distinct - expanded }
  }

  get doneStates(): number {
    return this.shard.doneStates
  }

  /** The memory of the visited states. */
  get bytes(): number {
    return this.shard.visitedBytes
  }

  /** True when every state that was found has been expanded. */
  get exhausted(): boolean {
    return this.isOver
  }

  /**
   * Expands up to `count` more states, but none after findings at which `decided` says that it knows enough: so a
   * search ends at the same state, whatever the pieces of work are. Returns false when the search is over.
   */
  advance(count: number, decided: Decided = never): boolean {
    let left = count
    while (left > 0) {
      if (this.isOver || (!this.isInRound && this.isDecided(decided))) return false
      if (!this.isInRound) this.beginRound()
      const done = this.shard.expandSome(left)
      if (done === left) return true
      left -= done
      this.endRound()
    }
    return true
  }

  /** The fingerprints of the states on the way to a finding, from an initial state on. */
  pathTo({ state }: Finding): ReadonlyArray<Fingerprint> {
    const path: Array<Fingerprint> = []
    for (let at = state; at >= 0; at = this.shard.parentOf(at)) path.unshift(this.shard.fingerprintOf(at))
    return path
  }

  private begin(): void {
    const { shard } = this
    shard.beginRound(0, 0)
    for (shard.seed(); shard.packing.isOutgrown; shard.seed()) this.startAgain()
    this.takeIn()
  }

  private beginRound(): void {
    this.isInRound = true
    this.shard.beginRound(++this.round, rowsOfRound(this.shard.distinct))
  }

  private endRound(): void {
    if (this.shard.packing.isOutgrown) this.startAgain()
    else {
      this.isInRound = false
      this.takeIn()
    }
  }

  /** What was met does not fit: the round is done again with more room. */
  private startAgain(): void {
    const { shard } = this
    shard.startAgain()
    shard.change(new Layout(shard.packing.needs))
  }

  /** Takes in what the round has found, and goes on to the next level that has states if this one has no more. */
  private takeIn(): void {
    const { shard } = this
    shard.takeIn([shard.found])
    shard.endRound()
    while (!shard.hasMore) {
      if (shard.isSpent) {
        this.isOver = true
        return
      }
      shard.enter(++this.level)
    }
  }

  private isDecided(decided: Decided): boolean {
    const { findings } = this
    return findings.length > 0 && areNearest(findings, this.level) && decided(findings)
  }
}
