/**
 * The load-bearing decisions of the weak snapshot (tutorial 6).
 */
import type { ServerId } from "../nodes/nodes.ts"
import type { Change } from "./change.ts"
import type { Endorsement } from "./endorsements.ts"

export interface Rules {
  /**
   * The entry for a node that endorses a change. The correct protocol leaves out the endorser,
   * which no step needs.
   */
  readonly endorsement: (by: ServerId, change: Change) => Endorsement
  /**
   * Whether an update first stores the endorsement at a majority, "by executing essentially the Set
   * phase".
   */
  readonly spreads: boolean
  /** How many times a scan collects: "and then does it again". */
  readonly collects: 1 | 2
  /**
   * Whether a scan stores what a collect found at a majority before using it: "this is done
   * similarly to a read()".
   */
  readonly writesBack: boolean
  /**
   * Whether a scan ends if its first collect finds nothing, as in the original paper [2]. Every
   * second collect then begins after a write-back.
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
