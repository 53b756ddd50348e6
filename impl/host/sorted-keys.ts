/**
 * Keys in order, in buckets: adding or removing one moves only the keys of its bucket. (A list of
 * all keys that is sorted when it is asked for would stop the process for as long as sorting
 * takes.)
 */

/** A bucket with more keys is split in two. */
const maxBucket = 512

export class SortedKeys {
  /** No bucket is empty, unless it is the only one. */
  private readonly buckets: Array<Array<string>>

  constructor(keys: Iterable<string>) {
    const all = [...keys].sort(byName)
    this.buckets = [all.splice(0, maxBucket / 2)]
    for (let from = 0; from < all.length; from += maxBucket / 2)
      this.buckets.push(all.slice(from, from + maxBucket / 2))
  }

  /** Adds a key that is not there. */
  add(key: string): void {
    const place = this.bucketOf(key)
    const bucket = this.buckets[place] as Array<string>
    bucket.splice(firstFrom(bucket, key), 0, key)
    if (bucket.length > maxBucket) this.buckets.splice(place + 1, 0, bucket.splice(maxBucket / 2))
  }

  /** Removes a key that is there. */
  delete(key: string): void {
    const place = this.bucketOf(key)
    const bucket = this.buckets[place] as Array<string>
    bucket.splice(firstFrom(bucket, key), 1)
    if (bucket.length === 0 && this.buckets.length > 1) this.buckets.splice(place, 1)
  }

  /** The keys after this one, or all of them. The keys must not change meanwhile. */
  *after(key: string | null): Generator<string> {
    let place = key === null ? 0 : this.bucketOf(key)
    let at = key === null ? 0 : firstAfter(this.buckets[place] as Array<string>, key)
    for (; place < this.buckets.length; place++, at = 0) {
      const bucket = this.buckets[place] as Array<string>
      for (; at < bucket.length; at++) yield bucket[at] as string
    }
  }

  /** The number of the last bucket whose first key is not larger; else of the first bucket. */
  private bucketOf(key: string): number {
    return Math.max(
      0,
      firstWhere(this.buckets.length, (at) => (this.buckets[at]?.[0] ?? key) > key) - 1
    )
  }
}

const firstFrom = (keys: ReadonlyArray<string>, key: string): number =>
  firstWhere(keys.length, (at) => (keys[at] as string) >= key)

const firstAfter = (keys: ReadonlyArray<string>, key: string): number =>
  firstWhere(keys.length, (at) => (keys[at] as string) > key)

/** The first number below `end` for which it holds, if it holds for all after that; else `end`. */
const firstWhere = (end: number, holds: (at: number) => boolean): number => {
  let low = 0
  let high = end
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

const byName = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)
