/**
 * Histories: the operations of a run as intervals, as an outside observer sees them.
 */
import type { NodeId } from "./node.ts"

/**
 * One operation of a client, from the step that begins it to the step that ends it; steps are
 * numbered from 1.
 */
export interface Interval<Operation, Result> {
  readonly client: NodeId
  readonly operation: Operation
  /**
   * The name of the operation, unique among this client's operations of the run: `write 1`,
   * `second read`.
   */
  readonly name: string
  readonly begin: number
  /** Undefined while the operation is pending. */
  readonly end: number | undefined
  readonly ending: "response" | "fault" | "none"
  /** Its result, if it returned. */
  readonly result: Result | undefined
}

/** `c2's second read`. */
export const possessive = ({
  client,
  name
}: {
  readonly client: NodeId
  readonly name: string
}): string => `${client}'s ${name}`
