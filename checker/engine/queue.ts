/**
 * A queue of fixed-length records, in pages: states that wait to be expanded or added. A page can
 * be put away, for instance on disk; the queue reads it again when its turn comes.
 */
import type { WordReader, WordWriter } from "./saving.ts"

/** Stores pages outside memory. */
export interface PageStore {
  /** Stores a page, and returns its place; `noRoom` if the store is full. */
  readonly put: (page: Int32Array) => number
  /** Reads the page at a place into `into`, which has its length. */
  readonly get: (place: number, into: Int32Array) => void
  /** Frees the place of a page of this many words. */
  readonly free: (place: number, words: number) => void
}

export const noRoom = -1

const pageBits = 10
const pageSize = 1 << pageBits
const pageMask = pageSize - 1
const initialPageSize = 1 << 4
/** A search has many queues, most of which stay empty. */
const none = new Int32Array(0)

/** A page in memory, or its place in the store. */
type Page = Int32Array | number

export class Queue {
  /** The number of records put in so far; records are numbered from 0. */
  end = 0
  /** The first record that has not been forgotten. */
  private begin = 0
  private words: number
  /** The pages from number `first` on. The last one is always in memory. */
  private pages: Array<Page> = []
  private first = 0
  private last: Int32Array = none
  private readonly store: PageStore | undefined
  /** The stored page that was read last, and its number. */
  private fetched: Int32Array = none
  private fetchedNumber = -1

  /** Creates a queue of records of this many words. Without a store, pages stay in memory. */
  constructor(words: number, store?: PageStore) {
    this.words = words
    this.store = store
  }

  push(from: Int32Array, at: number): void {
    const { words } = this
    const start = (this.end++ & pageMask) * words
    if (start === 0) this.beginPage()
    else if (start === this.last.length) this.growPage()
    const page = this.last
    for (let word = 0; word < words; word++) page[start + word] = from[at + word] as number
  }

  /** Appends the records in part of a list. */
  append(list: Int32Array, from: number, to: number): void {
    for (let at = from; at < to; at += this.words) this.push(list, at)
  }

  /** Copies record `number` into `into`. It must not have been forgotten. */
  read(number: number, into: Int32Array): void {
    const page = this.page(number >>> pageBits)
    const start = (number & pageMask) * this.words
    for (let word = 0; word < this.words; word++) into[word] = page[start + word] as number
  }

  /** Visits all records in order, many at a time. */
  each(visit: (list: Int32Array, from: number, to: number) => void): void {
    for (let number = this.first; number << pageBits < this.end; number++)
      visit(this.page(number), this.beginOf(number) * this.words, this.usedOf(number) * this.words)
  }

  /** Forgets the records before `number`, except those in its page. */
  forget(number: number): void {
    this.begin = number
    const spent = Math.min(number >>> pageBits, this.first + this.pages.length) - this.first
    if (spent <= 0) return
    for (const page of this.pages.splice(0, spent)) this.free(page)
    this.first += spent
  }

  /** Forgets all records. */
  clear(): void {
    if (this.end === 0) return
    for (const page of this.pages) this.free(page)
    this.pages = []
    this.first = 0
    this.begin = 0
    this.end = 0
    this.fetched = none
    this.fetchedNumber = -1
  }

  /** Puts away all pages except the last. */
  putAway(): void {
    const { store, pages } = this
    if (store === undefined) return
    for (let index = 0; index < pages.length - 1; index++) {
      const page = pages[index] as Page
      if (typeof page === "number") continue
      const place = store.put(page)
      if (place === noRoom) return
      pages[index] = place
    }
  }

  /** The memory that the pages occupy, in bytes; stored pages do not count. */
  get bytes(): number {
    return this.pages.reduce<number>(
      (sum, page) => sum + (typeof page === "number" ? 0 : page.byteLength),
      this.fetched.byteLength
    )
  }

  /** Rewrites all records to another number of words. */
  rewrite(
    words: number,
    record: (from: Int32Array, at: number, into: Int32Array, to: number) => void
  ): void {
    const pages = this.pages.map((page, index) => {
      const number = this.first + index
      const isAway = typeof page === "number"
      const from = this.page(number)
      const rewritten = new Int32Array((from.length / this.words) * words)
      for (let row = this.beginOf(number); row < this.usedOf(number); row++)
        record(from, row * this.words, rewritten, row * words)
      this.free(page)
      const place = isAway ? (this.store as PageStore).put(rewritten) : noRoom
      return place === noRoom ? rewritten : place
    })
    this.words = words
    this.pages = pages
    this.last = (pages.at(-1) as Int32Array | undefined) ?? this.last
    this.fetched = none
    this.fetchedNumber = -1
  }

  /** Writes the records from number `from` on; the earlier ones are forgotten. */
  save({ write }: WordWriter, from = 0): void {
    this.forget(from)
    write(Int32Array.of(this.end - from))
    this.each((list, begin, end) => write(list.subarray(begin, end)))
  }

  /** Reads the records from number `from` on into this queue, which must be empty. */
  load({ read }: WordReader, from = 0): void {
    const [count] = read(1) as unknown as [number]
    this.first = from >>> pageBits
    this.end = this.first << pageBits
    const absent = new Int32Array(this.words)
    while (this.end < from) this.push(absent, 0)
    this.begin = from
    for (let done = 0; done < count; done += pageSize) {
      const records = Math.min(pageSize, count - done)
      this.append(read(records * this.words), 0, records * this.words)
    }
  }

  /** The first record of page `number` that has not been forgotten. */
  private beginOf(number: number): number {
    return Math.max(0, this.begin - (number << pageBits))
  }

  /** The number of records in page `number`. */
  private usedOf(number: number): number {
    return Math.min(pageSize, this.end - (number << pageBits))
  }

  private page(number: number): Int32Array {
    const page = this.pages[number - this.first] as Page
    return typeof page === "number" ? this.fetch(number, page) : page
  }

  private fetch(number: number, place: number): Int32Array {
    if (this.fetchedNumber !== number) {
      if (this.fetched.length === 0) this.fetched = new Int32Array(pageSize * this.words)
      ;(this.store as PageStore).get(place, this.fetched)
      this.fetchedNumber = number
    }
    return this.fetched
  }

  private free(page: Page): void {
    if (typeof page === "number") this.store?.free(page, pageSize * this.words)
  }

  private beginPage(): void {
    this.last = new Int32Array(initialPageSize * this.words)
    this.pages.push(this.last)
  }

  private growPage(): void {
    const grown = new Int32Array(this.last.length * 2)
    grown.set(this.last)
    this.last = grown
    this.pages[this.pages.length - 1] = grown
  }
}
