/**
 * In which order states are expanded: in the order in which they were found, whoever finds them and
 * wherever they are kept. So states that have much in common are expanded one soon after the other,
 * and what the order is does not depend on the number of workers.
 *
 * Each worker keeps the whole order: for each state that is left to expand, its partition. Rows of
 * a partition are in the same order, so the next row is the next state.
 */
import type { Buckets } from "./buckets.ts"
import { partitionCount } from "./numbers.ts"
import type { WordReader, WordWriter } from "./saving.ts"

/** What a shard has found in a round. All of it is written by the shard, but for `marks`. */
export interface Found {
  readonly next: List
  readonly late: List
  /** Of each state that the shard has expanded, how many entries it put into `next` or `late`. */
  readonly counts: Int32Array
  /**
   * Of each of these entries, in their order: the partition plus one if the state is new. Written
   * by who took it in.
   */
  readonly marks: Int32Array
  /**
   * Per partition, how many of the states that were found two steps ahead were new when the level
   * began (`enteredAt`); of this level and the one before.
   */
  readonly entered: Int32Array
}

export const enteredAt = (level: number, partition: number): number =>
  (level & 1) * partitionCount + partition

/** Buckets, as others see them. */
export type List = Pick<Buckets, "words" | "capacity" | "ends">

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
  /** What has been taken in and is still to be put in order. */
  private unordered: "nothing" | "initial states" | "round" | "level" = "nothing"

  /** Begins a round with at most so many states of the level. */
  beginRound(states: number): void {
    this.roundEnd = Math.min(this.first + states, this.levelEnd)
  }

  /**
   * The round is done, and what was found in it has been taken in. A round without states has found
   * the initial ones.
   */
  endRound(): void {
    this.unordered = this.roundSize === 0 ? "initial states" : "round"
  }

  /** How many states this round has. */
  get roundSize(): number {
    return this.roundEnd - this.first
  }

  /** The partition that state number `index` of this round is in. */
  partitionAt(index: number): number {
    return this.order[this.first + index] as number
  }

  /** Whether the level has states beyond this round. */
  get hasMore(): boolean {
    return this.roundEnd < this.levelEnd
  }

  /**
   * A level begins, of all states that were put in order; those that were found two steps ahead are
   * the next level's first.
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

  /** Puts in order what everyone has found and taken in since this was done last. */
  arrange(everyones: ReadonlyArray<Found>): void {
    const { unordered } = this
    this.unordered = "nothing"
    if (unordered === "level") this.arrangeLevel(everyones)
    if (unordered === "initial states") {
      const [found] = everyones as [Found]
      this.arrangeEntries(found, 0, found.counts[0] as number)
    }
    if (unordered === "round") {
      this.arrangeRound(everyones)
      this.first = this.roundEnd
    }
  }

  private arrangeRound(everyones: ReadonlyArray<Found>): void {
    const workers = everyones.length
    const states = new Int32Array(workers)
    const entries = new Int32Array(workers)
    for (let at = this.first; at < this.roundEnd; at++) {
      const worker = (this.order[at] as number) % workers
      const found = everyones[worker] as Found
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

  private arrangeLevel(everyones: ReadonlyArray<Found>): void {
    for (let partition = 0; partition < partitionCount; partition++) {
      const found = everyones[partition % everyones.length] as Found
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

  get bytes(): number {
    return this.order.byteLength
  }

  /** Writes the order, when everything is arranged. */
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
