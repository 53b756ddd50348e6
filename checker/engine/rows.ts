/**
 * A growing table of rows of words, in the order of arrival. Each word consists of fields, such as
 * the codes of a packed state.
 *
 * The table keeps rows in blocks: at first unchanged, which is fast to read; and sealed once they
 * are seldom read. A sealed block keeps, for each field, the least value in the block, and of each
 * row how far its value lies above it, in as few bits as the block needs. Consecutive rows have
 * much in common, so this takes fewer bits than the fields have.
 */
export const blockBits = 8
export const blockSize = 1 << blockBits
export const blockMask = blockSize - 1
const initialRows = 1 << 4

/** The fields of a row: the word of each, its shift within the word, and the mask of its bits. */
export interface Fields {
  readonly wordOf: Int32Array
  readonly shiftOf: Int32Array
  readonly maskOf: Int32Array
}

/** Allocates the words of an open block, which may replace a smaller one of the same number. */
export type NewBlock = (block: number, words: number) => Int32Array
const privately: NewBlock = (_, words) => new Int32Array(words)

/** Blocks are in chunks; no chunk begins another block from this many words on. */
const chunkBits = 13
const chunkWords = 1 << chunkBits
/** By how much arrays grow: a little, because a search has many of them. */
const growth = 1.25

/**
 * The head of a block: its place, the bits of a row, then the least values and widths of fields.
 */
const placeAt = 0
const rowBitsAt = 1
const leastAt = 2
const widthsPerWord = 4
const widthMask = 0xff

const wordBits = 32
/** The mask of this many bits. */
const maskOfWidth = Int32Array.from({ length: wordBits + 1 }, (_, width) =>
  width === 0 ? 0 : -1 >>> (wordBits - width)
)

export class Rows {
  size = 0
  /** The number of words of a row. */
  stride: number
  private fields: Fields
  /** The number of sealed blocks; and the later blocks, whose rows are unchanged. */
  private sealed = 0
  private open: Array<Int32Array> = []
  private chunks: Array<Int32Array> = []
  /** The number of words in use of the last chunk. */
  private used = 0
  private heads = new Int32Array(0)
  private readonly headWords: number
  private readonly scratch: Int32Array
  /** Keeps the engine from removing reads whose only purpose is to load the cache. */
  touched = 0

  private readonly newBlock: NewBlock

  constructor(fields: Fields, stride: number, newBlock: NewBlock = privately) {
    this.fields = fields
    this.stride = stride
    this.newBlock = newBlock
    const count = fields.wordOf.length
    this.headWords = leastAt + count + Math.ceil(count / widthsPerWord)
    this.scratch = new Int32Array(count)
  }

  /** Appends a row: `words` words of `from`, beginning at `at`, and then `last`. */
  append(from: Int32Array, at: number, words: number, last: number): void {
    const { stride } = this
    const block = (this.size >>> blockBits) - this.sealed
    const start = (this.size++ & blockMask) * stride
    let open = this.open[block]
    if (open === undefined || start === open.length) open = this.roomInOpen(block)
    for (let word = 0; word < words; word++) open[start + word] = from[at + word] as number
    open[start + words] = last
  }

  /** A new open block, or a larger one. The first one grows, so small tables take little memory. */
  private roomInOpen(block: number): Int32Array {
    const open = this.open[block]
    const rows = this.sealed + block === 0 ? initialRows : blockSize
    const words = open === undefined ? rows * this.stride : open.length * 2
    const larger = this.newBlock(this.sealed + block, words)
    if (open !== undefined) larger.set(open)
    this.open[block] = larger
    return larger
  }

  /** Seals the blocks all of whose rows have numbers less than this one. */
  sealBefore(number: number): void {
    const blocks = Math.min(number, this.size) >>> blockBits
    const open = this.open.splice(0, blocks - this.sealed)
    for (const block of open) this.seal(block)
  }

  /**
   * Copies the words of the first `count` fields of row `number` into `into`, which are `words`.
   */
  read(number: number, into: Int32Array, at: number, words: number, count: number): void {
    const block = number >>> blockBits
    if (block >= this.sealed) {
      const open = this.open[block - this.sealed] as Int32Array
      const start = (number & blockMask) * this.stride
      for (let word = 0; word < words; word++) into[at + word] = open[start + word] as number
      return
    }
    for (let word = 0; word < words; word++) into[at + word] = 0
    const { heads, headWords, fields } = this
    const { wordOf, shiftOf } = fields
    const head = block * headWords
    const chunk = this.chunks[(heads[head] as number) >>> chunkBits] as Int32Array
    const widths = head + leastAt + wordOf.length
    let bit = firstBit(heads, head, number)
    for (let field = 0; field < count; field++) {
      const width = widthOf(heads, widths, field)
      const value = (heads[head + leastAt + field] as number) + bitsAt(chunk, bit, width)
      const word = at + (wordOf[field] as number)
      into[word] = (into[word] as number) | (value << (shiftOf[field] as number))
      bit += width
    }
  }

  /** Whether the first `count` fields of row `number` are those of the words of `from` at `at`. */
  isAt(number: number, from: Int32Array, at: number, words: number, count: number): boolean {
    const block = number >>> blockBits
    if (block >= this.sealed) {
      const open = this.open[block - this.sealed] as Int32Array
      const start = (number & blockMask) * this.stride
      let different = 0
      for (let word = 0; word < words; word++)
        different |= (open[start + word] as number) ^ (from[at + word] as number)
      return different === 0
    }
    return this.isSealedAt(number, from, at, count)
  }

  private isSealedAt(number: number, from: Int32Array, at: number, count: number): boolean {
    const block = number >>> blockBits
    const { heads, headWords, fields } = this
    const { wordOf, shiftOf, maskOf } = fields
    const head = block * headWords
    const chunk = this.chunks[(heads[head] as number) >>> chunkBits] as Int32Array
    const widths = head + leastAt + wordOf.length
    let bit = firstBit(heads, head, number)
    for (let field = 0; field < count; field++) {
      const width = widthOf(heads, widths, field)
      const value = (heads[head + leastAt + field] as number) + bitsAt(chunk, bit, width)
      const word = from[at + (wordOf[field] as number)] as number
      const sought = (word >>> (shiftOf[field] as number)) & (maskOf[field] as number)
      if ((value ^ sought) !== 0) return false
      bit += width
    }
    return true
  }

  /** The last word of row `number`. */
  last(number: number): number {
    const { stride, sealed, heads, headWords, fields } = this
    const block = number >>> blockBits
    if (block >= sealed) {
      const open = this.open[block - sealed] as Int32Array
      return open[(number & blockMask) * stride + stride - 1] as number
    }
    const { wordOf, shiftOf } = fields
    const head = block * headWords
    const chunk = this.chunks[(heads[head] as number) >>> chunkBits] as Int32Array
    const widths = head + leastAt + wordOf.length
    let bit = firstBit(heads, head, number)
    let last = 0
    for (let field = 0; field < wordOf.length; field++) {
      const width = widthOf(heads, widths, field)
      if (wordOf[field] === stride - 1) {
        const value = (heads[head + leastAt + field] as number) + bitsAt(chunk, bit, width)
        last |= value << (shiftOf[field] as number)
      }
      bit += width
    }
    return last
  }

  /** Reads ahead the memory that reading row `number` will read. */
  touch(number: number): void {
    const block = number >>> blockBits
    if (block >= this.sealed) {
      const open = this.open[block - this.sealed] as Int32Array
      this.touched ^= open[(number & blockMask) * this.stride] as number
      return
    }
    const { heads } = this
    const head = block * this.headWords
    const chunk = this.chunks[(heads[head] as number) >>> chunkBits] as Int32Array
    this.touched ^= chunk[firstBit(heads, head, number) >>> 5] as number
  }

  /** Visits all rows in order, block by block: their words, from the beginning of an array on. */
  each(visit: (rows: Int32Array, count: number) => void): void {
    const unsealed = new Int32Array(this.sealed === 0 ? 0 : blockSize * this.stride)
    for (let block = 0; block < this.sealed; block++) {
      this.unseal(block, unsealed)
      visit(unsealed, blockSize)
    }
    this.open.forEach((open, index) => {
      visit(open, Math.min(blockSize, this.size - ((this.sealed + index) << blockBits)))
    })
  }

  /**
   * Changes the positions of the fields in the words of a row. The number of fields and their
   * values stay the same, and so do sealed blocks; `rewrite` writes the row at `at` again at `to`.
   */
  change(
    fields: Fields,
    stride: number,
    rewrite: (from: Int32Array, at: number, into: Int32Array, to: number) => void
  ): void {
    this.open = this.open.map((open, index) => {
      const used = this.size - ((this.sealed + index) << blockBits)
      const words = (open.length / this.stride) * stride
      const rewritten = this.newBlock(this.sealed + index, words)
      for (let row = 0; row < Math.min(blockSize, used); row++)
        rewrite(open, row * this.stride, rewritten, row * stride)
      return rewritten
    })
    this.stride = stride
    this.fields = fields
  }

  /** The memory that the table occupies, in bytes. */
  get bytes(): number {
    return [...this.chunks, ...this.open].reduce(
      (sum, { byteLength }) => sum + byteLength,
      this.heads.byteLength
    )
  }

  /** Seals a block of rows. */
  private seal(open: Int32Array): void {
    const { stride, fields, headWords } = this
    const head = this.sealed * headWords
    if (head + headWords > this.heads.length)
      this.heads = resized(this.heads, Math.ceil((head + headWords) * growth))
    const rowBits = this.measure(open, head)
    const { chunk, at } = this.room(Math.ceil((rowBits * blockSize) / wordBits))
    this.heads[head + placeAt] = ((this.chunks.length - 1) << chunkBits) | at
    this.heads[head + rowBitsAt] = rowBits
    const { wordOf, shiftOf, maskOf } = fields
    let first = at * wordBits
    for (let field = 0; field < wordOf.length; field++) {
      const [shift, mask] = [shiftOf[field] as number, maskOf[field] as number]
      const least = this.heads[head + leastAt + field] as number
      const width = this.scratch[field] as number
      let word = wordOf[field] as number
      let bit = first
      for (let row = 0; row < blockSize; row++) {
        putBits(chunk, bit, (((open[word] as number) >>> shift) & mask) - least, width)
        word += stride
        bit += rowBits
      }
      first += width
    }
    this.sealed++
  }

  /**
   * Writes the least values and the widths of the fields of a block's rows into a head, and the
   * widths into the scratch. Returns the number of bits of a row.
   */
  private measure(open: Int32Array, head: number): number {
    const { stride, fields, heads, scratch } = this
    const { wordOf, shiftOf, maskOf } = fields
    const widths = head + leastAt + wordOf.length
    let rowBits = 0
    for (let field = 0; field < wordOf.length; field++) {
      const [shift, mask] = [shiftOf[field] as number, maskOf[field] as number]
      let least = 0xffffffff
      let most = 0
      for (let at = wordOf[field] as number; at < blockSize * stride; at += stride) {
        const value = (((open[at] as number) >>> shift) & mask) >>> 0
        if (value < least) least = value
        if (value > most) most = value
      }
      const width = wordBits - Math.clz32(most - least)
      const at = widths + ((field / widthsPerWord) | 0)
      heads[head + leastAt + field] = least
      heads[at] = (heads[at] as number) | (width << ((field % widthsPerWord) * 8))
      scratch[field] = width
      rowBits += width
    }
    return rowBits
  }

  /** A chunk with room for this many words, and where they begin; one more word follows them. */
  private room(words: number): { readonly chunk: Int32Array; readonly at: number } {
    const { chunks } = this
    let chunk = chunks.at(-1)
    if (chunk === undefined || this.used >= chunkWords) {
      if (chunk !== undefined) chunks[chunks.length - 1] = resized(chunk, this.used + 1)
      chunk = new Int32Array(words + 1)
      chunks.push(chunk)
      this.used = 0
    }
    const at = this.used
    const needed = at + words + 1
    if (needed > chunk.length) {
      const length = Math.max(needed, Math.min(chunkWords, Math.ceil(chunk.length * growth)))
      chunk = resized(chunk, length)
      chunks[chunks.length - 1] = chunk
    }
    this.used = at + words
    return { chunk, at }
  }

  /** Writes the rows of a block unchanged. */
  private unseal(block: number, into: Int32Array): void {
    const { stride, fields, heads, headWords } = this
    const { wordOf, shiftOf } = fields
    const head = block * headWords
    const chunk = this.chunks[(heads[head] as number) >>> chunkBits] as Int32Array
    const rowBits = heads[head + rowBitsAt] as number
    const widths = head + leastAt + wordOf.length
    let first = firstBit(heads, head, 0)
    into.fill(0)
    for (let field = 0; field < wordOf.length; field++) {
      const shift = shiftOf[field] as number
      const least = heads[head + leastAt + field] as number
      const width = widthOf(heads, widths, field)
      let word = wordOf[field] as number
      let bit = first
      for (let row = 0; row < blockSize; row++) {
        into[word] = (into[word] as number) | ((least + bitsAt(chunk, bit, width)) << shift)
        word += stride
        bit += rowBits
      }
      first += width
    }
  }
}

/** Where the bits of row `number` begin in the chunk of its block, which has this head. */
const firstBit = (heads: Int32Array, head: number, number: number): number =>
  (((heads[head + placeAt] as number) & (chunkWords - 1)) << 5) +
  (number & blockMask) * (heads[head + rowBitsAt] as number)

const widthOf = (heads: Int32Array, widths: number, field: number): number =>
  ((heads[widths + (field >>> 2)] as number) >>> ((field & 3) << 3)) & widthMask

/** The `width` bits of an array of words that begin at bit `bit`. One more word must follow. */
const bitsAt = (words: Int32Array, bit: number, width: number): number => {
  const word = bit >>> 5
  const shift = bit & 31
  const low = (words[word] as number) >>> shift
  const high = ((words[word + 1] as number) << 1) << (31 - shift)
  return (low | high) & (maskOfWidth[width] as number)
}

/** Writes `width` bits where all bits are 0. */
export const putBits = (words: Int32Array, bit: number, value: number, width: number): void => {
  const word = bit >>> 5
  const shift = bit & 31
  words[word] = (words[word] as number) | (value << shift)
  if (shift + width > wordBits)
    words[word + 1] = (words[word + 1] as number) | (value >>> (wordBits - shift))
}

const resized = (array: Int32Array, length: number): Int32Array<ArrayBuffer> => {
  const copy = new Int32Array(length)
  copy.set(length < array.length ? array.subarray(0, length) : array)
  return copy
}
