/**
 * Who found what: the parts of buckets that come of one partition. What several shards found is taken in in the order
 * of the partitions that it comes of, so that it makes no difference how many shards there are.
 */
import type { Buckets } from "./buckets.ts"
import { partitionCount } from "./numbers.ts"

/** What a shard has found in a round. */
export interface Found {
  readonly next: List
  readonly late: List
  readonly segments: Pick<Segments, "next" | "late">
}

/** Buckets, as others see them. */
export type List = Pick<Buckets, "words" | "capacity">

export class Segments {
  /** Per own partition and bucket: how many words the bucket has when all states of the partition are expanded. */
  readonly next: Int32Array
  readonly late: Int32Array
  private readonly isAlone: boolean

  constructor(own: number, allocate: (length: number) => Int32Array) {
    this.isAlone = own === partitionCount
    this.next = allocate(own * partitionCount)
    this.late = allocate(own * partitionCount)
  }

  /** All states of own partition number `at` have been expanded. (Of a shard that is alone, only the last end counts.) */
  end(at: number, next: Buckets, late: Buckets): void {
    if (this.isAlone && at !== partitionCount - 1) return
    for (let bucket = 0; bucket < partitionCount; bucket++) {
      this.next[at * partitionCount + bucket] = (next.ends[bucket] as number) - next.begin(bucket)
      this.late[at * partitionCount + bucket] = (late.ends[bucket] as number) - late.begin(bucket)
    }
  }
}

/** Visits, in the order of the partitions that they come of, the parts of everyone's lists that are for `partition`. */
export const eachSegment = (
  found: ReadonlyArray<Found>,
  which: "next" | "late",
  partition: number,
  visit: (list: Int32Array, from: number, to: number) => void
): void => {
  if (found.length === 1) {
    const { [which]: list, segments } = found[0] as Found
    const begin = partition * list.capacity
    const to = segments[which][segments[which].length - partitionCount + partition] as number
    if (to > 0) visit(list.words, begin, begin + to)
    return
  }
  for (let source = 0; source < partitionCount; source++) {
    const { [which]: list, segments } = found[source % found.length] as Found
    const at = Math.floor(source / found.length)
    const ends = segments[which]
    const from = at === 0 ? 0 : (ends[(at - 1) * partitionCount + partition] as number)
    const to = ends[at * partitionCount + partition] as number
    const begin = partition * list.capacity
    if (to > from) visit(list.words, begin + from, begin + to)
  }
}
