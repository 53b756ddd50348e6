/**
 * Lists of entries, one for each partition that they are for: successors that were found and not yet looked up.
 *
 * An entry is the hash of a state, its parent, and the packed state. All lists are parts of one array of equal size.
 */
const initialCapacity = 1 << 5

export class Buckets {
  readonly count: number
  /** All entries; bucket `n` has those from `n * capacity` up to `ends[n]`. */
  words: Int32Array
  capacity = initialCapacity
  readonly ends: Int32Array
  private readonly allocate: (length: number) => Int32Array

  constructor(count: number, allocate: (length: number) => Int32Array = (length) => new Int32Array(length)) {
    this.count = count
    this.allocate = allocate
    this.words = allocate(count * initialCapacity)
    this.ends = new Int32Array(count)
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

  get isEmpty(): boolean {
    return this.ends.every((end, bucket) => end === bucket * this.capacity)
  }

  clear(): void {
    for (let bucket = 0; bucket < this.count; bucket++) this.ends[bucket] = bucket * this.capacity
  }

  /** Adds words to a bucket. */
  append(bucket: number, list: Int32Array, from: number, to: number): void {
    this.reserve(bucket, to - from)
    this.words.set(list.subarray(from, to), this.ends[bucket])
    this.ends[bucket] = (this.ends[bucket] as number) + to - from
  }

  /** Gives all entries, of `stride` words, `newStride` words. */
  rewrite(
    stride: number,
    newStride: number,
    entry: (from: Int32Array, at: number, into: Int32Array, to: number) => void
  ): void {
    const { words, capacity } = this
    const counts = this.ends.map((end, bucket) => (end - bucket * capacity) / stride)
    this.capacity = Math.max(initialCapacity, ...counts.map((count) => count * newStride))
    this.words = this.allocate(this.count * this.capacity)
    counts.forEach((count, bucket) => {
      const from = bucket * capacity
      const to = this.begin(bucket)
      for (let index = 0; index < count; index++)
        entry(words, from + index * stride, this.words, to + index * newStride)
      this.ends[bucket] = to + count * newStride
    })
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
