/**
 * One growing list of entries per partition. The lists hold successors that the search has found
 * and not yet looked up.
 *
 * The shard defines the layout of an entry. All lists are slices of equal size of one array.
 */
const initialCapacity = 1 << 5

export class Buckets {
  readonly count: number
  /** All entries; bucket `n` occupies the words from `n * capacity` up to `ends[n]`. */
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

  /** Makes room in the bucket for this many more words. */
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
