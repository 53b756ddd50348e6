/**
 * An open-addressing index: it finds the numbers of rows by the hashes of their keys.
 *
 * A slot holds a number plus one, or 0 if it is free, and below it a few bits of the hash that the
 * slot's position does not show, so that look-ups read hardly any row of another key. The number of
 * slots is a power of two; in a large index it may be five, six or seven eighths of one, so six in
 * ten slots of such an index are taken, or more.
 */
import { putBits } from "./rows.ts"

const maxLoad = 0.8
/** The number of bits of the hash in a slot: its lowest ones. The position tells its highest. */
export const tagBits = 5
export const tagMask = (1 << tagBits) - 1

/** A smaller index is made twice as large when it is full: growing takes time. */
const manySlots = 1 << 15

const wordBits = 32

export class Slots {
  readonly count: number
  /** The number of rows at which the index must grow. */
  readonly maxSize: number
  /** The number of bits of a slot, and their mask. */
  private readonly bits: number
  private readonly mask: number
  private readonly words: Int32Array
  /** `count` is `eighths` times a power of two, from which the shift of a hash follows. */
  private readonly eighths: number
  private readonly shift: number

  /** `eighths` of eight eighths of `2 ** power` slots: five to eight. */
  private constructor(eighths: number, power: number) {
    this.eighths = eighths
    this.shift = wordBits - power
    this.count = (eighths << power) >>> 3
    this.maxSize = Math.floor(this.count * maxLoad)
    this.bits = wordBits - Math.clz32(this.maxSize) + tagBits
    this.mask = -1 >>> (wordBits - this.bits)
    this.words = new Int32Array(Math.ceil((this.count * this.bits) / wordBits) + 1)
  }

  /** A small index, without rows. */
  static initial(): Slots {
    return new Slots(8, 5)
  }

  /** A larger index, without rows. */
  grown(): Slots {
    const power = wordBits - this.shift
    if (this.count < manySlots) return new Slots(8, power + 1)
    return this.eighths === 8 ? new Slots(5, power + 1) : new Slots(this.eighths + 1, power)
  }

  /** The slot at which the search for a hash begins. */
  home(hash: number): number {
    return Math.imul(hash >>> 3, this.eighths) >>> this.shift
  }

  /** The contents of a slot. */
  at(slot: number): number {
    const { words, bits, mask } = this
    const bit = slot * bits
    const word = bit >>> 5
    const shift = bit & 31
    const high = ((words[word + 1] as number) << 1) << (31 - shift)
    return (((words[word] as number) >>> shift) | high) & mask
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

  /** The memory that the index occupies, in bytes. */
  get bytes(): number {
    return this.words.byteLength
  }
}

/** An index, without rows, that does not need to grow soon with this many rows. */
export const slotsFor = (rows: number): Slots => {
  let slots = Slots.initial()
  while (slots.maxSize <= rows) slots = slots.grown()
  return slots
}
