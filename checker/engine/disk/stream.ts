/**
 * A list of records of equal length on disk: they are appended at its end, and read one at a time
 * or in order. All pages of a store have one size, so a place that one stream frees can serve
 * another.
 */
import { noRoom, type PageStore } from "../queue.ts"

/** The disk has no room left for the visited states. */
export class DiskFull extends Error {
  override readonly name = "DiskFull"

  constructor() {
    super("the disk has no room left for what was visited")
  }
}

/** Where the pages of streams are stored, and the number of words of a page. */
export interface Pages {
  readonly store: PageStore
  readonly words: number
}

/** Writes the record at `at` again at `to`. */
export type Rewrite = (from: Int32Array, at: number, into: Int32Array, to: number) => void

/** Rewrites a record of which only the part after the first `head` words changes. */
export const after =
  (head: number, rewrite: Rewrite): Rewrite =>
  (from, at, into, to) => {
    for (let word = 0; word < head; word++) into[to + word] = from[at + word] as number
    rewrite(from, at + head, into, to + head)
  }

export class Stream {
  /** The number of records; they are numbered from 0. */
  size = 0
  /** The number of words of a record. */
  readonly words: number
  readonly recordsPerPage: number
  private readonly pages: Pages
  private readonly places: Array<number> = []
  /** The last page, which is not full; and the page that was read last, and its number. */
  private last: Int32Array
  private fetched: Int32Array | undefined
  private fetchedNumber = -1

  constructor(words: number, pages: Pages) {
    this.words = words
    this.pages = pages
    this.recordsPerPage = Math.max(1, Math.floor(pages.words / words))
    this.last = this.newPage()
  }

  push(from: Int32Array, at: number): void {
    const { words, last, recordsPerPage } = this
    const start = (this.size++ % recordsPerPage) * words
    for (let word = 0; word < words; word++) last[start + word] = from[at + word] as number
    if (start + words !== recordsPerPage * words) return
    const place = this.pages.store.put(last)
    if (place === noRoom) throw new DiskFull()
    this.places.push(place)
    // A reader of the full page continues in the old array.
    this.last = this.newPage()
  }

  /** Copies `words` words of record `number`, from word `first` on, into `into`. */
  read(number: number, first: number, words: number, into: Int32Array): void {
    const page = Math.floor(number / this.recordsPerPage)
    const start = (number - page * this.recordsPerPage) * this.words + first
    const records = page === this.places.length ? this.last : this.fetch(page)
    for (let word = 0; word < words; word++) into[word] = records[start + word] as number
  }

  private fetch(page: number): Int32Array {
    this.fetched ??= this.newPage()
    if (this.fetchedNumber !== page) this.get(page, this.fetched)
    this.fetchedNumber = page
    return this.fetched
  }

  /** Page `page` of the stream: in `into`, unless it is in memory. */
  pageAt(page: number, into: Int32Array): Int32Array {
    if (page === this.places.length) return this.last
    this.get(page, into)
    return into
  }

  private get(page: number, into: Int32Array): void {
    this.pages.store.get(this.places[page] as number, into)
  }

  /** The same records, rewritten with another number of words; this stream is dropped. */
  rewritten(words: number, rewrite: Rewrite): Stream {
    const anew = new Stream(words, this.pages)
    const record = new Int32Array(words)
    for (const reader = new Reader(this); reader.next(); ) {
      rewrite(reader.page, reader.at, record, 0)
      anew.push(record, 0)
    }
    this.drop()
    return anew
  }

  /** Frees the places of all pages. */
  drop(): void {
    for (const place of this.places) this.pages.store.free(place, this.last.length)
    this.places.length = 0
    this.size = 0
  }

  newPage(): Int32Array {
    return new Int32Array(this.recordsPerPage * this.words)
  }

  /** The size of the stream in memory and on disk, in bytes. */
  get heldBytes(): number {
    return this.last.byteLength + (this.fetched?.byteLength ?? 0) + this.places.length * 8
  }
  get bytes(): number {
    return this.size * this.words * 4
  }
}

/**
 * Reads the records of a stream in order: after `next`, the current record is in `page` at `at`.
 */
export class Reader {
  page: Int32Array
  at = 0
  private number = -1
  private readonly own: Int32Array
  private readonly stream: Stream

  constructor(stream: Stream) {
    this.stream = stream
    this.own = stream.newPage()
    this.page = this.own
  }

  /** Advances to the next record; false if there is none. */
  next(): boolean {
    const { stream } = this
    if (++this.number >= stream.size) return false
    const row = this.number % stream.recordsPerPage
    if (row === 0) this.page = stream.pageAt(this.number / stream.recordsPerPage, this.own)
    this.at = row * stream.words
    return true
  }
}
