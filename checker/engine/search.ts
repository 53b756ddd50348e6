/**
 * The search: visits every state that can be reached, and notes which properties fail where.
 *
 * It does a piece of work at a time (`advance`) and knows no clock: whoever drives it looks at the
 * time, the memory and the user between two pieces. The same space gives the same counts and the
 * same findings in the same order, every time.
 */
import { OwnCodes } from "./code-book.ts"
import type { Finding } from "./findings.ts"
import { type Fingerprint, Layout } from "./packing.ts"
import type { PageStore } from "./queue.ts"
import {
  type Archive,
  type Checksums,
  type Progress,
  readContents,
  writeContents
} from "./saving.ts"
import { type Keeping, Shard } from "./shard.ts"
import type { Space } from "./space.ts"

/** The order in which states are expanded. Breadth-first finds shortest violations. */
export type Order = "bfs" | "dfs"

/** How far a search has come. */
export interface Counts {
  readonly distinct: number
  /** Transitions plus initial states. */
  readonly generated: number
  /**
   * The most steps from an initial state to a state that was found, on the path on which it was
   * found.
   */
  readonly depth: number
  /** States that were found and not yet expanded. */
  readonly frontier: number
}

/** Says of what was found by now that it is enough. */
export type Decided = (findings: ReadonlyArray<Finding>) => boolean
export const never: Decided = () => false

/**
 * How many states a round expands: few at the beginning, so that a search that soon finds what it
 * looks for soon ends; later enough to add many states to one partition together.
 */
export const statesOfRound = (distinct: number): number =>
  Math.max(leastStates, Math.min(mostStates, distinct >>> 2))
const leastStates = 1 << 8
const mostStates = 1 << 17

/**
 * Whether no nearer failures can be found any more, while a level is expanded, than those that were
 * found.
 */
export const areNearest = (findings: ReadonlyArray<Finding>, level: number): boolean =>
  findings.every(({ depth }) => depth <= level + 1)

export interface SearchSettings {
  readonly checksDeadlock: boolean
  /** What is kept of visited states; states where nothing is said. */
  readonly keeping?: Keeping | undefined
  readonly pageStore?: PageStore | undefined
  /** Where an earlier run was when it was saved, and what it saved: this one goes on from there. */
  readonly from?: { readonly progress: Progress; readonly archive: Archive } | undefined
}

/** A breadth-first search by one worker. */
export class Search {
  readonly shard: Shard
  private readonly codes: OwnCodes
  private round = 0
  private level = -1
  private isOver = false
  /** Whether a round has begun and is not done. */
  private isInRound = false

  constructor(
    space: Space,
    { checksDeadlock, keeping = "states", pageStore, from }: SearchSettings
  ) {
    const codes = new OwnCodes(space)
    this.codes = codes
    this.shard = new Shard({ space, codes, keeping, checksDeadlock, index: 0, count: 1, pageStore })
    if (from === undefined) this.begin()
    else this.goOnFrom(from.progress, from.archive)
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

  get unclearStates(): number {
    return this.shard.unclearStates
  }

  /** The memory of the visited states. */
  get bytes(): number {
    return this.shard.visitedBytes
  }

  /** The memory that the search holds, but for its space's. */
  get heldBytes(): number {
    return this.shard.bytes
  }

  /** Makes room in memory, as far as something can be put away. */
  putAway(): void {
    this.shard.putAway()
  }

  /** True when every state that was found has been expanded. */
  get exhausted(): boolean {
    return this.isOver
  }

  /**
   * Expands up to `count` more states, but none after findings at which `decided` says that it
   * knows enough: so a search ends at the same state, whatever the pieces of work are. Returns
   * false when the search is over.
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
    for (let at = state; at >= 0; at = this.shard.parentOf(at))
      path.unshift(this.shard.fingerprintOf(at))
    return path
  }

  /**
   * Takes in what was found in the round that is under way, though not all of it was expanded: the
   * search cannot go on after that, but its counts are those of what it did.
   */
  settle(): void {
    if (!this.isInRound || this.shard.packing.isOutgrown) return
    this.shard.endEarly()
    this.shard.takeIn([this.shard.found])
    this.isInRound = false
  }

  /** Does what is left of the round that is under way. */
  finishRound(): void {
    while (this.isInRound) {
      this.shard.expandSome(Number.POSITIVE_INFINITY)
      this.endRound()
    }
  }

  /** Writes everything that another run needs to go on from here. No round may be under way. */
  save(archive: Archive): { readonly progress: Progress; readonly files: Checksums } {
    const { shard, round, level, findings } = this
    const { generated, doneStates, unclearStates, depth } = shard
    const { needs } = shard.packing.layout
    const files = { ...writeContents(archive, this.codes.all), ...shard.save(archive) }
    const counted = { generated, doneStates, unclearStates, depth }
    return { progress: { round, level, needs, ...counted, findings }, files }
  }

  private goOnFrom(progress: Progress, archive: Archive): void {
    this.codes.adopt(readContents(archive))
    this.shard.load(archive, progress)
    this.round = progress.round
    this.level = progress.level
  }

  private begin(): void {
    const { shard } = this
    shard.beginRound(0, 0)
    for (shard.seed(); shard.packing.isOutgrown; shard.seed()) this.startAgain()
    this.takeIn()
  }

  private beginRound(): void {
    this.isInRound = true
    this.shard.beginRound(++this.round, statesOfRound(this.shard.distinct))
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

  /**
   * Takes in what the round has found, and goes on to the next level that has states if this one
   * has no more.
   */
  private takeIn(): void {
    const { shard } = this
    shard.takeIn([shard.found])
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
