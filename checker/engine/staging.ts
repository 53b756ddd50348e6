/**
 * What a shard finds in a round, until every shard has taken in its share.
 *
 * Each successor is one entry: the two halves of its hash, its parent, the number of the entry in
 * this shard's round, the number of its parent in the whole round, and then the packed state.
 */
import { Buckets } from "./buckets.ts"
import { enteredAt, type Found } from "./frontier.ts"
import { partitionCount, partitionMask, partitionOf } from "./numbers.ts"
import { Recent } from "./recent.ts"

/** The number of words before the packed state in an entry. */
export const entryHead = 5
export const hashAt = 0
export const parentAt = 2
export const numberAt = 3
export const orderAt = 4

type Allocate = (length: number) => Int32Array

export class Staging {
  /** Successors one step on and two steps on: a bucket per partition. */
  readonly next: Buckets
  readonly late: Buckets
  /** The number of words of an entry. */
  entryWords = entryHead
  /** The state being expanded, and its number in the round. */
  private parent = -1
  private order = 0
  private words = 0
  /**
   * The number of entries of all rounds; of this round; where those of the current state begin; and
   * the number of states of this round.
   */
  private all = 0
  private entries = 0
  private states = 0
  private before = 0
  /** Other shards may still read the arrays of the round before, so there are two of each. */
  private counts: Int32Array
  private marks: Int32Array
  private otherCounts: Int32Array
  private otherMarks: Int32Array
  private readonly entered: Int32Array
  private readonly allocate: Allocate
  private readonly recent: Recent | undefined

  /**
   * `words` is the length of a packed state. With `skipsRecent`, a state found a moment ago is not
   * passed on again.
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

  /** Sets the length of a packed state, in words. */
  change(words: number): void {
    this.words = words
    this.entryWords = entryHead + words
    this.recent?.begin(words, this.all)
  }

  /** Begins a round in which this shard expands at most this many states. */
  beginRound(states: number): void {
    this.all += this.entries
    this.clear()
    ;[this.counts, this.otherCounts] = [this.otherCounts, this.counts]
    ;[this.marks, this.otherMarks] = [this.otherMarks, this.marks]
    if (this.counts.length <= states) this.counts = this.allocate(states + 1)
    if (this.recent?.isSmallFor(this.all) === true) this.recent.begin(this.words, this.all)
  }

  /** Begins the successors of state `parent`, which has number `order` in the round. */
  beginState(parent: number, order: number): void {
    this.parent = parent
    this.order = order
    this.before = this.entries
  }

  endState(): void {
    this.counts[this.states++] = this.entries - this.before
  }

  /** Adds a successor one step on. */
  add(packed: Int32Array, hash0: number, hash1: number): void {
    if (this.recent?.notice(packed, hash0) !== true) this.put(this.next, packed, hash0, hash1)
  }

  /** Adds a successor two steps on. */
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

  /** Ends the round: from now on other shards may read the entries. */
  endRound(): void {
    if (this.marks.length < this.entries) this.marks = this.allocate(this.entries * 2)
    else this.marks.fill(0, 0, this.entries)
  }

  /** The number of entries of this round. */
  get size(): number {
    return this.entries
  }

  /** The number of states that this shard has expanded in this round. */
  get expanded(): number {
    return this.states
  }

  get found(): Found {
    const { next, late, counts, marks, entered } = this
    return { next, late, counts, marks, entered }
  }

  /**
   * Records how many of the states of a partition that were found two steps ahead were new when a
   * level began.
   */
  enter(level: number, partition: number, states: number): void {
    this.entered[enteredAt(level, partition)] = states
  }

  /** Forgets the entries, but not the recent states. (Undoing a round forgets those as well.) */
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
 * Marks the entry at `at` as that of a new state of this partition, so that every shard can put the
 * state in order.
 */
export const mark = (
  foundByShard: ReadonlyArray<Found>,
  list: Int32Array,
  at: number,
  partition: number
): void => {
  const parent = list[at + parentAt] as number
  const finder = parent < 0 ? 0 : partitionOf(parent) % foundByShard.length
  const { marks } = foundByShard[finder] as Found
  marks[list[at + numberAt] as number] = partition + 1
}

/** The entries of all shards for one partition, merged in the order of their parents. */
export class Merging {
  list: Int32Array = new Int32Array(0)
  begin = 0
  end = 0

  merge(
    foundByShard: ReadonlyArray<Found>,
    which: "next" | "late",
    partition: number,
    stride: number
  ): void {
    const lists = foundByShard.map((found) => found[which])
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

  /** Copies the entries of the parent that comes first among the remaining ones. */
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
