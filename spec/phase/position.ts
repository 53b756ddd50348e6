/**
 * Positions: when the client no longer waits for a message, defined once for all protocols.
 *
 * A client runs its operations one after the other, each in phases. The *position* of a client, or
 * of a message between it and other nodes, is the number of the operation followed by numbers that
 * distinguish its phases. Positions are compared from left to right. A message at an earlier
 * position is *over*: the client no longer waits for it.
 */
import type { NodeId } from "../kernel/node.ts"
import type { Phase } from "./phase.ts"

export type Position = ReadonlyArray<number>

/**
 * -1, 0 or 1: the left position is earlier, the same, or later. A prefix comes before its
 * extensions.
 */
export const comparePositions = (left: Position, right: Position): -1 | 0 | 1 => {
  for (let index = 0; index < left.length && index < right.length; index++) {
    const [one, other] = [left[index] as number, right[index] as number]
    if (one !== other) return one < other ? -1 : 1
  }
  return left.length === right.length ? 0 : left.length < right.length ? -1 : 1
}

/** True if a message at the first position is over for a client at the second. */
export const isBefore = (position: Position, current: Position): boolean =>
  comparePositions(position, current) < 0

/**
 * True if a question to `node`, or its answer, is settled for a client in this phase at `current`:
 * its position is earlier, or it is the current one and the node has answered.
 */
export const isSettledAt = (
  position: Position,
  current: Position,
  phase: Phase<unknown> | undefined,
  node: NodeId
): boolean => {
  const order = comparePositions(position, current)
  return order < 0 || (order === 0 && phase?.answered.some((member) => member === node) === true)
}

/** The position after the last phase of an operation. */
export const past = Number.POSITIVE_INFINITY
