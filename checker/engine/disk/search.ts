/**
 * A breadth-first search whose visited states are on disk (delayed duplicate detection: Munagala
 * and Ranade; Stern and Dill; Korf). It looks for visited states only when a level is complete: it
 * compares the candidates of the next level, sorted by their hashes, with all visited states, which
 * are sorted in a few runs. So it reads the disk sequentially, once per level, and never at random.
 *
 * It visits the states that `Search` visits, in the same order except for those found two steps
 * ahead, and numbers them in that order. It ends with a level where `Search` ends with a round.
 */
import { OwnCodes } from "../code-book.ts"
import { Expander } from "../expander.ts"
import type { Finding } from "../findings.ts"
import { type Fingerprint, Layout } from "../packing.ts"
import type { PageStore } from "../queue.ts"
import { areNearest, type Counts, type Decided, never, type Search } from "../search.ts"
import type { Space } from "../space.ts"
import { Candidates, orderOf, parentOf, recordHead } from "./candidates.ts"
import { Group } from "./group.ts"
import { type Merged, Runs, Sorting } from "./sorting.ts"
import { after, type Pages, type Rewrite, Stream } from "./stream.ts"

export interface DiskSettings {
  readonly checksDeadlock: boolean
  readonly pageStore: PageStore
  /** The number of candidates in memory, of words of a page, and of states that a round expands. */
  readonly maxCandidates?: number
  readonly pageWords?: number
  readonly roundStates?: number
}

const manyCandidates = 1 << 20
const usualPageWords = 1 << 14
const usualRoundStates = 1 << 14
/** A level is completed in pieces of this many records. */
const pieceRecords = 1 << 14

const maxStates = 2 ** 31 - 1

/** The words before a packed state: for a visited state its hash, for a numbered one its parent. */
const visitedHead = 1
const stateHead = 1

export class DiskSearch {
  private readonly expander: Expander
  private readonly pages: Pages
  private readonly maxCandidates: number
  private readonly roundStates: number
  /** All states by their numbers, with their parents; and by their hashes. */
  private states: Stream
  private visited: Runs
  /** The candidates for the next level, and for the one after it. */
  private next: Candidates
  private late: Candidates
  /** The next state to expand, and where its level begins and ends. */
  private cursor = 0
  private levelBegin = 0
  private levelEnd = 0
  private completing: Iterator<number> | undefined
  private isOver = false
  private readonly record: Int32Array

  /** Begins, or goes on where a search of the space in memory has come to, between two rounds. */
  constructor(space: Space, settings: DiskSettings, from?: Search) {
    const { checksDeadlock, pageStore, pageWords = usualPageWords } = settings
    const packing = from?.shard.packing
    this.expander = new Expander({ space, codes: new OwnCodes(space), checksDeadlock, packing })
    this.pages = { store: pageStore, words: pageWords }
    this.maxCandidates = settings.maxCandidates ?? manyCandidates
    this.roundStates = settings.roundStates ?? usualRoundStates
    this.record = new Int32Array(recordHead + space.width)
    this.states = new Stream(stateHead + this.words, this.pages)
    this.visited = new Runs(this.pages)
    this.next = this.newCandidates()
    this.late = this.newCandidates()
    if (from === undefined) this.begin()
    else this.takeOver(from)
  }

  private begin(): void {
    while (!this.expandRound(() => this.expander.seed()));
    this.completing = this.complete()
  }

  /** A failure in a state that has no number yet is noted again when it gets one. */
  private takeOver({ shard }: Search): void {
    const { expander, states, next, late, record, words } = this
    const { packing, findings } = expander
    const values = new Int32Array(expander.base.length)
    const visited = new Sorting(visitedHead + words, this.maxCandidates, this.pages)
    const numbers = new Map<number, number>()
    const hashOf = (packed: Int32Array): Fingerprint => {
      packing.open(packed, values)
      return [packing.hash0, packing.hash1]
    }
    const keep = (packed: Int32Array, parent: number, number: number): void => {
      if (shard.findings.all.some(({ state }) => state === number)) numbers.set(number, states.size)
      for (let word = 0; word < words; word++) record[1 + word] = packed[word] as number
      record[0] = parent
      states.push(record, 0)
      record[0] = hashOf(packed)[0]
      visited.push(record, 0)
    }
    shard.handOver({
      expanded: keep,
      waiting: keep,
      found: (packed, parent) => next.add(packed, hashOf(packed), parent),
      foundLate: (packed, parent) => late.add(packed, hashOf(packed), parent)
    })
    expander.adopt(shard)
    for (const finding of shard.findings.all) {
      const state = numbers.get(finding.state)
      if (state !== undefined) findings.note({ ...finding, state })
    }
    this.visited = visited.sorted()
    this.cursor = expander.expanded
    this.levelBegin = -1
    this.levelEnd = states.size
  }

  get findings(): ReadonlyArray<Finding> {
    return this.expander.findings.all
  }

  /** Candidates do not count: they may have been visited before. */
  get counts(): Counts {
    const { expanded, generated, depth } = this.expander
    const distinct = this.states.size
    return { distinct, generated, depth, frontier: distinct - expanded }
  }

  get doneStates(): number {
    return this.expander.doneStates
  }

  get unclearStates(): number {
    return this.expander.unclearStates
  }

  /** The size of the visited states on disk, in bytes. */
  get bytes(): number {
    return this.states.bytes + this.visited.bytes
  }

  /** The memory that the search holds apart from its space, in bytes. */
  get heldBytes(): number {
    const { expander, states, visited, next, late } = this
    const lists = expander.packing.bytes + expander.staging.bytes
    return lists + states.heldBytes + visited.heldBytes + next.heldBytes + late.heldBytes
  }

  /** Frees memory by putting away what the search does not need soon. */
  putAway(): void {
    if (this.completing !== undefined) return
    this.next.putAway()
    this.late.putAway()
  }

  get exhausted(): boolean {
    return this.isOver
  }

  /**
   * Expands up to `count` more states, and none once `decided` accepts the findings when a level
   * begins. Returns false when the search has ended.
   */
  advance(count: number, decided: Decided = never): boolean {
    for (let left = count; left > 0; ) {
      if (this.isOver) return false
      if (this.completing !== undefined) {
        const { done } = this.completing.next()
        if (done === true) this.completing = undefined
        left -= pieceRecords
      } else if (this.cursor === this.levelEnd) this.completing = this.complete()
      else {
        if (this.cursor === this.levelBegin && this.isDecided(decided)) return false
        left -= this.expandSome(Math.min(left, this.roundStates))
      }
    }
    return true
  }

  /** The fingerprints of the states on the path to a finding, from an initial state on. */
  pathTo({ state }: Finding): ReadonlyArray<Fingerprint> {
    const { packing, base } = this.expander
    const path: Array<Fingerprint> = []
    const values = new Int32Array(base.length)
    const head = new Int32Array(stateHead)
    for (let at = state; at >= 0; at = head[0] as number) {
      this.states.read(at, stateHead, this.words, base)
      packing.unpack(base, 0, values)
      path.unshift(packing.fingerprint(values))
      this.states.read(at, 0, stateHead, head)
    }
    return path
  }

  /** Frees the search's space on disk. */
  drop(): void {
    for (const held of [this.states, this.visited, this.next, this.late]) held.drop()
  }

  private get words(): number {
    return this.expander.packing.layout.words
  }

  private newCandidates(): Candidates {
    return new Candidates(this.expander.packing, this.maxCandidates, this.pages)
  }

  private isDecided(decided: Decided): boolean {
    const { findings } = this
    return findings.length > 0 && areNearest(findings, this.expander.level - 1) && decided(findings)
  }

  /** Expands up to `count` states of the level; 0 if they outgrew their layout. */
  private expandSome(count: number): number {
    const { expander, states } = this
    const end = Math.min(this.levelEnd, this.cursor + count)
    const isDone = this.expandRound(() => {
      for (let at = this.cursor; at < end && !expander.packing.isOutgrown; at++) {
        states.read(at, stateHead, this.words, expander.base)
        expander.expandBase(at, at - this.cursor)
      }
    })
    if (!isDone) return 0
    const done = end - this.cursor
    this.cursor = end
    return done
  }

  /**
   * Takes in the findings of `find`. Returns false, and leaves everything unchanged, if the layout
   * has no room.
   */
  private expandRound(find: () => void): boolean {
    const { expander } = this
    const { staging, packing } = expander
    staging.beginRound(this.roundStates)
    const undo = expander.remember()
    find()
    if (packing.isOutgrown) {
      undo()
      this.change(new Layout(packing.needs))
      return false
    }
    this.next.takeIn(staging.next, staging.size)
    this.late.takeIn(staging.late, staging.size)
    return true
  }

  /**
   * Completes a level: numbers the candidates of the next level that were not visited before, in
   * the order in which they were found, and begins that level.
   */
  private *complete(): Generator<number> {
    const { expander, states, maxCandidates, pages, words, record } = this
    const inOrder = new Sorting(1 + stateHead + words, maxCandidates, pages)
    yield* this.sift(inOrder)
    expander.round++
    const depth = expander.level + 1
    for (const merged = inOrder.merged(); merged.next(); ) {
      record.set(merged.page.subarray(merged.at + 1, merged.at + 1 + stateHead + words))
      if (states.size === maxStates) throw new Error("more states than there are numbers")
      states.push(record, 0)
      if (expander.space.judgesStates) {
        expander.base.set(record.subarray(stateHead, stateHead + words))
        expander.judgeBase(states.size - 1, depth)
      }
      if (states.size % pieceRecords === 0) yield pieceRecords
    }
    inOrder.drop()
    this.next.drop()
    if (states.size > this.levelEnd) expander.depth = depth
    this.beginLevel()
  }

  private beginLevel(): void {
    const { expander, states, late, next } = this
    expander.level++
    this.levelBegin = this.levelEnd
    this.cursor = this.levelEnd
    this.levelEnd = states.size
    this.next = late
    this.late = next
    this.isOver = this.cursor === this.levelEnd && late.isEmpty
  }

  /** Puts the candidates of the next level that were not visited before into `inOrder`. */
  private *sift(inOrder: Sorting): Generator<number> {
    const { words, record } = this
    const candidates = this.next.merged()
    const visited = this.visited.merged()
    const run = new Stream(visitedHead + words, this.pages)
    const group = new Group(recordHead, words)
    visited.next()
    let more = candidates.next()
    for (let groups = 1; more; groups++) {
      const hash = candidates.key
      group.clear()
      for (; more && candidates.key === hash; more = candidates.next())
        group.add(candidates.page, candidates.at, orderOf)
      skipTo(visited, hash)
      for (; visited.key === hash; visited.next())
        group.remove(visited.page, visited.at + visitedHead)
      group.each((list, at) => {
        record[0] = list[at] as number
        for (let word = 0; word < words; word++)
          record[1 + word] = list[at + recordHead + word] as number
        run.push(record, 0)
        record[0] = list[at + orderOf] as number
        record[1] = list[at + parentOf] as number
        for (let word = 0; word < words; word++)
          record[2 + word] = list[at + recordHead + word] as number
        inOrder.push(record, 0)
      })
      if (groups % pieceRecords === 0) yield pieceRecords
    }
    if (run.size > 0) this.visited.add(run)
  }

  /** Switches to a new layout, and packs everything again. */
  private change(layout: Layout): void {
    const { packing, staging } = this.expander
    const old = packing.layout
    packing.change(layout)
    staging.change(layout.words)
    const unpacked = new Int32Array(this.expander.base.length)
    const pack: Rewrite = (from, at, into, to) => {
      packing.unpack(from, at, unpacked, old)
      packing.pack(unpacked, into, to)
    }
    this.states = this.states.rewritten(stateHead + layout.words, after(stateHead, pack))
    this.visited.rewrite(visitedHead + layout.words, after(visitedHead, pack))
    for (const candidates of [this.next, this.late]) candidates.change(pack)
  }
}

/** Advances to the first record whose key is not less. */
const skipTo = (merged: Merged, key: number): void => {
  while (merged.key < key) merged.next()
}
