/**
 * The rows that shards lend each other. A shard owns its partitions, but any shard may expand a
 * state; it then reads the state in a block of its owner's, in shared memory.
 */
import { partitionCount } from "./numbers.ts"
import { blockBits, blockMask } from "./rows.ts"

/** A block of rows that are not sealed yet, and the next row of its partition to expand. */
export interface OpenBlock {
  readonly partition: number
  readonly block: number
  readonly rows: Int32Array
  readonly cursor: number
}

export class Lending {
  /** The blocks that this shard has not told the others about. */
  private fresh: Array<Omit<OpenBlock, "cursor">> = []
  /** Per partition, the blocks of other shards. */
  private readonly borrowed: ReadonlyArray<Map<number, Int32Array>> = Array.from(
    { length: partitionCount },
    () => new Map()
  )

  /** Lends a block, which may replace a smaller one. */
  lend(partition: number, block: number, rows: Int32Array): void {
    this.fresh.push({ partition, block, rows })
  }

  /** The blocks lent since the last call. */
  tell(cursors: Int32Array): ReadonlyArray<OpenBlock> {
    const told = this.fresh.map((block) => ({
      ...block,
      cursor: cursors[block.partition] as number
    }))
    this.fresh = []
    return told
  }

  /** Borrows a block of another shard. */
  borrow({ partition, block, rows }: OpenBlock): void {
    this.borrowed[partition]?.set(block, rows)
  }

  /** Copies the first words of a row of another shard into `into`. */
  read(partition: number, row: number, into: Int32Array, words: number): void {
    const rows = this.borrowed[partition]?.get(row >>> blockBits) as Int32Array
    const start = (row & blockMask) * (words + 1)
    for (let word = 0; word < words; word++) into[word] = rows[start + word] as number
  }

  /** Gives back the blocks all of whose rows precede this one. */
  giveBack(partition: number, row: number): void {
    const borrowed = this.borrowed[partition] as Map<number, Int32Array>
    for (const block of borrowed.keys()) if (block < row >>> blockBits) borrowed.delete(block)
  }
}
