/**
 * The set of visited states: exact, in typed arrays.
 *
 * State number `n` is a row of `width` integers; an open-addressing index finds it again. Rows live in pages, so that
 * growing copies nothing but the index. (V8's own `Set` ends at 2^24 entries.)
 */

const pageBits = 16
const pageSize = 1 << pageBits
const pageMask = pageSize - 1
const initialIndexSize = 1 << 16

export class StateTable {
  readonly width: number
  /** How many states there are; they are numbered from 0 in the order in which they were added. */
  size = 0
  private readonly pages: Array<Int32Array> = []
  private readonly parentPages: Array<Int32Array> = []
  /** Per slot: a state's number plus one, or 0. */
  private index = new Int32Array(initialIndexSize)
  private indexMask = initialIndexSize - 1

  constructor(width: number) {
    this.width = width
  }

  /** Adds the state unless it is there. Returns its number `n` if it is new, `~n` if it was there. */
  add(state: Int32Array, parent: number): number {
    const { width, indexMask, index, pages } = this
    let slot = hash(state, width) & indexMask
    for (;;) {
      const entry = index[slot] as number
      if (entry === 0) break
      const known = entry - 1
      if (sameRow(pages[known >>> pageBits] as Int32Array, (known & pageMask) * width, state, width))
        return -1
      slot = (slot + 1) & indexMask
    }
    const number = this.size++
    index[slot] = number + 1
    this.write(number, state, parent)
    if (this.size * 2 > this.indexMask) this.growIndex()
    return number
  }

  /** Copies state `number` into `into`. */
  read(number: number, into: Int32Array): void {
    const page = this.pages[number >>> pageBits] as Int32Array
    const start = (number & pageMask) * this.width
    for (let component = 0; component < this.width; component++)
      into[component] = page[start + component] as number
  }

  /** The state from which state `number` was first reached, -1 for an initial state. */
  parentOf(number: number): number {
    return (this.parentPages[number >>> pageBits] as Int32Array)[number & pageMask] as number
  }

  /** Notes that a nearer way to state `number` leads through `parent`. */
  setParent(number: number, parent: number): void {
    ;(this.parentPages[number >>> pageBits] as Int32Array)[number & pageMask] = parent
  }

  /** The memory that the table occupies. */
  get bytes(): number {
    return this.pages.length * pageSize * 4 * (this.width + 1) + this.index.byteLength
  }

  private write(number: number, state: Int32Array, parent: number): void {
    const pageNumber = number >>> pageBits
    if (pageNumber === this.pages.length) {
      this.pages.push(new Int32Array(pageSize * this.width))
      this.parentPages.push(new Int32Array(pageSize))
    }
    const page = this.pages[pageNumber] as Int32Array
    const start = (number & pageMask) * this.width
    for (let component = 0; component < this.width; component++)
      page[start + component] = state[component] as number
    ;(this.parentPages[pageNumber] as Int32Array)[number & pageMask] = parent
  }

  private growIndex(): void {
    const size = this.index.length * 2
    const mask = size - 1
    const index = new Int32Array(size)
    const row = new Int32Array(this.width)
    for (let number = 0; number < this.size; number++) {
      this.read(number, row)
      let slot = hash(row, this.width) & mask
      while (index[slot] !== 0) slot = (slot + 1) & mask
      index[slot] = number + 1
    }
    this.index = index
    this.indexMask = mask
  }
}

const sameRow = (page: Int32Array, start: number, state: Int32Array, width: number): boolean => {
  for (let component = 0; component < width; component++) {
    if (page[start + component] !== state[component]) return false
  }
  return true
}

/** A 32-bit hash of a vector: multiply and mix per component, with a final avalanche (as in MurmurHash3). */
const hash = (state: Int32Array, width: number): number => {
  let mixed = 0x9e3779b9 | 0
  for (let component = 0; component < width; component++) {
    mixed = Math.imul(mixed ^ (state[component] as number), 0x85ebca6b)
    mixed ^= mixed >>> 15
  }
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
