/**
 * A shard: the part of a search that one worker does. It owns some partitions of the visited
 * states, expands the states in them, and takes in the successors that all shards found for them.
 *
 * The search proceeds by levels, and each level by rounds. In a round every shard expands its own
 * share of the next states; then every shard adds the successors found for its partitions. The
 * order depends on the contents of states alone: neither on the number of workers, nor on the
 * numbers that their spaces give to contents.
 */
import type { CodeBook } from "./code-book.ts"
import { deadlockFreedom, Findings } from "./findings.ts"
import { type Found, Frontier } from "./frontier.ts"
import type { OpenBlock } from "./lending.ts"
import { numberOf, partitionCount, partitionOf, rowOf } from "./numbers.ts"
import { entrySize, Layout, Packing } from "./packing.ts"
import { type PageStore, Queue } from "./queue.ts"
import type { Archive, Checksums, Progress } from "./saving.ts"
import type { Cut, Failures, MoveSink, Sink, Space } from "./space.ts"
import { entryHead, Merging, mark, numberAt, Staging } from "./staging.ts"
import { type Keeping, VisitedStates } from "./visited-states.ts"

export interface ShardOptions {
  readonly space: Space
  readonly codes: CodeBook
  readonly keeping: Keeping
  readonly checksDeadlock: boolean
  /** The index of this shard, and the number of shards. */
  readonly index: number
  readonly count: number
  /** Allocates the lists in which shards pass on successors. */
  readonly allocate?: (length: number) => Int32Array
  /** If true, the shard looks up each successor, even one found a moment ago. */
  readonly looksEachUp?: boolean
  /** Where waiting records go when memory is short. */
  readonly pageStore?: PageStore | undefined
  /** From how many states on a partition is kept in less memory; by default, from very many. */
  readonly sealsFrom?: number | undefined
}

const privately = (length: number): Int32Array => new Int32Array(length)

/** The stream of a partition. */
const nameOf = (partition: number): string => `partition-${String(partition).padStart(2, "0")}`
/** The stream of the order of expansion. */
const orderName = "order"

export class Shard implements Sink, MoveSink {
  readonly packing: Packing
  readonly findings = new Findings()
  /** The successors that this round has found. */
  readonly staging: Staging
  readonly visited: VisitedStates
  /** Per partition, the entries of states two steps on from this level. */
  private readonly waiting: ReadonlyArray<Queue>
  /**
   * The numbers of expanded states, of transitions plus initial states, of states that are done,
   * and of stuck states that bounds may or may not explain.
   */
  expanded = 0
  generated = 0
  doneStates = 0
  unclearStates = 0
  /** The current level, and the greatest depth of a found state. */
  level = -1
  depth = 0

  private readonly space: Space
  private readonly isFirst: boolean
  private readonly checksDeadlock: boolean
  private round = 0
  private readonly frontier = new Frontier()
  /** Per partition, the next row to expand. */
  private readonly cursors = new Int32Array(partitionCount)
  /** The position of the next state in the round. */
  private at = 0
  /** The state being expanded: its values, its packed form, its number and its hash. */
  private readonly state: Int32Array
  private readonly base: Int32Array
  private current = -1
  private base0 = 0
  private base1 = 0
  private readonly scratch: Int32Array
  readonly moves: Int32Array
  private undo: () => void = () => undefined
  private readonly merging = new Merging()
  private readonly index: number
  private readonly count: number
  /** What each shard found in the last round. */
  private foundByShard: ReadonlyArray<Found> = []

  constructor(options: ShardOptions) {
    const { space, codes, keeping, checksDeadlock, index, count, pageStore, sealsFrom } = options
    const { allocate = privately, looksEachUp = false } = options
    this.space = space
    this.checksDeadlock = checksDeadlock
    this.packing = new Packing(space, codes)
    this.staging = new Staging(this.packing.layout.words, allocate, !looksEachUp)
    this.state = new Int32Array(space.width)
    this.base = new Int32Array(space.width)
    this.scratch = new Int32Array(space.width)
    this.moves = new Int32Array(space.width)
    this.isFirst = index === 0
    this.index = index
    this.count = count
    this.visited = new VisitedStates(this.packing, {
      ...{ keeping, index, count, allocate, pageStore, sealsFrom }
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

  /** Finds the initial states. */
  seed(): void {
    const { packing, staging } = this
    staging.beginState(-1, 0)
    for (const initial of this.space.initial) {
      this.generated++
      const [hash0, hash1] = packing.fingerprint(initial)
      packing.pack(initial, this.scratch, 0)
      if (!packing.isOutgrown) staging.add(this.scratch, hash0, hash1)
    }
    staging.endState()
    staging.endRound()
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
    const { expanded, generated, doneStates, unclearStates, space } = this
    const forget = space.remember()
    const cursors = this.cursors.slice()
    this.undo = () => {
      Object.assign(this, { expanded, generated, doneStates, unclearStates, at: 0 })
      this.cursors.set(cursors)
      this.staging.undo()
      forget()
    }
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
   * successors of one part precede those of the next. Else each expands its own states.
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
   * Undoes this round, in which a value was met that the layout has no room for. The round must be
   * repeated.
   */
  startAgain(): void {
    this.undo()
  }

  /** Records a transition of the current state to the space's successor. */
  visit(label: number, steps: number): void {
    const { space, state, scratch, base, packing } = this
    if (space.judgesTransitions) this.judgeTransition(label, steps)
    const { successor } = space
    const { entries, layout } = packing
    const { words, wordOf } = layout
    let hash0 = this.base0
    let hash1 = this.base1
    for (let word = 0; word < words; word++) scratch[word] = base[word] as number
    for (let component = 0; component < state.length; component++) {
      const value = successor[component] as number
      const before = state[component] as number
      if (value === before) continue
      let entry = entries[component] as Int32Array
      const to = value * entrySize
      if (to >= entry.length || entry[to + 3] === 0) {
        packing.meet(component, value)
        entry = entries[component] as Int32Array
      }
      const from = before * entrySize
      const word = wordOf[component] as number
      scratch[word] = (scratch[word] as number) ^ (entry[to] as number) ^ (entry[from] as number)
      hash0 ^= (entry[to + 1] as number) ^ (entry[from + 1] as number)
      hash1 ^= (entry[to + 2] as number) ^ (entry[from + 2] as number)
    }
    if (packing.isOutgrown) return
    if (steps === 2) this.staging.addLate(scratch, hash0, hash1)
    else this.staging.add(scratch, hash0, hash1)
  }

  /** Records a transition of the current state that leads beyond the explored space. */
  leave(label: number): void {
    if (this.space.judgesTransitions) this.judgeTransition(label, 1)
  }

  moveOf(component: number, from: number, to: number): number {
    return this.packing.moveOf(component, from, to)
  }

  /** Records a transition of the current state that makes the first `count` moves. */
  take(label: number, count: number): void {
    const { base, scratch, moves, packing } = this
    if (this.space.judgesTransitions) this.judgeTransition(label, 1)
    const { deltas } = packing
    const { words } = packing.layout
    let hash0 = this.base0
    let hash1 = this.base1
    for (let word = 0; word < words; word++) scratch[word] = base[word] as number
    for (let index = 0; index < count; index++) {
      const delta = (moves[index] as number) * entrySize
      const word = deltas[delta] as number
      scratch[word] = (scratch[word] as number) ^ (deltas[delta + 1] as number)
      hash0 ^= deltas[delta + 2] as number
      hash1 ^= deltas[delta + 3] as number
    }
    this.staging.add(scratch, hash0, hash1)
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
      this.packing.unpack(this.base, 0, this.state)
      const failures = this.space.judge(this.state)
      if (failures !== 0) this.note(failures, numberOf(number, row), false, depth)
    }
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
    const { packing, state, base, space, staging } = this
    this.current = numberOf(partition, row)
    this.visited.readPacked(partition, row, base)
    packing.open(base, state)
    this.base0 = packing.hash0
    this.base1 = packing.hash1
    this.expanded++
    staging.beginState(this.current, this.at)
    const transitions =
      space.expandMoves === undefined ? space.expand(state, this) : space.expandMoves(state, this)
    staging.endState()
    this.generated += transitions
    if (transitions > 0) return
    if (space.isDone(state)) this.doneStates++
    else if (this.checksDeadlock) this.noteStuck(space.cutOf?.(state) ?? "not")
  }

  /** Records that the current state is not done and has no transitions. */
  private noteStuck(cut: Cut): void {
    if (cut === "partly") this.unclearStates++
    if (cut === "not")
      this.findings.note({
        property: deadlockFreedom,
        state: this.current,
        inTransition: false,
        depth: this.level,
        round: this.round
      })
  }

  private judgeTransition(label: number, steps: number): void {
    const failures = this.space.judgeTransition(label)
    if (failures !== 0) this.note(failures, this.current, true, this.level + steps)
  }

  private note(failures: Failures, state: number, inTransition: boolean, depth: number): void {
    this.space.properties.forEach((property, bit) => {
      if ((failures & (1 << bit)) !== 0)
        this.findings.note({ property, state, inTransition, depth, round: this.round })
    })
  }
}
