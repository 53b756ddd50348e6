/**
 * What a shard finds in a round, until everybody has taken in what is theirs.
 *
 * An entry is passed on for each successor: the two halves of its hash, its parent, the number of
 * the entry in this shard's round, the number of its parent in everyone's round, and then the
 * packed state.
 */
import { Buckets } from "./buckets.ts"
import { enteredAt, type Found } from "./frontier.ts"
import { partitionCount, partitionMask, partitionOf } from "./numbers.ts"
import { Recent } from "./recent.ts"

/** The words with which an entry begins. The packed state follows. */
export const entryHead = 5
export const hashAt = 0
export const parentAt = 2
const numberAt = 3
const orderAt = 4

type Allocate = (length: number) => Int32Array

export class Staging {
  /** Successors one step on and two: a bucket per partition. */
  readonly next: Buckets
  readonly late: Buckets
  /** How many words an entry has. */
  entryWords = entryHead
  /** The state that is being expanded, and its number in the round. */
  private parent = -1
  private order = 0
  private words = 0
  /**
   * How many entries all rounds have had; this round's, and where those of the state begin; states
   * of this round.
   */
  private all = 0
  private entries = 0
  private states = 0
  private before = 0
  /** Others may still look at those of the round before: there are two of each. */
  private counts: Int32Array
  private marks: Int32Array
  private otherCounts: Int32Array
  private otherMarks: Int32Array
  private readonly entered: Int32Array
  private readonly allocate: Allocate
  private readonly recent: Recent | undefined

  /**
   * States have so many words. With `skipsRecent`, one that was found a moment ago is not passed on
   * again.
   */
  constructor(words: number, allocate: Allocate, skipsRecent: boolean) {
    this.allocate = allocate
    this.next = new Buckets(partitionCount, allocate)
    this.late = new Buckets(partitionCount, allocate)
    this.entered = allocate(2 * partitionCount)
    this.counts = allocate(1)
    this.otherCounts = allocate(1)
    this.marks = allocate(1)
    this.otherMarks = allocate(1)
    this.recent = skipsRecent ? new Recent() : undefined
    this.change(words)
  }

  /** From now on states have so many words. */
  change(words: number): void {
    this.words = words
    this.entryWords = entryHead + words
    this.recent?.begin(words, this.all)
  }

  /** Begins a round in which this shard expands at most so many states. */
  beginRound(states: number): void {
    this.all += this.entries
    this.clear()
    ;[this.counts, this.otherCounts] = [this.otherCounts, this.counts]
    ;[this.marks, this.otherMarks] = [this.otherMarks, this.marks]
    if (this.counts.length <= states) this.counts = this.allocate(states + 1)
    if (this.recent?.isSmallFor(this.all) === true) this.recent.begin(this.words, this.all)
  }

  /**
   * The successors that follow are those of state `parent`, which is the state with this number in
   * the round.
   */
  beginState(parent: number, order: number): void {
    this.parent = parent
    this.order = order
    this.before = this.entries
  }

  endState(): void {
    this.counts[this.states++] = this.entries - this.before
  }

  /** A successor one step on. */
  add(packed: Int32Array, hash0: number, hash1: number): void {
    if (this.recent?.notice(packed, hash0) !== true) this.put(this.next, packed, hash0, hash1)
  }

  /** A successor two steps on. */
  addLate(packed: Int32Array, hash0: number, hash1: number): void {
    this.put(this.late, packed, hash0, hash1)
  }

  private put(buckets: Buckets, packed: Int32Array, hash0: number, hash1: number): void {
    const bucket = hash1 & partitionMask
    const { entryWords } = this
    if ((buckets.ends[bucket] as number) + entryWords > (bucket + 1) * buckets.capacity)
      buckets.reserve(bucket, entryWords)
    const { words, ends } = buckets
    const at = ends[bucket] as number
    words[at + hashAt] = hash0
    words[at + hashAt + 1] = hash1
    words[at + parentAt] = this.parent
    words[at + numberAt] = this.entries++
    words[at + orderAt] = this.order
    for (let word = 0; word < this.words; word++)
      words[at + entryHead + word] = packed[word] as number
    ends[bucket] = at + entryWords
  }

  /** All states of the round are expanded: from now on others may look. */
  endRound(): void {
    if (this.marks.length < this.entries) this.marks = this.allocate(this.entries * 2)
    else this.marks.fill(0, 0, this.entries)
  }

  get found(): Found {
    const { next, late, counts, marks, entered } = this
    return { next, late, counts, marks, entered }
  }

  /**
   * When a level began, so many of the states of a partition that were found two steps ahead were
   * new.
   */
  enter(level: number, partition: number, states: number): void {
    this.entered[enteredAt(level, partition)] = states
  }

  /**
   * Forgets the entries. What was noticed a moment ago stays noticed, unless the round is undone.
   */
  clear(): void {
    this.next.clear()
    this.late.clear()
    this.entries = 0
    this.states = 0
  }

  undo(): void {
    this.clear()
    this.recent?.begin(this.words, this.all)
  }

  get bytes(): number {
    const { counts, otherCounts, marks, otherMarks } = this
    const lists = [counts, otherCounts, marks, otherMarks]
    return lists.reduce(
      (sum, { byteLength }) => sum + byteLength,
      this.next.bytes + this.late.bytes
    )
  }
}

/**
 * Marks the entry at `at` as that of a new state of this partition, so that everyone can put the
 * state in order.
 */
export const mark = (
  everyones: ReadonlyArray<Found>,
  list: Int32Array,
  at: number,
  partition: number
): void => {
  const parent = list[at + parentAt] as number
  const finder = parent < 0 ? 0 : partitionOf(parent) % everyones.length
  const { marks } = everyones[finder] as Found
  marks[list[at + numberAt] as number] = partition + 1
}

/** The entries that everyone has for one partition, in the order of their parents. */
export class Merging {
  list: Int32Array = new Int32Array(0)
  begin = 0
  end = 0

  merge(
    everyones: ReadonlyArray<Found>,
    which: "next" | "late",
    partition: number,
    stride: number
  ): void {
    const lists = everyones.map((found) => found[which])
    if (lists.length === 1) {
      const [{ words, capacity, ends }] = lists as [Found["next"]]
      this.list = words
      this.begin = partition * capacity
      this.end = ends[partition] as number
      return
    }
    const cursors = lists.map(({ capacity }) => partition * capacity)
    const length = lists.reduce(
      (sum, { ends }, index) => sum + (ends[partition] as number) - (cursors[index] as number),
      0
    )
    if (this.list.length < length) this.list = new Int32Array(length * 2)
    this.begin = 0
    this.end = 0
    while (this.end < length) this.copyNext(lists, cursors, partition, stride)
  }

  /** Copies the entries of the parent that comes first of those that are left. */
  private copyNext(
    lists: ReadonlyArray<Found["next"]>,
    cursors: Array<number>,
    partition: number,
    stride: number
  ): void {
    let first = -1
    let least = Number.POSITIVE_INFINITY
    for (let index = 0; index < lists.length; index++) {
      const { words, ends } = lists[index] as Found["next"]
      const cursor = cursors[index] as number
      if (cursor === ends[partition] || (words[cursor + orderAt] as number) >= least) continue
      first = index
      least = words[cursor + orderAt] as number
    }
    const { words, ends } = lists[first] as Found["next"]
    const end = ends[partition] as number
    let cursor = cursors[first] as number
    for (; cursor < end && words[cursor + orderAt] === least; cursor += stride) {
      for (let word = 0; word < stride; word++)
        this.list[this.end + word] = words[cursor + word] as number
      this.end += stride
    }
    cursors[first] = cursor
  }
}
