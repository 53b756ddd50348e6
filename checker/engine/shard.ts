/**
 * The part of a search that one worker does: it owns some partitions of the visited states, expands
 * the states in them and takes in what it and others found for them.
 *
 * The search goes level by level, a level in rounds. In a round every shard expands those of the
 * next states that are its own; then every shard adds what was found for its partitions. The order
 * of everything depends on the contents of states alone: not on the number of workers, nor on the
 * numbers that their spaces give to contents.
 */
import type { CodeBook } from "./code-book.ts"
import { deadlockFreedom, Findings } from "./findings.ts"
import { type Found, Frontier } from "./frontier.ts"
import { numberOf, partitionCount, partitionOf, rowOf } from "./numbers.ts"
import { entrySize, type Fingerprint, Layout, Packing } from "./packing.ts"
import { Partition } from "./partition.ts"
import { type PageStore, Queue } from "./queue.ts"
import type { Archive, Checksums, Progress } from "./saving.ts"
import type { Cut, Failures, MoveSink, Sink, Space } from "./space.ts"
import { entryHead, hashAt, Merging, mark, parentAt, Staging } from "./staging.ts"

/**
 * What is kept of a visited state: all of it, or a fingerprint of 64 bits. Two states may have the
 * same fingerprint; then the second is taken for the first, and what only it leads to is not
 * visited.
 */
export type Keeping = "states" | "fingerprints"
const fingerprintWords = 2

export interface ShardOptions {
  readonly space: Space
  readonly codes: CodeBook
  readonly keeping: Keeping
  readonly checksDeadlock: boolean
  /** Which shard this is, of how many. */
  readonly index: number
  readonly count: number
  /** Makes the lists in which successors are passed on. */
  readonly allocate?: (length: number) => Int32Array
  /** Whether each successor is looked up, even if it was found a moment ago. */
  readonly looksEachUp?: boolean
  /** Where what waits is put when memory is short. */
  readonly pageStore?: PageStore | undefined
}

const privately = (length: number): Int32Array => new Int32Array(length)

/** The stream in which a partition is saved. */
const nameOf = (partition: number): string => `partition-${String(partition).padStart(2, "0")}`
/** The stream in which the order of what is left is saved. */
const orderName = "order"

/** Hears of the entries in a list whose states are new. */
type IsNew = (list: Int32Array, at: number) => void
const nobodyAsks: IsNew = () => undefined

export class Shard implements Sink, MoveSink {
  readonly packing: Packing
  readonly findings = new Findings()
  /** Successors that this round has found. */
  readonly staging: Staging
  /** Per partition, the entries of states two steps on from this level. */
  private readonly waiting: ReadonlyArray<Queue>
  /** The partitions that this shard owns, and, per partition, its visited states. */
  readonly own: ReadonlyArray<number>
  readonly partitions: ReadonlyArray<Partition>
  /**
   * States that were expanded, transitions plus initial states, states that are done, and states of
   * which bounds let nobody tell whether they are deadlocks.
   */
  expanded = 0
  generated = 0
  doneStates = 0
  unclearStates = 0
  /** The level that is being expanded, and the most steps to a state that was found. */
  level = -1
  depth = 0

  private readonly space: Space
  private readonly keeping: Keeping
  private readonly isFirst: boolean
  private readonly checksDeadlock: boolean
  /**
   * Per partition, the packed states that are left to expand, if the visited set has fingerprints
   * only.
   */
  private readonly pending: ReadonlyArray<Queue>
  private round = 0
  private readonly frontier = new Frontier()
  /** Per partition, the next row to expand. */
  private readonly cursors = new Int32Array(partitionCount)
  /** The number in the round of the next state. */
  private at = 0
  /** The state that is being expanded, its number, its packed form and its hash. */
  private readonly state: Int32Array
  private readonly base: Int32Array
  private current = -1
  private base0 = 0
  private base1 = 0
  private readonly scratch: Int32Array
  readonly moves: Int32Array
  private undo: () => void = () => undefined
  private readonly merging = new Merging()
  private readonly isOwn: ReadonlyArray<boolean>
  /** What everyone has found in the last round. */
  private everyones: ReadonlyArray<Found> = []

  constructor(options: ShardOptions) {
    const { space, codes, keeping, checksDeadlock, index, count, pageStore } = options
    const { allocate = privately, looksEachUp = false } = options
    this.space = space
    this.keeping = keeping
    this.checksDeadlock = checksDeadlock
    this.packing = new Packing(space, codes)
    this.staging = new Staging(this.packing.layout.words, allocate, !looksEachUp)
    this.state = new Int32Array(space.width)
    this.base = new Int32Array(space.width)
    this.scratch = new Int32Array(space.width)
    this.moves = new Int32Array(space.width)
    const all = Array.from({ length: partitionCount }, (_, partition) => partition)
    this.isFirst = index === 0
    this.isOwn = all.map((partition) => partition % count === index)
    this.own = all.filter((partition) => this.isOwn[partition])
    this.partitions = all.map(() => new Partition(this.keyWords, this.hashOfKey()))
    this.pending = all.map(() => new Queue(this.packing.layout.words, pageStore))
    this.waiting = all.map(() => new Queue(this.staging.entryWords, pageStore))
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
   * Begins a round with at most so many states of the level; the first round, of none, finds the
   * initial states.
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

  /** Expands up to `count` states of this round. Returns how many. None are left if it is fewer. */
  expandSome(count: number): number {
    const { frontier, cursors, isOwn, packing } = this
    const size = frontier.roundSize
    let done = 0
    for (; this.at < size; this.at++) {
      const partition = frontier.partitionAt(this.at)
      if (!isOwn[partition]) continue
      if (done === count || packing.isOutgrown) return done
      const row = cursors[partition] as number
      this.expand(partition, row)
      cursors[partition] = row + 1
      done++
    }
    this.staging.endRound()
    return done
  }

  /** Ends the round before all of its states are expanded: nothing is expanded after it. */
  endEarly(): void {
    this.staging.endRound()
  }

  /** Expands one state, which is `depth` steps from the beginning. */
  expandState(number: number, depth: number): void {
    this.level = depth
    this.expand(partitionOf(number), rowOf(number))
  }

  /**
   * Undoes what this round has done, if states were met that the packing has no room for. It must
   * be done again.
   */
  startAgain(): void {
    this.undo()
  }

  /** A transition of the state that is being expanded leads to the space's successor. */
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

  /** A transition of the state that is being expanded leads beyond what is explored. */
  leave(label: number): void {
    if (this.space.judgesTransitions) this.judgeTransition(label, 1)
  }

  moveOf(component: number, from: number, to: number): number {
    return this.packing.moveOf(component, from, to)
  }

  /** A transition of the state that is being expanded makes the first `count` of the moves. */
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

  /**
   * Takes in what shards, each in its own lists, have found for the partitions of this one in this
   * round.
   */
  takeIn(everyones: ReadonlyArray<Found>): void {
    const { merging, staging } = this
    this.everyones = everyones
    for (const partition of this.own) {
      const before = this.sizeOf(partition)
      merging.merge(everyones, "next", partition, staging.entryWords)
      this.add(partition, merging.list, merging.begin, merging.end, (list, at) =>
        mark(everyones, list, at, partition)
      )
      this.judgeFrom(partition, before, this.level + 1)
      merging.merge(everyones, "late", partition, staging.entryWords)
      ;(this.waiting[partition] as Queue).append(merging.list, merging.begin, merging.end)
    }
    this.frontier.endRound()
  }

  /** Puts in order what everyone has taken in: nobody has begun a round since. */
  arrange(): void {
    this.frontier.arrange(this.everyones)
  }

  /** What this shard has found in this round, for others to take in. */
  get found(): Found {
    return this.staging.found
  }

  /** Adds the states in part of a list to a partition, and says of which entries they are new. */
  add(
    number: number,
    list: Int32Array,
    first: number,
    end: number,
    isNew: IsNew = nobodyAsks
  ): void {
    const partition = this.partitions[number] as Partition
    const stride = this.staging.entryWords
    if (this.keeping === "states") {
      partition.addAll(list, first, end, { stride, keyAt: entryHead, parentAt }, isNew)
      return
    }
    const pending = this.pending[number] as Queue
    for (let at = first; at < end; at += stride) {
      if (!partition.add(list, at, list[at + hashAt] as number, list[at + parentAt] as number))
        continue
      pending.push(list, at + entryHead)
      isNew(list, at)
    }
  }

  /**
   * Judges the states of a partition from row `first` on, which were found `depth` steps from the
   * beginning.
   */
  judgeFrom(number: number, first: number, depth: number): void {
    const { size } = this.partitions[number] as Partition
    if (size > first && depth > this.depth) this.depth = depth
    if (!this.space.judgesStates) return
    for (let row = first; row < size; row++) {
      this.readPacked(number, row)
      this.packing.unpack(this.base, 0, this.state)
      const failures = this.space.judge(this.state)
      if (failures !== 0) this.note(failures, numberOf(number, row), false, depth)
    }
  }

  /** Whether states of this level are left to expand. */
  get hasMore(): boolean {
    return this.frontier.hasMore
  }

  /** Whether all states of which this shard knows are expanded. */
  get isSpent(): boolean {
    return this.waiting.every(({ end }) => end === 0) && this.distinct === this.expanded
  }

  /** Goes on to a level: to all states that were found so far and not expanded. */
  enter(level: number): void {
    this.arrange()
    this.frontier.enter(level)
    this.level = level
    for (const partition of this.own) {
      const waiting = this.waiting[partition] as Queue
      const before = this.sizeOf(partition)
      ;(this.pending[partition] as Queue).forget(this.cursors[partition] as number)
      waiting.each((list, from, to) => this.add(partition, list, from, to))
      waiting.clear()
      this.judgeFrom(partition, before, level + 1)
      this.staging.enter(level, partition, this.sizeOf(partition) - before)
    }
  }

  /** Puts away what waits to be expanded or added, as far as it is not needed soon. */
  putAway(): void {
    for (const partition of this.own) {
      this.pending[partition]?.putAway()
      this.waiting[partition]?.putAway()
    }
  }

  /** Writes the partitions of this shard, between two rounds. */
  save(archive: Archive): Checksums {
    this.arrange()
    const order = this.isFirst
      ? { [orderName]: archive.write(orderName, (writer) => this.frontier.save(writer)) }
      : {}
    const files = this.own.map((partition) => {
      const name = nameOf(partition)
      const checksum = archive.write(name, (writer) => {
        const cursor = this.cursors[partition] as number
        writer.write(Int32Array.of(cursor))
        this.partitions[partition]?.save(writer)
        this.waiting[partition]?.save(writer)
        if (this.keeping === "fingerprints") this.pending[partition]?.save(writer, cursor)
      })
      return [name, checksum] as const
    })
    return { ...order, ...Object.fromEntries(files) }
  }

  /**
   * Reads the partitions of this shard, which is new and whose codes are those of the search that
   * was saved. Of several shards, the first takes over what was counted and found.
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
    for (const partition of this.own) {
      archive.read(nameOf(partition), (reader) => {
        const [cursor] = reader.read(1) as unknown as [number]
        this.cursors[partition] = cursor
        this.expanded += cursor
        this.partitions[partition]?.load(reader)
        this.waiting[partition]?.load(reader)
        if (this.keeping === "fingerprints") this.pending[partition]?.load(reader, cursor)
      })
    }
  }

  /** Takes up a new layout, and packs everything anew. */
  change(layout: Layout): void {
    const { packing, keeping } = this
    const old = packing.layout
    packing.change(layout)
    this.staging.change(layout.words)
    const unpacked = new Int32Array(this.space.width)
    const pack = (from: Int32Array, at: number, into: Int32Array, to: number): void => {
      packing.unpack(from, at, unpacked, old)
      packing.pack(unpacked, into, to)
    }
    for (const partition of this.own) {
      if (keeping === "states")
        (this.partitions[partition] as Partition).rewrite(layout.words, pack)
      else (this.pending[partition] as Queue).rewrite(layout.words, pack)
      this.waiting[partition]?.rewrite(this.staging.entryWords, (from, at, into, to) => {
        for (let word = 0; word < entryHead; word++) into[to + word] = from[at + word] as number
        pack(from, at + entryHead, into, to + entryHead)
      })
    }
  }

  sizeOf(partition: number): number {
    return (this.partitions[partition] as Partition).size
  }

  /** The number of the state of an entry, which was added before. */
  numberOfEntry(partition: number, list: Int32Array, at: number): number {
    const key = this.keeping === "states" ? at + entryHead : at
    return numberOf(
      partition,
      (this.partitions[partition] as Partition).find(list, key, list[at + hashAt] as number)
    )
  }

  /** Takes note that the parent in an entry is the one that a state comes from. */
  comeFrom(number: number, list: Int32Array, at: number): void {
    ;(this.partitions[partitionOf(number)] as Partition).setParent(
      rowOf(number),
      list[at + parentAt] as number
    )
  }

  /** How many states were found in the partitions of this shard. */
  get distinct(): number {
    return this.own.reduce(
      (sum, partition) => sum + (this.partitions[partition] as Partition).size,
      0
    )
  }

  /** The memory of the visited states, and of everything. */
  get visitedBytes(): number {
    return this.own.reduce(
      (sum, partition) => sum + (this.partitions[partition] as Partition).bytes,
      0
    )
  }
  get bytes(): number {
    const queues = [...this.pending, ...this.waiting].reduce((sum, { bytes }) => sum + bytes, 0)
    return (
      this.visitedBytes + this.packing.bytes + queues + this.staging.bytes + this.frontier.bytes
    )
  }

  /** Copies state `number`, of which all is kept, into `into`. */
  read(number: number, into: Int32Array): void {
    const partition = this.partitions[partitionOf(number)] as Partition
    const row = rowOf(number)
    this.packing.unpack(partition.page(row), partition.start(row), into)
  }

  /** What state `number` was first reached from; -1 for an initial state. */
  parentOf(number: number): number {
    return (this.partitions[partitionOf(number)] as Partition).parentOf(rowOf(number))
  }

  /** The fingerprint of state `number`. */
  fingerprintOf(number: number): Fingerprint {
    if (this.keeping === "fingerprints") {
      const partition = this.partitions[partitionOf(number)] as Partition
      const page = partition.page(rowOf(number))
      const start = partition.start(rowOf(number))
      return [page[start] as number, page[start + 1] as number]
    }
    this.read(number, this.state)
    return this.packing.fingerprint(this.state)
  }

  private get keyWords(): number {
    return this.keeping === "states" ? this.packing.layout.words : fingerprintWords
  }

  private hashOfKey(): (page: Int32Array, start: number) => number {
    if (this.keeping === "fingerprints") return (page, start) => page[start] as number
    return (page, start) => this.packing.hashOfPacked(page, start)
  }

  private expand(partition: number, row: number): void {
    const { packing, state, base, space, staging } = this
    this.current = numberOf(partition, row)
    this.readPacked(partition, row)
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

  /** The state that is being expanded is not done and has no transitions. */
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

  /** Copies a packed state into `base`. */
  private readPacked(number: number, row: number): void {
    const { base } = this
    if (this.keeping === "fingerprints") {
      ;(this.pending[number] as Queue).read(row, base)
      return
    }
    const partition = this.partitions[number] as Partition
    const page = partition.page(row)
    const start = partition.start(row)
    for (let word = 0; word < partition.keyWords; word++) base[word] = page[start + word] as number
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
