/** Small helpers for lists of entries: per partition, consecutive records of equal length. */
import type { List } from "../engine/frontier.ts"
import { partitionCount } from "../engine/numbers.ts"
import type { Layout, Packing } from "../engine/packing.ts"
import { entryHead } from "../engine/staging.ts"

/** An empty list with room for this many entries in each partition. */
export const listFor = (sizes: ReadonlyArray<number>, stride: number): List => {
  const capacity = Math.max(0, ...sizes) * stride
  const last = sizes.findLastIndex((size) => size > 0)
  return {
    words: new Int32Array((last + 1) * capacity),
    capacity,
    ends: Int32Array.from(sizes, (_, partition) => partition * capacity)
  }
}

export const noList: List = listFor(
  Array.from({ length: partitionCount }, () => 0),
  0
)

/** Visits where the entries of these partitions begin, in their order. */
export const eachEntry = (
  { capacity, ends }: List,
  partitions: Iterable<number>,
  stride: number,
  visit: (at: number, partition: number) => void
): void => {
  for (const partition of partitions)
    for (let at = partition * capacity; at < (ends[partition] as number); at += stride)
      visit(at, partition)
}

/** The entries of these partitions, which were packed in an earlier layout, packed anew. */
export const repacked = (
  list: List,
  partitions: ReadonlySet<number>,
  packing: Packing,
  before: Layout
): List => {
  const stride = entryHead + before.words
  const newStride = entryHead + packing.layout.words
  const sizes = Array.from({ length: partitionCount }, (_, partition) =>
    partitions.has(partition)
      ? ((list.ends[partition] as number) - partition * list.capacity) / stride
      : 0
  )
  const { words, capacity, ends } = listFor(sizes, newStride)
  const values = new Int32Array(packing.entries.length)
  eachEntry(list, partitions, stride, (at, partition) => {
    const to = ends[partition] as number
    for (let word = 0; word < entryHead; word++) words[to + word] = list.words[at + word] as number
    packing.unpack(list.words, at + entryHead, values, before)
    packing.pack(values, words, to + entryHead)
    ends[partition] = to + newStride
  })
  return { words, capacity, ends }
}

/** A growing list of bits. */
export class Bits {
  private list = new Uint8Array(1 << 6)
  private size = 0

  push(bit: boolean): void {
    const at = this.size >>> 3
    if (at === this.list.length) {
      const grown = new Uint8Array(at * 2)
      grown.set(this.list)
      this.list = grown
    }
    if (bit) this.list[at] = (this.list[at] as number) | (1 << (this.size & 7))
    this.size++
  }

  get bytes(): Uint8Array {
    return this.list.slice(0, (this.size + 7) >>> 3)
  }
}
