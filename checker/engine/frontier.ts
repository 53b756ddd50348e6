/**
 * The order of expansion. The search expands states in the order in which it found them, whichever
 * worker finds or keeps them. States that have much in common are thus expanded close together, and
 * the order does not depend on the number of workers.
 *
 * Each worker keeps the whole order: the partition of each state that is left to expand. The rows
 * of a partition are in the same order, so its next row is its next state.
 */
import type { Buckets } from "./buckets.ts"
import { partitionCount } from "./numbers.ts"
import type { WordReader, WordWriter } from "./saving.ts"

/** What a shard found in a round. The shard itself writes all of it except `marks`. */
export interface Found {
  readonly next: List
  readonly late: List
  /** For each state that the shard expanded, the number of entries it put into `next` or `late`. */
  readonly counts: Int32Array
  /**
   * For each of these entries, in order: the partition plus one if the state is new. The shard that
   * takes the entry in writes it.
   */
  readonly marks: Int32Array
  /**
   * Per partition, how many of the states found two steps ahead were new when the level began
   * (`enteredAt`), for this level and the one before.
   */
  readonly entered: Int32Array
}

export const enteredAt = (level: number, partition: number): number =>
  (level & 1) * partitionCount + partition

/** Buckets, as other shards see them. */
export type List = Pick<Buckets, "words" | "capacity" | "ends">

/** The shard that expands the state at this position of the round. */
type FinderOf = (position: number) => number

const initialLength = 1 << 8

export class Frontier {
  /**
   * The partition of each state, in order; the states from `first` up to `end` are left to expand.
   */
  private order = new Uint8Array(initialLength)
  private first = 0
  private end = 0
  /** Where this round and this level end. */
  private roundEnd = 0
  private levelEnd = 0
  private level = -1
  /** What the shards have taken in and this frontier has still to put in order. */
  private unordered: "nothing" | "initial states" | "round" | "level" = "nothing"

  /** Begins a round of at most this many states of the level. */
  beginRound(states: number): void {
    this.roundEnd = Math.min(this.first + states, this.levelEnd)
  }

  /**
   * Ends a round whose entries the shards have taken in. A round without states has found the
   * initial states.
   */
  endRound(): void {
    this.unordered = this.roundSize === 0 ? "initial states" : "round"
  }

  /** The number of states in this round. */
  get roundSize(): number {
    return this.roundEnd - this.first
  }

  /** The partition of state number `index` of this round. */
  partitionAt(index: number): number {
    return this.order[this.first + index] as number
  }

  /** Whether the level has states beyond this round. */
  get hasMore(): boolean {
    return this.roundEnd < this.levelEnd
  }

  /**
   * Begins a level with all states that are in order; the states found two steps ahead come first
   * in the next level.
   */
  enter(level: number): void {
    this.level = level
    this.order.copyWithin(0, this.first, this.end)
    this.end -= this.first
    this.first = 0
    this.roundEnd = 0
    this.levelEnd = this.end
    this.unordered = "level"
  }

  /**
   * Puts in order what the shards found and took in since the last call. `finderOf` is the shard
   * that expanded the state at a position of the round.
   */
  arrange(foundByShard: ReadonlyArray<Found>, finderOf: FinderOf): void {
    const { unordered } = this
    this.unordered = "nothing"
    if (unordered === "level") this.arrangeLevel(foundByShard)
    if (unordered === "initial states") {
      const [found] = foundByShard as [Found]
      this.arrangeEntries(found, 0, found.counts[0] as number)
    }
    if (unordered === "round") {
      this.arrangeRound(foundByShard, finderOf)
      this.first = this.roundEnd
    }
  }

  private arrangeRound(foundByShard: ReadonlyArray<Found>, finderOf: FinderOf): void {
    const workers = foundByShard.length
    const states = new Int32Array(workers)
    const entries = new Int32Array(workers)
    for (let at = this.first; at < this.roundEnd; at++) {
      const worker = finderOf(at - this.first)
      const found = foundByShard[worker] as Found
      const state = states[worker] as number
      const from = entries[worker] as number
      const to = from + (found.counts[state] as number)
      states[worker] = state + 1
      entries[worker] = to
      this.arrangeEntries(found, from, to)
    }
  }

  private arrangeEntries({ marks }: Found, from: number, to: number): void {
    for (let entry = from; entry < to; entry++) {
      const mark = marks[entry] as number
      if (mark !== 0) this.push(mark - 1)
    }
  }

  private arrangeLevel(foundByShard: ReadonlyArray<Found>): void {
    for (let partition = 0; partition < partitionCount; partition++) {
      const found = foundByShard[partition % foundByShard.length] as Found
      for (
        let count = found.entered[enteredAt(this.level, partition)] as number;
        count > 0;
        count--
      )
        this.push(partition)
    }
  }

  private push(partition: number): void {
    if (this.end === this.order.length) {
      const grown = new Uint8Array(this.order.length * 2)
      grown.set(this.order)
      this.order = grown
    }
    this.order[this.end++] = partition
  }

  /**
   * Visits the partition of each state that is left to expand, in order: whether it belongs to this
   * level, or to the next one. Everything must be arranged.
   */
  each(visit: (partition: number, isOfLevel: boolean) => void): void {
    for (let at = this.first; at < this.end; at++)
      visit(this.order[at] as number, at < this.levelEnd)
  }

  get bytes(): number {
    return this.order.byteLength
  }

  /** Writes the order; every entry must be arranged. */
  save({ write }: WordWriter): void {
    write(Int32Array.of(this.end - this.first, this.levelEnd - this.first))
    write(Int32Array.from(this.order.subarray(this.first, this.end)))
  }

  load({ read }: WordReader): void {
    const [length, level] = read(2) as unknown as [number, number]
    this.order = new Uint8Array(Math.max(initialLength, length))
    this.order.set(read(length))
    this.end = length
    this.levelEnd = level
  }
}
