/**
 * Sorts more records than memory holds, by their first words as unsigned numbers: it sorts the
 * pushed records and writes them as a run whenever memory is full, and reads the runs in parallel.
 */
import { type Pages, Reader, type Rewrite, Stream } from "./stream.ts"

/** At most this many records can be sorted by one number each, which also contains their place. */
export const maxSortedTogether = 1 << 21

/**
 * Sorted streams. A new one is merged with the one before unless that is more than twice as large,
 * so there are few, and each record is merged only a few times.
 */
export class Runs {
  private runs: Array<Stream> = []
  private readonly pages: Pages

  constructor(pages: Pages) {
    this.pages = pages
  }

  add(run: Stream): void {
    this.runs.push(run)
    for (;;) {
      const [before, last] = this.runs.slice(-2)
      if (before === undefined || last === undefined || before.size > 2 * last.size) return
      const both = new Stream(last.words, this.pages)
      for (const merged = new Merged([before, last]); merged.next(); )
        both.push(merged.page, merged.at)
      before.drop()
      last.drop()
      this.runs.splice(-2, 2, both)
    }
  }

  merged(): Merged {
    return new Merged(this.runs)
  }

  /** Rewrites all records. Their first words must stay as they are. */
  rewrite(words: number, rewrite: Rewrite): void {
    this.runs = this.runs.map((run) => run.rewritten(words, rewrite))
  }

  drop(): void {
    for (const run of this.runs) run.drop()
    this.runs = []
  }

  get heldBytes(): number {
    return this.runs.reduce((sum, run) => sum + run.heldBytes, 0)
  }
  get bytes(): number {
    return this.runs.reduce((sum, run) => sum + run.bytes, 0)
  }
}

/**
 * The records of several sorted streams, in order: after `next`, the current one is in `page` at
 * `at`.
 */
export class Merged {
  page: Int32Array = new Int32Array(1)
  at = 0
  /** The first word of the record, as an unsigned number; infinite after the last one. */
  key = -1
  private readonly readers: ReadonlyArray<Reader>
  private readonly keys: Array<number>
  private current = -1

  constructor(runs: ReadonlyArray<Stream>) {
    this.readers = runs.map((run) => new Reader(run))
    this.keys = this.readers.map(keyOfNext)
  }

  next(): boolean {
    const { readers, keys } = this
    if (this.current >= 0) keys[this.current] = keyOfNext(readers[this.current] as Reader)
    let least = Number.POSITIVE_INFINITY
    this.current = -1
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as number
      if (key >= least) continue
      least = key
      this.current = index
    }
    this.key = least
    if (this.current < 0) return false
    const { page, at } = readers[this.current] as Reader
    this.page = page
    this.at = at
    return true
  }
}

const keyOfNext = (reader: Reader): number =>
  reader.next() ? (reader.page[reader.at] as number) >>> 0 : Number.POSITIVE_INFINITY

export class Sorting {
  /** The number of words of a record. */
  private words: number
  /** The records pushed since the last run. */
  private records: Int32Array
  private count = 0
  private readonly maxCount: number
  private readonly runs: Runs
  private readonly pages: Pages

  /** Keeps at most `maxCount` records in memory. */
  constructor(words: number, maxCount: number, pages: Pages) {
    this.words = words
    this.maxCount = Math.min(maxCount, maxSortedTogether)
    this.pages = pages
    this.records = new Int32Array(words)
    this.runs = new Runs(pages)
  }

  push(from: Int32Array, at: number): void {
    const { words } = this
    const start = this.count++ * words
    if (start === this.records.length) {
      const larger = new Int32Array(this.records.length * 2)
      larger.set(this.records)
      this.records = larger
    }
    const { records } = this
    for (let word = 0; word < words; word++) records[start + word] = from[at + word] as number
    if (this.count === this.maxCount) this.flush()
  }

  /** Writes the records in memory as a run. */
  flush(): void {
    const { records, words, count } = this
    if (count === 0) return
    const run = new Stream(words, this.pages)
    const keys = new Float64Array(count)
    for (let index = 0; index < count; index++)
      keys[index] = ((records[index * words] as number) >>> 0) * maxSortedTogether + index
    keys.sort()
    for (const key of keys) run.push(records, (key % maxSortedTogether) * words)
    this.records = new Int32Array(words)
    this.count = 0
    this.runs.add(run)
  }

  /** All records, sorted. */
  sorted(): Runs {
    this.flush()
    return this.runs
  }

  merged(): Merged {
    return this.sorted().merged()
  }

  /** Rewrites all records. Their first words must stay as they are. */
  rewrite(words: number, rewrite: Rewrite): void {
    this.flush()
    this.words = words
    this.records = new Int32Array(words)
    this.runs.rewrite(words, rewrite)
  }

  drop(): void {
    this.count = 0
    this.runs.drop()
  }

  get heldBytes(): number {
    return this.records.byteLength + this.runs.heldBytes
  }
  get bytes(): number {
    return this.runs.bytes
  }
}
