/**
 * What is over, derived once for all protocols.
 *
 * A client takes its operations one after the other, and each in phases. Where it stands, and where
 * a message of its own or an answer to it belongs, is a *position*: the number of the operation,
 * then whatever tells its phases apart, compared from left to right. What belongs to an earlier
 * position is over: nobody waits for it any more.
 */
import type { NodeId } from "../kernel/node.ts"
import type { Phase } from "./phase.ts"

export type Position = ReadonlyArray<number>

/**
 * -1, 0 or 1: the left position is earlier, they are the same, or it is later. A shorter one is
 * where longer ones begin.
 */
export const comparePositions = (left: Position, right: Position): -1 | 0 | 1 => {
  for (let index = 0; index < left.length && index < right.length; index++) {
    const [one, other] = [left[index] as number, right[index] as number]
    if (one !== other) return one < other ? -1 : 1
  }
  return left.length === right.length ? 0 : left.length < right.length ? -1 : 1
}

/** True when what belongs to the one position is over for a client that stands at the other. */
export const isBefore = (position: Position, current: Position): boolean =>
  comparePositions(position, current) < 0

/**
 * True when a question to `node`, or its answer, is settled for a client that stands in this phase
 * at `current`: it belongs to an earlier position, or to this one and the node has answered.
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

/** After the last phase of an operation. */
export const past = Number.POSITIVE_INFINITY
