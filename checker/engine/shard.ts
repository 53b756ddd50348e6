/**
 * A shard: the part of a search that one worker does. It owns some partitions of the visited
 * states, expands the states in them, and takes in the successors that all shards found for them.
 *
 * The search proceeds by levels, and each level by rounds. In a round every shard expands its own
 * share of the next states; then every shard adds the successors found for its partitions. The
 * order depends on the contents of states alone: neither on the number of workers, nor on the
 * numbers that their spaces give to contents.
 */
import { Expander, type ExpanderOptions, privately } from "./expander.ts"
import { type Found, Frontier } from "./frontier.ts"
import type { OpenBlock } from "./lending.ts"
import { numberOf, partitionCount, partitionOf, rowOf } from "./numbers.ts"
import { Layout } from "./packing.ts"
import { type PageStore, Queue } from "./queue.ts"
import type { Archive, Checksums, Progress } from "./saving.ts"
import { entryHead, Merging, mark, numberAt, parentAt } from "./staging.ts"
import { type Keeping, VisitedStates } from "./visited-states.ts"

export interface ShardOptions extends ExpanderOptions {
  readonly keeping: Keeping
  /** The index of this shard, and the number of shards. */
  readonly index: number
  readonly count: number
  /** Where waiting records go when memory is short. */
  readonly pageStore?: PageStore | undefined
  /**
   * The number of states from which a partition is kept in less memory; by default, a very large
   * one.
   */
  readonly sealsFrom?: number | undefined
  /** Whether shards read each other's states; by default they do, in shared memory. */
  readonly lends?: boolean | undefined
}

/**
 * Takes a packed state, the new number of its parent, -1 if it is an initial state, and its own
 * former number, -1 if it had none.
 */
type Take = (packed: Int32Array, parent: number, number: number) => void

/**
 * Takes over a search: in this order the expanded states, which it numbers anew from 0 as they
 * come, those of the level that wait for expansion, which it numbers after them, those found for
 * the next level, and those found for the level after that, some of which may have been visited.
 */
export interface Heir {
  readonly expanded: Take
  readonly waiting: Take
  readonly found: Take
  readonly foundLate: Take
}

/** The new number of the first state of each partition, of which so many have been expanded. */
const startsOf = (expanded: Int32Array): ReadonlyArray<number> => {
  let start = 0
  return Array.from(expanded, (count) => {
    start += count
    return start - count
  })
}

/** The stream of a partition. */
const nameOf = (partition: number): string => `partition-${String(partition).padStart(2, "0")}`
/** The stream of the order of expansion. */
const orderName = "order"

export class Shard extends Expander {
  readonly visited: VisitedStates
  /** Per partition, the entries of states two steps on from this level. */
  private readonly waiting: ReadonlyArray<Queue>
  private readonly isFirst: boolean
  private readonly frontier = new Frontier()
  /** Per partition, the next row to expand. */
  private readonly cursors = new Int32Array(partitionCount)
  /** The position of the next state in the round. */
  private at = 0
  private undo: () => void = () => undefined
  private readonly merging = new Merging()
  private readonly index: number
  private readonly count: number
  /** What each shard found in the last round. */
  private foundByShard: ReadonlyArray<Found> = []

  constructor(options: ShardOptions) {
    super(options)
    const { keeping, index, count, allocate = privately, pageStore, sealsFrom, lends } = options
    this.isFirst = index === 0
    this.index = index
    this.count = count
    this.visited = new VisitedStates(this.packing, {
      ...{ keeping, index, count, allocate, pageStore, sealsFrom, lends }
    })
    this.waiting = this.visited.partitions.map(() => new Queue(this.staging.entryWords, pageStore))
  }

  /** The blocks that the other shards need to know in order to expand states of this one. */
  tellLent(): ReadonlyArray<OpenBlock> {
    return this.visited.tellLent(this.cursors)
  }

  /** Borrows blocks of other shards. */
  borrow(blocks: ReadonlyArray<OpenBlock>): void {
    this.visited.borrow(blocks, this.cursors)
  }

  /**
   * Begins a round of at most this many states of the level. The first round has none, and finds
   * the initial states.
   */
  beginRound(round: number, states: number): void {
    this.arrange()
    this.frontier.beginRound(states)
    this.round = round
    this.at = 0
    this.staging.beginRound(this.frontier.roundSize)
    const undo = this.remember()
    const cursors = this.cursors.slice()
    // Not assigned at once: V8 puts a function that is written where it is assigned to a property
    // among its old objects, and with it survives, of a short search, everything that it refers to.
    const undoRound = (): void => {
      this.at = 0
      this.cursors.set(cursors)
      undo()
    }
    this.undo = undoRound
  }

  /**
   * Expands up to `count` states of this round, and returns their number: fewer if none are left.
   */
  expandSome(count: number): number {
    const { frontier, cursors, packing } = this
    const size = frontier.roundSize
    let done = 0
    for (; this.at < size; this.at++) {
      const partition = frontier.partitionAt(this.at)
      const row = cursors[partition] as number
      if (this.finderOf(this.at, partition) === this.index) {
        if (done === count || packing.isOutgrown) return done
        this.expand(partition, row)
        done++
      }
      cursors[partition] = row + 1
    }
    this.staging.endRound()
    return done
  }

  /**
   * The shard that expands the state at a position of the round. Where shards can read each other's
   * states, each expands a part of the round without gaps: neighbours have much in common, and the
   * successors of one part precede those of the next. Otherwise each expands its own states.
   */
  private finderOf(position: number, partition: number): number {
    if (!this.visited.isLent) return partition % this.count
    return Math.floor((position * this.count) / this.frontier.roundSize)
  }

  /** Ends the round early: no further state of it is expanded. */
  endEarly(): void {
    this.staging.endRound()
  }

  /** Expands one state at depth `depth`. */
  expandState(number: number, depth: number): void {
    this.level = depth
    this.expand(partitionOf(number), rowOf(number))
  }

  /**
   * Undoes this round, in which a value occurred that the layout has no room for. The round must be
   * repeated.
   */
  startAgain(): void {
    this.undo()
  }

  /** Takes in the entries that all shards found for this shard's partitions in this round. */
  takeIn(foundByShard: ReadonlyArray<Found>): void {
    const { visited } = this
    this.foundByShard = foundByShard
    for (const partition of visited.own) {
      const before = visited.sizeOf(partition)
      if (!visited.isLent) this.takeInMerged(partition, foundByShard)
      else for (const found of foundByShard) this.takeInFrom(partition, found)
      this.judgeFrom(partition, before, this.level + 1)
    }
    visited.seal(this.cursors)
    this.frontier.endRound()
  }

  /** Takes in what one shard found; what the shards before it found was taken in. */
  private takeInFrom(partition: number, { next, late, marks }: Found): void {
    const begin = partition * next.capacity
    this.visited.add(partition, next.words, begin, next.ends[partition] as number, (list, at) => {
      marks[list[at + numberAt] as number] = partition + 1
    })
    const waiting = this.waiting[partition] as Queue
    waiting.append(late.words, partition * late.capacity, late.ends[partition] as number)
  }

  /** Takes in what all shards found, in the order of the states in which they found it. */
  private takeInMerged(partition: number, foundByShard: ReadonlyArray<Found>): void {
    const { merging, staging } = this
    merging.merge(foundByShard, "next", partition, staging.entryWords)
    this.visited.add(partition, merging.list, merging.begin, merging.end, (list, at) =>
      mark(foundByShard, list, at, partition)
    )
    merging.merge(foundByShard, "late", partition, staging.entryWords)
    ;(this.waiting[partition] as Queue).append(merging.list, merging.begin, merging.end)
  }

  /**
   * Replaces what the shards found in the last round, all of which is taken in, by the little that
   * puts it in order.
   */
  keepOrder(foundByShard: ReadonlyArray<Found>): void {
    this.foundByShard = foundByShard
  }

  /** Puts in order what the shards took in, before any of them begins another round. */
  arrange(): void {
    const { frontier } = this
    frontier.arrange(this.foundByShard, (position) =>
      this.finderOf(position, frontier.partitionAt(position))
    )
  }

  /** What this shard found in this round, for all shards to take in. */
  get found(): Found {
    return this.staging.found
  }

  /** Judges the states of a partition from row `first` on; all are at depth `depth`. */
  judgeFrom(number: number, first: number, depth: number): void {
    const size = this.visited.sizeOf(number)
    if (size > first && depth > this.depth) this.depth = depth
    if (!this.space.judgesStates) return
    for (let row = first; row < size; row++) {
      this.visited.readPacked(number, row, this.base)
      this.judgeBase(numberOf(number, row), depth)
    }
  }

  /** The number of states in this round, of all shards. */
  get roundSize(): number {
    return this.frontier.roundSize
  }

  /** True if states of this level are left to expand. */
  get hasMore(): boolean {
    return this.frontier.hasMore
  }

  /** True if no state that was found two steps ahead waits to be entered. */
  get isSpent(): boolean {
    return this.waiting.every(({ end }) => end === 0)
  }

  /** Enters a level: all states found so far and not yet expanded. */
  enter(level: number): void {
    this.arrange()
    this.frontier.enter(level)
    this.level = level
    for (const partition of this.visited.own) {
      const waiting = this.waiting[partition] as Queue
      const before = this.visited.sizeOf(partition)
      this.visited.forget(partition, this.cursors[partition] as number)
      waiting.each((list, from, to) => this.visited.add(partition, list, from, to))
      waiting.clear()
      this.judgeFrom(partition, before, level + 1)
      this.staging.enter(level, partition, this.visited.sizeOf(partition) - before)
    }
  }

  /** Puts away waiting records that are not needed soon. */
  putAway(): void {
    this.visited.putAway()
    for (const partition of this.visited.own) this.waiting[partition]?.putAway()
  }

  /**
   * Hands over everything found so far, between two rounds, to a search that keeps it elsewhere.
   * The shard must own all partitions and keep whole states.
   */
  handOver(to: Heir): void {
    const { visited, cursors } = this
    this.arrange()
    const starts = startsOf(cursors)
    const parentOf = (number: number): number =>
      number < 0 ? number : (starts[partitionOf(number)] as number) + rowOf(number)
    const give = (partition: number, row: number, take: Heir["expanded"]): void => {
      const number = numberOf(partition, row)
      visited.readPacked(partition, row, this.base)
      take(this.base, parentOf(visited.parentOf(number)), number)
    }
    for (const partition of visited.own)
      for (let row = 0; row < (cursors[partition] as number); row++)
        give(partition, row, to.expanded)
    const rows = cursors.slice()
    this.frontier.each((partition, isOfLevel) => {
      const row = rows[partition] as number
      rows[partition] = row + 1
      give(partition, row, isOfLevel ? to.waiting : to.found)
    })
    for (const partition of visited.own)
      this.waiting[partition]?.each((list, from, end) => {
        for (let at = from; at < end; at += this.staging.entryWords) {
          for (let word = 0; word < this.packing.layout.words; word++)
            this.base[word] = list[at + entryHead + word] as number
          to.foundLate(this.base, parentOf(list[at + parentAt] as number), -1)
        }
      })
  }

  /** Writes this shard's partitions, between two rounds. */
  save(archive: Archive): Checksums {
    this.arrange()
    const order = this.isFirst
      ? { [orderName]: archive.write(orderName, (writer) => this.frontier.save(writer)) }
      : {}
    const files = this.visited.own.map((partition) => {
      const name = nameOf(partition)
      const checksum = archive.write(name, (writer) => {
        const cursor = this.cursors[partition] as number
        writer.write(Int32Array.of(cursor))
        this.visited.save(partition, writer)
        this.waiting[partition]?.save(writer)
        this.visited.savePending(partition, writer, cursor)
      })
      return [name, checksum] as const
    })
    return { ...order, ...Object.fromEntries(files) }
  }

  /**
   * Reads this shard's partitions. The shard must be new, with the codes of the saved search. The
   * first shard takes over all counts and findings.
   */
  load(archive: Archive, progress: Progress): void {
    const { needs, level, depth, generated, doneStates, unclearStates, findings } = progress
    this.change(new Layout(needs))
    Object.assign(this, { level, depth })
    if (this.isFirst) {
      Object.assign(this, { generated, doneStates, unclearStates })
      for (const finding of findings) this.findings.note(finding)
    }
    archive.read(orderName, (reader) => this.frontier.load(reader))
    for (const partition of this.visited.own) {
      archive.read(nameOf(partition), (reader) => {
        const [cursor] = reader.read(1) as unknown as [number]
        this.cursors[partition] = cursor
        this.expanded += cursor
        this.visited.load(partition, reader)
        this.waiting[partition]?.load(reader)
        this.visited.loadPending(partition, reader, cursor)
      })
    }
  }

  /** Switches to a new layout, and packs everything again. */
  change(layout: Layout): void {
    const { packing, visited } = this
    const old = packing.layout
    packing.change(layout)
    this.staging.change(layout.words)
    const unpacked = new Int32Array(this.space.width)
    const pack = (from: Int32Array, at: number, into: Int32Array, to: number): void => {
      packing.unpack(from, at, unpacked, old)
      packing.pack(unpacked, into, to)
    }
    visited.change(pack)
    for (const partition of visited.own) {
      this.waiting[partition]?.rewrite(this.staging.entryWords, (from, at, into, to) => {
        for (let word = 0; word < entryHead; word++) into[to + word] = from[at + word] as number
        pack(from, at + entryHead, into, to + entryHead)
      })
    }
  }

  /** The memory of the shard, in bytes. */
  get bytes(): number {
    const { visited, waiting, packing, staging, frontier } = this
    const queues = waiting.reduce((sum, { bytes }) => sum + bytes, visited.pendingBytes)
    return visited.bytes + packing.bytes + queues + staging.bytes + frontier.bytes
  }

  private expand(partition: number, row: number): void {
    this.visited.readPacked(partition, row, this.base)
    this.expandBase(numberOf(partition, row), this.at)
  }
}
