/**
 * The numbers of states: each encodes a partition and a row within it.
 */
export const partitionBits = 6
/** The number of partitions of the visited set, whatever the number of workers. */
export const partitionCount = 1 << partitionBits
export const partitionMask = partitionCount - 1

export const numberOf = (partition: number, row: number): number =>
  (row << partitionBits) | partition
export const partitionOf = (number: number): number => number & partitionMask
export const rowOf = (number: number): number => number >>> partitionBits

/** True if the left state precedes the right one: by partition, then by row. */
export const isEarlier = (left: number, right: number): boolean =>
  partitionOf(left) !== partitionOf(right) ? partitionOf(left) < partitionOf(right) : left < right
