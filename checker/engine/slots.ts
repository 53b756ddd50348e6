/**
 * An open-addressing index: it finds the numbers of rows by the hashes of their keys.
 *
 * A slot holds a number plus one, or 0 if it is free, and below it a few bits of the hash that the
 * slot's position does not tell, so that look-ups read hardly any row of another key. The number of
 * slots need not be a power of two: a large index grows by half, and is never half empty.
 */
import { bitsAt, putBits } from "./rows.ts"

const maxLoad = 0.9
/** A small index grows by as much again, since growing takes time; a large one by half. */
const manySlots = 1 << 14
export const initialSlots = 1 << 5
/** The number of bits of the hash in a slot: its lowest ones. The position tells its highest. */
export const tagBits = 5
export const tagMask = (1 << tagBits) - 1

const hashes = 2 ** 32

export class Slots {
  readonly count: number
  /** The number of bits of a slot. */
  readonly bits: number
  readonly words: Int32Array
  /** The number of rows at which the index must grow. */
  readonly maxSize: number

  constructor(count: number) {
    this.count = count
    this.maxSize = Math.floor(count * maxLoad)
    this.bits = 32 - Math.clz32(this.maxSize) + tagBits
    this.words = new Int32Array(Math.ceil((count * this.bits) / 32) + 1)
  }

  /** The slot at which the search for a hash begins. */
  home(hash: number): number {
    return Math.floor(((hash >>> 0) * this.count) / hashes)
  }

  /** What a slot holds. */
  at(slot: number): number {
    return bitsAt(this.words, slot * this.bits, this.bits)
  }

  /** Puts row `number`, whose key has this hash, into a free slot. */
  put(slot: number, number: number, hash: number): void {
    const { bits } = this
    putBits(this.words, slot * bits, ((number + 1) << tagBits) | (hash & tagMask), bits)
  }

  /** Puts row `number` into the first slot that is free for this hash. */
  insert(number: number, hash: number): void {
    let slot = this.home(hash)
    while (this.at(slot) !== 0) if (++slot === this.count) slot = 0
    this.put(slot, number, hash)
  }

  /** A larger index, without rows. */
  grown(): Slots {
    return new Slots(this.count < manySlots ? this.count * 2 : Math.ceil(this.count * 1.5))
  }
}

/** An index, without rows, that need not grow soon with this many rows. */
export const slotsFor = (rows: number): Slots =>
  new Slots(Math.max(initialSlots, Math.ceil((rows + 1) / maxLoad)))
