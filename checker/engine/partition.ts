/**
 * A part of the set of visited states, in typed arrays.
 *
 * State number `n` is a row of a few words: its key, then its parent, from which the search first
 * reached it. The key is the packed state or its fingerprint. An open-addressing index finds rows
 * by key. (V8's own `Set` holds at most 2^24 entries.) A part is small enough to fit into the
 * processor's cache while the search adds many states to it together.
 */

import type { WordReader, WordWriter } from "./saving.ts"

const pageBits = 10
const pageSize = 1 << pageBits
const pageMask = pageSize - 1
const initialPageSize = 1 << 4
const initialIndexSize = 1 << 5
/** The maximum load of the index. */
const maxLoad = 0.8
/** The number of states that are looked up together. */
const batchSize = 64

/** The number of words of an entry, and the first words of its key and its parent. */
export interface EntryShape {
  readonly stride: number
  readonly keyAt: number
  readonly parentAt: number
}

export class Partition {
  /** The number of states. They are numbered from 0 in the order of arrival. */
  size = 0
  /** The number of words of a key. */
  keyWords: number
  /** The number of words of a row. */
  private stride: number
  private pages: Array<Int32Array>
  /**
   * Per slot: a state's number plus one, or 0. Numbers are less than the size of the index; the
   * bits above them hold the bits of the state's hash that the slot's position does not tell.
   * Look-ups thus read hardly any row of another state.
   */
  private index = new Int32Array(initialIndexSize)
  private indexMask = initialIndexSize - 1
  /** The number of states at which the index must grow. */
  private maxSize = Math.floor(initialIndexSize * maxLoad)
  /** Keeps the engine from removing reads whose only purpose is to load the cache. */
  touched = 0
  private readonly hashOf: (page: Int32Array, start: number) => number

  /** `hashOf` computes the hash of the key at `start` in `page`. */
  constructor(keyWords: number, hashOf: (page: Int32Array, start: number) => number) {
    this.hashOf = hashOf
    this.keyWords = keyWords
    this.stride = keyWords + 1
    this.pages = [new Int32Array(initialPageSize * this.stride)]
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

  /** Reads what adding these entries will read. */
  private lookAhead(list: Int32Array, first: number, end: number, stride: number): void {
    const { index, indexMask, pages, stride: rowWords } = this
    let touched = 0
    for (let at = first; at < end; at += stride)
      touched ^= index[(list[at] as number) & indexMask] as number
    for (let at = first; at < end; at += stride) {
      const entry = index[(list[at] as number) & indexMask] as number
      const row = Math.max(0, (entry & indexMask) - 1)
      touched ^= (pages[row >>> pageBits] as Int32Array)[(row & pageMask) * rowWords] as number
    }
    this.touched = touched
  }

  /**
   * Adds the state with the key at `at` in `from`, unless it is there. `hash` is its hash. Returns
   * true if it is new.
   */
  add(from: Int32Array, at: number, hash: number, parent: number): boolean {
    const { indexMask, index, pages, keyWords, stride } = this
    let slot = hash & indexMask
    for (let entry = index[slot] as number; entry !== 0; entry = index[slot] as number) {
      if (((entry ^ hash) & ~indexMask) === 0) {
        const known = (entry & indexMask) - 1
        const page = pages[known >>> pageBits] as Int32Array
        const start = (known & pageMask) * stride
        let different = 0
        for (let word = 0; word < keyWords; word++) {
          different |= (page[start + word] as number) ^ (from[at + word] as number)
        }
        if (different === 0) return false
      }
      slot = (slot + 1) & indexMask
    }
    index[slot] = (this.size + 1) | (hash & ~indexMask)
    this.append(from, at, parent)
    return true
  }

  /** The number of the state with the key at `at` in `from`; -1 if it is absent. */
  find(from: Int32Array, at: number, hash: number): number {
    const { indexMask, index, keyWords } = this
    for (let slot = hash & indexMask; ; slot = (slot + 1) & indexMask) {
      const entry = index[slot] as number
      if (entry === 0) return -1
      const known = (entry & indexMask) - 1
      if (((entry ^ hash) & ~indexMask) !== 0) continue
      const page = this.pages[known >>> pageBits] as Int32Array
      const start = (known & pageMask) * this.stride
      let same = true
      for (let word = 0; word < keyWords; word++) same &&= page[start + word] === from[at + word]
      if (same) return known
    }
  }

  /** The page of row `number`, and where the row begins in it. */
  page(number: number): Int32Array {
    return this.pages[number >>> pageBits] as Int32Array
  }
  start(number: number): number {
    return (number & pageMask) * this.stride
  }

  /** The parent of state `number`, as passed to `add`. */
  parentOf(number: number): number {
    return this.page(number)[this.start(number) + this.keyWords] as number
  }

  setParent(number: number, parent: number): void {
    this.page(number)[this.start(number) + this.keyWords] = parent
  }

  /** The memory that the part occupies, in bytes. */
  get bytes(): number {
    return this.pages.reduce((sum, { byteLength }) => sum + byteLength, this.index.byteLength)
  }

  /** Replaces the words of all keys; the hashes stay the same. */
  rewrite(
    keyWords: number,
    key: (from: Int32Array, at: number, into: Int32Array, to: number) => void
  ): void {
    const { stride } = this
    const newStride = keyWords + 1
    this.pages = this.pages.map((page, pageNumber) => {
      const rows = page.length / stride
      const rewritten = new Int32Array(rows * newStride)
      const used = Math.min(rows, this.size - pageNumber * pageSize)
      for (let row = 0; row < used; row++) {
        key(page, row * stride, rewritten, row * newStride)
        rewritten[row * newStride + keyWords] = page[row * stride + stride - 1] as number
      }
      return rewritten
    })
    this.keyWords = keyWords
    this.stride = newStride
  }

  /** Writes all rows. */
  save({ write }: WordWriter): void {
    write(Int32Array.of(this.size))
    for (let first = 0; first < this.size; first += pageSize)
      write(this.page(first).subarray(0, Math.min(pageSize, this.size - first) * this.stride))
  }

  /** Reads the rows of a part with keys of the same length into this one, which must be empty. */
  load({ read }: WordReader): void {
    const [size] = read(1) as unknown as [number]
    const { stride } = this
    for (let first = 0; first < size; first += pageSize) {
      const rows = Math.min(pageSize, size - first)
      const page = new Int32Array(
        (first > 0 ? pageSize : powerOfTwo(rows, initialPageSize)) * stride
      )
      page.set(read(rows * stride))
      this.pages[first >>> pageBits] = page
    }
    this.size = size
    this.buildIndex(powerOfTwo(Math.ceil((size + 1) / maxLoad), initialIndexSize))
  }

  private buildIndex(length: number): void {
    const index = new Int32Array(length)
    const mask = length - 1
    for (let number = 0; number < this.size; number++) {
      const hash = this.hashOf(this.page(number), this.start(number))
      let slot = hash & mask
      while (index[slot] !== 0) slot = (slot + 1) & mask
      index[slot] = (number + 1) | (hash & ~mask)
    }
    this.index = index
    this.indexMask = mask
    this.maxSize = Math.floor(length * maxLoad)
  }

  private append(from: Int32Array, at: number, parent: number): void {
    const number = this.size++
    const { stride, keyWords } = this
    const page = this.pageFor(number)
    const start = (number & pageMask) * stride
    for (let word = 0; word < keyWords; word++) page[start + word] = from[at + word] as number
    page[start + keyWords] = parent
    if (this.size === this.maxSize) this.buildIndex(this.index.length * 2)
  }

  /** The page for a new row. The first page grows, so small searches take little memory. */
  private pageFor(number: number): Int32Array {
    const { pages, stride } = this
    const last = pages[number >>> pageBits]
    if (last === undefined) {
      const page = new Int32Array(pageSize * stride)
      pages.push(page)
      return page
    }
    if ((number & pageMask) * stride < last.length) return last
    const grown = new Int32Array(last.length * 2)
    grown.set(last)
    pages[number >>> pageBits] = grown
    return grown
  }
}

/** The smallest power of two that is at least `count` and `least`; `least` is a power of two. */
const powerOfTwo = (count: number, least: number): number => {
  let power = least
  while (power < count) power *= 2
  return power
}
