/**
 * The states that a search by one worker has kept, as the liveness decision reads them.
 */
import { numberOf, partitionCount, partitionMask, partitionOf, rowOf } from "../engine/numbers.ts"
import type { Partition } from "../engine/partition.ts"
import type { Shard } from "../engine/shard.ts"
import type { Visited } from "./fair-space.ts"

/**
 * The visited states of a shard that keeps whole states and all partitions. Its search must be
 * exhausted.
 */
export const visitedOf = (shard: Shard): Visited => {
  const { packing } = shard
  const { partitions } = shard.visited
  const key = new Int32Array(packing.layout.words)
  const sizes = Array.from({ length: partitionCount }, (_, partition) =>
    shard.visited.sizeOf(partition)
  )
  return {
    size: Math.max(...sizes) * partitionCount,
    has: (number) => rowOf(number) < (sizes[partitionOf(number)] as number),
    read: (number, into) => shard.visited.read(number, into),
    // The search visited every state that the decision asks for, so it knows every value in these
    // states.
    find: (state) => {
      packing.pack(state, key, 0)
      const partition = packing.hash(state, 1) & partitionMask
      const row = (partitions[partition] as Partition).find(key, 0, packing.hash(state, 0))
      return row < 0 ? -1 : numberOf(partition, row)
    },
    parentOf: (number) => shard.visited.parentOf(number)
  }
}
