/**
 * The packed states that were found and not yet expanded, where the visited set keeps only their fingerprints: a queue.
 * What is expanded is forgotten.
 */
const pageBits = 10
const pageSize = 1 << pageBits
const pageMask = pageSize - 1

export class Pending {
  /** How many states were put in so far. */
  private end = 0
  private words: number
  /** The pages from number `first` on. */
  private pages: Array<Int32Array> = []
  private first = 0

  constructor(words: number) {
    this.words = words
  }

  push(from: Int32Array, at: number): void {
    const { words } = this
    const number = this.end++
    if ((number & pageMask) === 0) this.pages.push(new Int32Array(pageSize * words))
    const page = this.pages[(number >>> pageBits) - this.first] as Int32Array
    const start = (number & pageMask) * words
    for (let word = 0; word < words; word++) page[start + word] = from[at + word] as number
  }

  /** Copies packed state `number` into `into`. */
  read(number: number, into: Int32Array): void {
    const page = this.pages[(number >>> pageBits) - this.first] as Int32Array
    const start = (number & pageMask) * this.words
    for (let word = 0; word < this.words; word++) into[word] = page[start + word] as number
  }

  /** Forgets the states before number `number`. */
  forget(number: number): void {
    const spent = (number >>> pageBits) - this.first
    if (spent <= 0) return
    this.pages.splice(0, spent)
    this.first += spent
  }

  get bytes(): number {
    return this.pages.reduce((sum, { byteLength }) => sum + byteLength, 0)
  }

  /** Packs everything anew. */
  rewrite(words: number, pack: (from: Int32Array, at: number, into: Int32Array, to: number) => void): void {
    this.pages = this.pages.map((page, index) => {
      const rewritten = new Int32Array(pageSize * words)
      const used = Math.min(pageSize, this.end - (this.first + index) * pageSize)
      for (let row = 0; row < used; row++) pack(page, row * this.words, rewritten, row * words)
      return rewritten
    })
    this.words = words
  }
}
