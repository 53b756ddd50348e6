/**
 * Packs states into a few words, and hashes them.
 *
 * Each component gets as many bits as its codes need. When a component outgrows its bits, the
 * layout changes and every packed state must be packed again. A state's hash is the exclusive or of
 * the hashes of its values (Zobrist hashing), so a successor's hash follows from its parent's hash
 * and the components that changed.
 */
import type { CodeBook } from "./code-book.ts"
import { hashText } from "./hash.ts"
import { Integers } from "./integers.ts"
import { missing, PairMemo } from "./pair-memo.ts"
import type { Space } from "./space.ts"

const wordBits = 32

/** The position of each component in a packed state. */
export class Layout {
  /** The minimum number of bits of each component. */
  readonly needs: ReadonlyArray<number>
  /** The number of words of a packed state. */
  readonly words: number
  /**
   * Per component: its word, its shift within the word, and the mask of its bits once shifted back.
   */
  readonly wordOf: Int32Array
  readonly shiftOf: Int32Array
  readonly maskOf: Int32Array

  /**
   * Gives each component the bits that it needs, and shares out the bits left over in each word.
   */
  constructor(needs: ReadonlyArray<number>) {
    this.needs = needs
    this.wordOf = new Int32Array(needs.length)
    this.shiftOf = new Int32Array(needs.length)
    this.maskOf = new Int32Array(needs.length)
    const words = wordsFor(needs)
    words.forEach((components, word) => {
      let left = components.reduce(
        (bits, component) => bits - (needs[component] as number),
        wordBits
      )
      let shift = 0
      components.forEach((component, at) => {
        const share = Math.floor(left / (components.length - at))
        const bits = (needs[component] as number) + share
        left -= share
        this.wordOf[component] = word
        this.shiftOf[component] = shift
        this.maskOf[component] = -1 >>> (wordBits - bits)
        shift += bits
      })
    })
    this.words = words.length
  }

  hasRoomFor(component: number, code: number): boolean {
    return code <= (this.maskOf[component] as number) >>> 0
  }
}

/** The components of each word: in their order, unless fewer words hold them in another one. */
const wordsFor = (needs: ReadonlyArray<number>): ReadonlyArray<ReadonlyArray<number>> => {
  const inOrder = filled(needs, needs.keys(), (words) => words.slice(-1))
  const largestFirst = [...needs.keys()].sort(
    (left, right) => (needs[right] as number) - (needs[left] as number) || left - right
  )
  const dense = filled(needs, largestFirst, (words) => words)
  return dense.length < inOrder.length ? dense : inOrder
}

/** A word that is being filled. */
interface Word {
  readonly components: Array<number>
  left: number
}

/** Puts each component into the fullest open word that has room for it. */
const filled = (
  needs: ReadonlyArray<number>,
  order: Iterable<number>,
  open: (words: ReadonlyArray<Word>) => ReadonlyArray<Word>
): ReadonlyArray<ReadonlyArray<number>> => {
  const words: Array<Word> = []
  for (const component of order) {
    const need = needs[component] as number
    const fitting = open(words).filter(({ left }) => left >= need)
    const fullest = fitting.toSorted((one, other) => one.left - other.left)[0]
    if (fullest === undefined) words.push({ components: [component], left: wordBits - need })
    else {
      fullest.components.push(component)
      fullest.left -= need
    }
  }
  return words.map(({ components }) => components)
}

/** The 64-bit hash of a state, in two halves. */
export type Fingerprint = readonly [number, number]

/** The number of integers of an entry. */
export const entrySize = 4
const initialEntries = 1 << 6

export class Packing {
  layout: Layout
  /**
   * Per component and value: the code at its position in the state, the two halves of the value's
   * hash, and the code itself.
   */
  readonly entries: Array<Int32Array>
  /**
   * Per move: the word that it changes, the value to combine with that word (exclusive or), and the
   * same for the two halves of the hash. Move number 0 changes nothing.
   */
  deltas: Int32Array = new Int32Array(initialEntries * entrySize)
  /** True once a value occurred that the layout has no room for. */
  isOutgrown = false
  /** The hash of the state that was opened last. */
  hash0 = 0
  hash1 = 0
  private readonly space: Space
  private readonly codes: CodeBook
  /**
   * Per component and code: the value plus one (0 while unknown), and the two halves of its hash.
   */
  private readonly decoding: Array<Int32Array>
  /** The number of each move, per component, by its two codes. */
  private readonly moveOfCodes: ReadonlyArray<PairMemo>
  private readonly movers = new Integers()

  constructor(space: Space, codes: CodeBook) {
    this.space = space
    this.codes = codes
    this.entries = Array.from(
      { length: space.width },
      () => new Int32Array(initialEntries * entrySize)
    )
    this.decoding = Array.from(
      { length: space.width },
      () => new Int32Array(initialEntries * entrySize)
    )
    this.moveOfCodes = Array.from({ length: space.width }, () => new PairMemo())
    for (let word = 0; word < moverSize; word++) this.movers.push(0)
    this.layout = new Layout(this.entries.map(() => 1))
  }

  /** The number of bits that each component needs so far. */
  get needs(): ReadonlyArray<number> {
    return this.entries.map((_, component) => wordBits - Math.clz32(this.codes.count(component)))
  }

  /** The memory that the tables of values and moves occupy, in bytes. */
  get bytes(): number {
    const tables = [...this.entries, ...this.decoding, this.deltas, this.movers.items]
    const memos = this.moveOfCodes.reduce((sum, { bytes }) => sum + bytes, 0)
    return tables.reduce((sum, { byteLength }) => sum + byteLength, memos)
  }

  /**
   * Switches to a new layout. States packed in the old one must be packed again.
   *
   * The layout may already be too small: it has room for the values that another worker knew when
   * it asked for room. This worker may have met more values since, which happened to fit the old
   * layout.
   */
  change(layout: Layout): void {
    this.layout = layout
    this.isOutgrown = false
    this.decoding.forEach((decoding, component) => {
      for (let code = 1; code * entrySize < decoding.length; code++) {
        const value = (decoding[code * entrySize] as number) - 1
        if (value < 0) continue
        if (!layout.hasRoomFor(component, code)) this.isOutgrown = true
        const placed = code << (layout.shiftOf[component] as number)
        ;(this.entries[component] as Int32Array)[value * entrySize] = placed
      }
    })
    for (let move = 1; move * moverSize < this.movers.size; move++) this.placeMove(move)
  }

  /** Gives the value an entry if it has none. */
  meet(component: number, value: number): void {
    const known = this.entries[component] as Int32Array
    if (value * entrySize < known.length && known[value * entrySize + 3] !== 0) return
    const content = this.space.content(component, value)
    const code = this.codes.codeOf(component, value, content)
    if (!this.layout.hasRoomFor(component, code)) this.isOutgrown = true
    const hash0 = hashText(content, component * 2)
    const hash1 = hashText(content, component * 2 + 1)
    const placed = code << (this.layout.shiftOf[component] as number)
    this.entries[component] = withEntry(known, value, [placed, hash0, hash1, code])
    const decoding = this.decoding[component] as Int32Array
    this.decoding[component] = withEntry(decoding, code, [value + 1, hash0, hash1, 0])
  }

  /** The number of the move of a component from one value to another. */
  moveOf(component: number, from: number, to: number): number {
    if (from === to) return 0
    this.meet(component, from)
    this.meet(component, to)
    const entries = this.entries[component] as Int32Array
    const fromCode = entries[from * entrySize + 3] as number
    const toCode = entries[to * entrySize + 3] as number
    const memo = this.moveOfCodes[component] as PairMemo
    const known = memo.get(fromCode, toCode)
    if (known !== missing) return known
    const move = this.movers.size / moverSize
    memo.set(fromCode, toCode, move)
    for (const item of [component, from, to]) this.movers.push(item)
    if ((move + 1) * entrySize > this.deltas.length) this.deltas = doubled(this.deltas)
    this.placeMove(move)
    return move
  }

  /** Packs a state into `into`, from `at`. Every value of the state must have an entry. */
  pack(state: Int32Array, into: Int32Array, at: number): void {
    const { entries, layout } = this
    into.fill(0, at, at + layout.words)
    for (let component = 0; component < entries.length; component++) {
      const placed = (entries[component] as Int32Array)[
        (state[component] as number) * entrySize
      ] as number
      const word = at + (layout.wordOf[component] as number)
      into[word] = (into[word] as number) | placed
    }
  }

  /** Half `half` (0 or 1) of the hash of a state. Every value of the state must have an entry. */
  hash(state: Int32Array, half: number): number {
    let mixed = 0
    for (let component = 0; component < state.length; component++) {
      const at = (state[component] as number) * entrySize + 1 + half
      mixed ^= (this.entries[component] as Int32Array)[at] as number
    }
    return mixed
  }

  /** The hash of any state. */
  fingerprint(state: Int32Array): Fingerprint {
    for (let component = 0; component < state.length; component++)
      this.meet(component, state[component] as number)
    return [this.hash(state, 0), this.hash(state, 1)]
  }

  /**
   * Writes the first halves of the hashes of `count` packed states into `into`; each begins
   * `stride` words after the one before. Component by component, so that the loops are short.
   */
  hashesOfPacked(from: Int32Array, count: number, stride: number, into: Int32Array): void {
    const { wordOf, shiftOf, maskOf } = this.layout
    into.fill(0, 0, count)
    for (let component = 0; component < wordOf.length; component++) {
      const [shift, mask] = [shiftOf[component] as number, maskOf[component] as number]
      let known = this.decoding[component] as Int32Array
      let at = wordOf[component] as number
      for (let row = 0; row < count; row++, at += stride) {
        const code = ((from[at] as number) >>> shift) & mask
        const entry = code * entrySize
        if (entry >= known.length || known[entry] === 0) {
          this.lookUp(component, code)
          known = this.decoding[component] as Int32Array
        }
        into[row] = (into[row] as number) ^ (known[entry + 1] as number)
      }
    }
  }

  /** Unpacks the state in `from` into `into`, and computes its hash: `hash0` and `hash1`. */
  open(from: Int32Array, into: Int32Array): void {
    const { wordOf, shiftOf, maskOf } = this.layout
    const { decoding } = this
    let hash0 = 0
    let hash1 = 0
    for (let component = 0; component < into.length; component++) {
      const word = from[wordOf[component] as number] as number
      const code = (word >>> (shiftOf[component] as number)) & (maskOf[component] as number)
      const at = code * entrySize
      let known = decoding[component] as Int32Array
      if (at >= known.length || known[at] === 0) {
        this.lookUp(component, code)
        known = decoding[component] as Int32Array
      }
      into[component] = (known[at] as number) - 1
      hash0 ^= known[at + 1] as number
      hash1 ^= known[at + 2] as number
    }
    this.hash0 = hash0
    this.hash1 = hash1
  }

  /** Unpacks the state at `at` in `from`, which was packed in this layout. */
  unpack(from: Int32Array, at: number, into: Int32Array, layout: Layout = this.layout): void {
    const { decoding } = this
    const { wordOf, shiftOf, maskOf } = layout
    for (let component = 0; component < decoding.length; component++) {
      const word = from[at + (wordOf[component] as number)] as number
      const code = (word >>> (shiftOf[component] as number)) & (maskOf[component] as number)
      const known = decoding[component] as Int32Array
      const value = code * entrySize < known.length ? (known[code * entrySize] as number) - 1 : -1
      into[component] = value >= 0 ? value : this.lookUp(component, code)
    }
  }

  /** The value of a code that another search or worker assigned. */
  private lookUp(component: number, code: number): number {
    const value = this.codes.valueWith(component, code)
    this.meet(component, value)
    return value
  }

  private placeMove(move: number): void {
    const { deltas } = this
    const [component, from, to] = this.movers.items.subarray(move * moverSize) as unknown as [
      number,
      number,
      number
    ]
    const entries = this.entries[component] as Int32Array
    const at = move * entrySize
    deltas[at] = this.layout.wordOf[component] as number
    for (let item = 0; item < entrySize - 1; item++) {
      const before = entries[from * entrySize + item] as number
      deltas[at + 1 + item] = before ^ (entries[to * entrySize + item] as number)
    }
  }
}

/** The number of integers that describe a move: its component and the two values. */
const moverSize = 3

const withEntry = (array: Int32Array, index: number, entry: ReadonlyArray<number>): Int32Array => {
  let room = array
  while ((index + 1) * entrySize > room.length) room = doubled(room)
  room.set(entry, index * entrySize)
  return room
}

const doubled = (array: Int32Array): Int32Array => {
  const grown = new Int32Array(array.length * 2)
  grown.set(array)
  return grown
}
