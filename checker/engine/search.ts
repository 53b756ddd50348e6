/**
 * The search: visits every reachable state, and records which properties fail and where.
 *
 * It works in pieces (`advance`) and knows no clock: between two pieces the caller looks at the
 * time, the memory and the user. The same space always gives the same counts and the same findings
 * in the same order.
 */
import { type CodeBook, OwnCodes } from "./code-book.ts"
import type { Finding } from "./findings.ts"
import { type Fingerprint, Layout, type Packing } from "./packing.ts"
import type { PageStore } from "./queue.ts"
import {
  type Archive,
  type Checksums,
  type Progress,
  readContents,
  writeContents
} from "./saving.ts"
import { Shard } from "./shard.ts"
import type { Space } from "./space.ts"
import type { Keeping } from "./visited-states.ts"

/** The order in which states are expanded. Breadth-first order finds shortest violations. */
export type Order = "bfs" | "dfs"

/** The progress of a search. */
export interface Counts {
  readonly distinct: number
  /** The number of transitions plus initial states. */
  readonly generated: number
  /**
   * The greatest number of steps from an initial state to a found state, along the path on which
   * the search found it.
   */
  readonly depth: number
  /** The number of states found and not yet expanded. */
  readonly frontier: number
}

/** Decides whether the findings so far are enough. */
export type Decided = (findings: ReadonlyArray<Finding>) => boolean
export const never: Decided = () => false

/**
 * The number of states that a round expands. It is small at first, so that a search that soon finds
 * a violation soon ends; later it is large enough to add many states to one partition together.
 */
export const statesOfRound = (distinct: number): number =>
  Math.max(minStates, Math.min(maxStates, distinct >>> 2))
const minStates = 1 << 8
const maxStates = 1 << 17

/**
 * True if these findings are nearest failures: the search, which is at this level, can find no
 * nearer ones.
 */
export const areNearest = (findings: ReadonlyArray<Finding>, level: number): boolean =>
  findings.every(({ depth }) => depth <= level + 1)

export interface SearchSettings {
  readonly checksDeadlock: boolean
  /** What the visited set keeps of a state; by default, the state itself. */
  readonly keeping?: Keeping | undefined
  readonly pageStore?: PageStore | undefined
  readonly sealsFrom?: number | undefined
  /** The codes of a space; by default, codes that no other search needs to know. */
  readonly codesOf?: ((space: Space) => CodeBook) | undefined
  /**
   * How another search of the same space packs states; this one goes on with what it knows, and
   * cannot be saved.
   */
  readonly packing?: Packing | undefined
  /**
   * The number of states from which `advance` returns at the end of each round; by default none.
   */
  readonly pausesFrom?: number | undefined
  /** The progress and the archive of an earlier run, which this search resumes. */
  readonly from?: { readonly progress: Progress; readonly archive: Archive } | undefined
}

/** A breadth-first search by one worker. */
export class Search {
  readonly shard: Shard
  private readonly codes: CodeBook
  private readonly pausesFrom: number
  private round = 0
  private level = -1
  private isOver = false
  /** True during a round. */
  private isInRound = false

  constructor(
    space: Space,
    { checksDeadlock, keeping = "states", pageStore, sealsFrom, ...settings }: SearchSettings
  ) {
    const { from, codesOf = () => new OwnCodes(space), packing, pausesFrom = Infinity } = settings
    const codes = codesOf(space)
    this.codes = codes
    this.pausesFrom = pausesFrom
    this.shard = new Shard({
      ...{ space, codes, keeping, checksDeadlock, index: 0, count: 1, pageStore, sealsFrom },
      packing
    })
    if (from === undefined) this.begin()
    else this.goOnFrom(from.progress, from.archive)
  }

  /** The nearest failure found of each property. */
  get findings(): ReadonlyArray<Finding> {
    return this.shard.findings.all
  }

  get counts(): Counts {
    const { visited, expanded, generated, depth } = this.shard
    const { distinct } = visited
    return { distinct, generated, depth, frontier: distinct - expanded }
  }

  get doneStates(): number {
    return this.shard.doneStates
  }

  get unclearStates(): number {
    return this.shard.unclearStates
  }

  /** The memory of the visited states, in bytes. */
  get bytes(): number {
    return this.shard.visited.bytes
  }

  /** The memory that the search holds apart from its space, in bytes. */
  get heldBytes(): number {
    return this.shard.bytes
  }

  /** Frees memory by putting away what the search does not need soon. */
  putAway(): void {
    this.shard.putAway()
  }

  /** True when the search has expanded every state that it found. */
  get exhausted(): boolean {
    return this.isOver
  }

  /**
   * Expands up to `count` more states, and none once `decided` accepts the findings: the search
   * ends at the same state however the work is divided. Returns false when the search has ended.
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
      if (!this.isInRound && this.shard.visited.distinct >= this.pausesFrom) return true
    }
    return true
  }

  /** The fingerprints of the states on the path to a finding, from an initial state on. */
  pathTo({ state }: Finding): ReadonlyArray<Fingerprint> {
    const path: Array<Fingerprint> = []
    for (let at = state; at >= 0; at = this.shard.visited.parentOf(at))
      path.unshift(this.shard.visited.fingerprintOf(at))
    return path
  }

  /**
   * Takes in the part of the current round that was expanded. The counts are then those of the work
   * done; the search cannot continue.
   */
  settle(): void {
    if (!this.isInRound || this.shard.packing.isOutgrown) return
    this.shard.endEarly()
    this.shard.takeIn([this.shard.found])
    this.isInRound = false
  }

  /** Expands the rest of the current round. */
  finishRound(): void {
    while (this.isInRound) {
      this.shard.expandSome(Number.POSITIVE_INFINITY)
      this.endRound()
    }
  }

  /** Writes everything that another run needs to resume. Must not be called during a round. */
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
    this.shard.beginRound(++this.round, statesOfRound(this.shard.visited.distinct))
  }

  private endRound(): void {
    if (this.shard.packing.isOutgrown) this.startAgain()
    else {
      this.isInRound = false
      this.takeIn()
    }
  }

  /** A value did not fit into the layout: repeats the round with more room. */
  private startAgain(): void {
    const { shard } = this
    shard.startAgain()
    shard.change(new Layout(shard.packing.needs))
  }

  /**
   * Takes in what the round found. If the level is exhausted, enters the next level that has
   * states.
   */
  private takeIn(): void {
    const { shard } = this
    shard.takeIn([shard.found])
    while (!shard.hasMore) {
      if (shard.isSpent && this.counts.frontier === 0) {
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
