/**
 * Lists of entries, one for each partition that they are for: successors that were found and not
 * yet looked up.
 *
 * What an entry consists of, the shard says. All lists are parts of one array of equal size.
 */
const initialCapacity = 1 << 5

export class Buckets {
  readonly count: number
  /** All entries; bucket `n` has those from `n * capacity` up to `ends[n]`. */
  words: Int32Array
  capacity = initialCapacity
  readonly ends: Int32Array
  private readonly allocate: (length: number) => Int32Array

  constructor(
    count: number,
    allocate: (length: number) => Int32Array = (length) => new Int32Array(length)
  ) {
    this.count = count
    this.allocate = allocate
    this.words = allocate(count * initialCapacity)
    this.ends = allocate(count)
    this.clear()
  }

  /** Sees to it that the bucket has room for so many more words. */
  reserve(bucket: number, words: number): void {
    const used = (this.ends[bucket] as number) - bucket * this.capacity
    if (used + words > this.capacity) this.resize(Math.max(this.capacity * 2, used + words))
  }

  begin(bucket: number): number {
    return bucket * this.capacity
  }

  get bytes(): number {
    return this.words.byteLength
  }

  clear(): void {
    for (let bucket = 0; bucket < this.count; bucket++) this.ends[bucket] = bucket * this.capacity
  }

  private resize(capacity: number): void {
    const { words, capacity: before, count } = this
    this.capacity = capacity
    this.words = this.allocate(count * capacity)
    for (let bucket = 0; bucket < count; bucket++) {
      const end = this.ends[bucket] as number
      this.words.set(words.subarray(bucket * before, end), bucket * capacity)
      this.ends[bucket] = bucket * capacity + end - bucket * before
    }
  }
}
