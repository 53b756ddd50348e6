/**
 * The states found for one level, each of which may have been visited long ago: no look-up has
 * happened yet. Memory catches those that are found again soon; when there are too many, they are
 * sorted and written.
 *
 * A record: the first half of the hash, the order in which the state was found, its parent, and the
 * packed state.
 */
import type { Buckets } from "../buckets.ts"
import { Integers } from "../integers.ts"
import { partitionCount, partitionMask } from "../numbers.ts"
import type { Fingerprint, Packing } from "../packing.ts"
import { type HashesOf, Partition } from "../partition.ts"
import { entryHead, hashAt, numberAt, parentAt } from "../staging.ts"
import { type Merged, Sorting } from "./sorting.ts"
import { after, type Pages, type Rewrite } from "./stream.ts"

export const recordHead = 3
export const orderOf = 1
export const parentOf = 2

const maxOrder = 2 ** 32

export class Candidates {
  private readonly packing: Packing
  private readonly maxCount: number
  /**
   * The candidates in memory: packed, by partition; and in the same order, their hashes and orders.
   */
  private partitions: ReadonlyArray<Partition> = []
  private heads: ReadonlyArray<Integers> = []
  private inMemory = 0
  private readonly sorting: Sorting
  /** The number of entries taken in. */
  private entries = 0

  /** Keeps about `maxCount` candidates in memory. */
  constructor(packing: Packing, maxCount: number, pages: Pages) {
    this.packing = packing
    this.maxCount = maxCount
    this.sorting = new Sorting(recordHead + packing.layout.words, maxCount, pages)
    this.begin()
  }

  private begin(): void {
    const { packing } = this
    const key = { words: packing.layout.words, fields: packing.layout }
    this.inMemory = 0
    const all = Array.from({ length: partitionCount })
    const hashesOf: HashesOf = (...rows) => packing.hashesOfPacked(...rows)
    this.partitions = all.map(() => new Partition(key, hashesOf))
    this.heads = all.map(() => new Integers())
  }

  /** Takes in the findings of a round, which has `entries` entries in all. */
  takeIn(buckets: Buckets, entries: number): void {
    const stride = entryHead + this.packing.layout.words
    if (this.entries + entries > maxOrder) throw new Error("too many states of one level")
    for (let bucket = 0; bucket < partitionCount; bucket++) {
      const heads = this.heads[bucket] as Integers
      this.partitions[bucket]?.addAll(
        buckets.words,
        buckets.begin(bucket),
        buckets.ends[bucket] as number,
        { stride, keyAt: entryHead, parentAt },
        (list, at) => {
          heads.push(list[at + hashAt] as number)
          heads.push((list[at + numberAt] as number) + this.entries)
          this.inMemory++
        }
      )
    }
    this.entries += entries
    if (this.inMemory >= this.maxCount) this.putAway()
  }

  /** Adds one packed state, with its hash. */
  add(packed: Int32Array, [hash0, hash1]: Fingerprint, parent: number): void {
    const bucket = hash1 & partitionMask
    if (this.partitions[bucket]?.add(packed, 0, hash0, parent) === true) {
      this.heads[bucket]?.push(hash0)
      this.heads[bucket]?.push(this.entries)
      this.inMemory++
    }
    this.entries++
    if (this.inMemory >= this.maxCount) this.putAway()
  }

  /** Moves the candidates in memory to disk. */
  putAway(): void {
    if (this.inMemory === 0) return
    const record = new Int32Array(recordHead + this.packing.layout.words)
    this.partitions.forEach((partition, bucket) => {
      const { items } = this.heads[bucket] as Integers
      for (let row = 0; row < partition.size; row++) {
        record[0] = items[row * 2] as number
        record[orderOf] = items[row * 2 + 1] as number
        record[parentOf] = partition.parentOf(row)
        partition.read(row, record, recordHead)
        this.sorting.push(record, 0)
      }
    })
    this.sorting.flush()
    this.begin()
  }

  /** All candidates by their hashes; some more than once. */
  merged(): Merged {
    this.putAway()
    return this.sorting.merged()
  }

  /** Packs everything again; the packing has another layout. */
  change(pack: Rewrite): void {
    const { layout } = this.packing
    this.sorting.rewrite(recordHead + layout.words, after(recordHead, pack))
    const key = { words: layout.words, fields: layout }
    for (const partition of this.partitions) partition.rewrite(key, pack)
  }

  get isEmpty(): boolean {
    return this.entries === 0
  }

  drop(): void {
    this.sorting.drop()
    this.begin()
    this.entries = 0
  }

  get heldBytes(): number {
    const partitions = this.partitions.reduce((sum, { bytes }) => sum + bytes, 0)
    return this.heads.reduce((sum, { bytes }) => sum + bytes, partitions + this.sorting.heldBytes)
  }
}
