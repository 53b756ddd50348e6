/**
 * The rules of the weak snapshot (tutorial 6): the decisions that carry its promises.
 */
import type { ServerId } from "../nodes/nodes.ts"
import type { Change } from "./change.ts"
import type { Endorsement } from "./endorsements.ts"

export interface Rules {
  /**
   * What a row holds of a node that endorses a change: that somebody does; who it is, nobody needs
   * to know.
   */
  readonly endorsement: (by: ServerId, change: Change) => Endorsement
  /**
   * Whether an update ends only when a majority knows of the endorsement, "by executing essentially
   * the Set phase".
   */
  readonly spreads: boolean
  /** How many times a scan collects: "and then does it again". */
  readonly collects: 1 | 2
  /**
   * Whether a majority stores what a collect found before it is used: "this is done similarly to a
   * read()".
   */
  readonly writesBack: boolean
  /**
   * Whether a scan whose first collect found nothing ends with it, as that of the original paper
   * [2] does. So every second collect begins after something was written back.
   */
  readonly endsWhenEmpty: boolean
}

export const correct: Rules = {
  endorsement: (_by, change) => ({ change }),
  spreads: true,
  collects: 2,
  writesBack: true,
  endsWhenEmpty: true
}
