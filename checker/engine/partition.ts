/**
 * A part of the set of visited states.
 *
 * State number `n` is row `n` of a table: its key, then its parent, from which the search first
 * reached it. The key is the packed state or its fingerprint. An index finds rows by key. (V8's own
 * `Set` holds at most 2^24 entries.) A part is small enough to fit into the processor's cache while
 * the search adds many states to it together.
 */
import { partitionBits, partitionMask } from "./numbers.ts"
import { blockSize, type Fields, type NewBlock, Rows } from "./rows.ts"
import type { WordReader, WordWriter } from "./saving.ts"
import { Slots, slotsFor, tagBits, tagMask } from "./slots.ts"

/** The number of states that are looked up together. */
const batchSize = 64
/** Scratch: the contents of the slots of a batch. */
const entries = new Int32Array(batchSize)

/** The number of words of an entry, and the first words of its key and its parent. */
export interface EntryShape {
  readonly stride: number
  readonly keyAt: number
  readonly parentAt: number
}

/** The words of a key, and the fields that they consist of. */
export interface Key {
  readonly words: number
  readonly fields: Fields
}

/**
 * Writes the hashes of the keys of `count` rows into `into`; each begins `stride` words after the
 * one before.
 */
export type HashesOf = (rows: Int32Array, count: number, stride: number, into: Int32Array) => void

export class Partition {
  private key: Key
  private readonly rows: Rows
  private slots = Slots.initial()
  /** The parents of states that have moved, for instance to a nearer one. */
  private readonly moved = new Map<number, number>()
  private readonly hashesOf: HashesOf

  constructor(key: Key, hashesOf: HashesOf, newBlock?: NewBlock) {
    this.key = key
    this.hashesOf = hashesOf
    this.rows = new Rows(rowFieldsOf(key), key.words + 1, newBlock)
  }

  /** The number of states. They are numbered from 0 in the order of arrival. */
  get size(): number {
    return this.rows.size
  }

  /**
   * Adds the states of the entries from `first` up to `end` that are new, and reports these
   * entries. An entry begins with the state's hash.
   *
   * A look-up waits for the memory twice: for the index, then for the row. So a batch is first read
   * ahead, in short loops without branches, which keep many reads in flight at a time.
   */
  addAll(
    list: Int32Array,
    first: number,
    end: number,
    { stride, keyAt, parentAt }: EntryShape,
    isNew: (list: Int32Array, at: number) => void
  ): void {
    for (let from = first; from < end; from += batchSize * stride) {
      const until = Math.min(end, from + batchSize * stride)
      this.lookAhead(list, from, until, stride)
      for (let at = from; at < until; at += stride) {
        if (this.add(list, at + keyAt, list[at] as number, list[at + parentAt] as number))
          isNew(list, at)
      }
    }
  }

  /** Reads ahead the memory that adding these entries will read. */
  private lookAhead(list: Int32Array, first: number, end: number, stride: number): void {
    const { slots, rows } = this
    let count = 0
    for (let at = first; at < end; at += stride)
      entries[count++] = slots.at(slots.home(list[at] as number))
    for (let index = 0; index < count; index++) {
      const entry = entries[index] as number
      if (entry !== 0) rows.touch((entry >>> tagBits) - 1)
    }
  }

  /**
   * Adds the state with the key at `at` in `from`, unless it is there. `hash` is its hash. Returns
   * true if it is new.
   */
  add(from: Int32Array, at: number, hash: number, parent: number): boolean {
    const found = this.seek(from, at, hash)
    if (found >= 0) return false
    const { rows, slots } = this
    slots.put(~found, rows.size, hash)
    rows.append(from, at, this.key.words, parent)
    if (rows.size === slots.maxSize) this.index(slots.grown())
    return true
  }

  /** The number of the state with the key at `at` in `from`; -1 if it is absent. */
  find(from: Int32Array, at: number, hash: number): number {
    return Math.max(-1, this.seek(from, at, hash))
  }

  /** The number of the state with this key; `~slot`, less than 0, if it is absent. */
  private seek(from: Int32Array, at: number, hash: number): number {
    const { slots, rows, key } = this
    const { count } = slots
    const fields = key.fields.wordOf.length
    for (let slot = slots.home(hash); ; slot = slot + 1 === count ? 0 : slot + 1) {
      const entry = slots.at(slot)
      if (entry === 0) return ~slot
      if (((entry ^ hash) & tagMask) !== 0) continue
      const known = (entry >>> tagBits) - 1
      if (rows.isAt(known, from, at, key.words, fields)) return known
    }
  }

  /** Packs the states before number `number` more densely: look-ups rarely reach them. */
  sealBefore(number: number): void {
    this.rows.sealBefore(number)
  }

  /** Copies the key of state `number` into `into`, from `at`. */
  read(number: number, into: Int32Array, at = 0): void {
    const { words, fields } = this.key
    this.rows.read(number, into, at, words, fields.wordOf.length)
  }

  /** The parent of state `number`, as passed to `add` or `setParent`. */
  parentOf(number: number): number {
    return this.moved.get(number) ?? this.rows.last(number)
  }

  setParent(number: number, parent: number): void {
    this.moved.set(number, parent)
  }

  /** The memory that the part occupies, in bytes. */
  get bytes(): number {
    return this.rows.bytes + this.slots.bytes
  }

  /** Changes the words of keys; the values of their fields and their hashes stay the same. */
  rewrite(
    key: Key,
    write: (from: Int32Array, at: number, into: Int32Array, to: number) => void
  ): void {
    const before = this.key.words
    this.key = key
    this.rows.change(rowFieldsOf(key), key.words + 1, (from, at, into, to) => {
      write(from, at, into, to)
      into[to + key.words] = from[at + before] as number
    })
  }

  /** Writes all rows. */
  save({ write }: WordWriter): void {
    write(Int32Array.of(this.size))
    let first = 0
    this.rows.each((words, count) => {
      const { stride } = this.rows
      const rows = words.slice(0, count * stride)
      for (let row = 0; row < count; row++)
        rows[(row + 1) * stride - 1] = this.parentOf(first + row)
      write(rows)
      first += count
    })
  }

  /** Reads the rows of a part with keys of the same length into this one, which must be empty. */
  load({ read }: WordReader): void {
    const [size] = read(1) as unknown as [number]
    const { rows, key } = this
    while (rows.size < size) {
      const words = read(Math.min(batchSize, size - rows.size) * rows.stride)
      for (let at = 0; at < words.length; at += rows.stride)
        rows.append(words, at, key.words, words[at + key.words] as number)
    }
    this.index(slotsFor(size))
  }

  /** Puts all states into a new index. */
  private index(slots: Slots): void {
    const hashes = new Int32Array(Math.min(blockSize, this.size))
    let number = 0
    this.rows.each((words, count) => {
      this.hashesOf(words, count, this.rows.stride, hashes)
      for (let row = 0; row < count; row++) slots.insert(number++, hashes[row] as number)
    })
    this.slots = slots
  }
}

/** The parts of a search share a key, and the fields of their rows. */
const known = new WeakMap<Key, Fields>()
const rowFieldsOf = (key: Key): Fields => {
  const fields = known.get(key) ?? rowFields(key)
  known.set(key, fields)
  return fields
}

/** The fields of a row: those of the key, and the two parts of the parent's number. */
const rowFields = ({ words, fields }: Key): Fields => ({
  wordOf: Int32Array.of(...fields.wordOf, words, words),
  shiftOf: Int32Array.of(...fields.shiftOf, 0, partitionBits),
  maskOf: Int32Array.of(...fields.maskOf, partitionMask, -1 >>> partitionBits)
})
