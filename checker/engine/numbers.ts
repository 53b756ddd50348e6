/**
 * The numbers of states: in which partition a state is, and in which row there.
 */
export const partitionBits = 6
/** How many parts the visited states have, whatever the number of workers. */
export const partitionCount = 1 << partitionBits
export const partitionMask = partitionCount - 1

export const numberOf = (partition: number, row: number): number =>
  (row << partitionBits) | partition
export const partitionOf = (number: number): number => number & partitionMask
export const rowOf = (number: number): number => number >>> partitionBits

/** Whether a state comes before another: by its partition, then by its row. */
export const isEarlier = (left: number, right: number): boolean =>
  partitionOf(left) !== partitionOf(right) ? partitionOf(left) < partitionOf(right) : left < right
