/**
 * The load-bearing decisions of DynaStore (tutorial 6, and the original paper [2]).
 */
import type { StorageOperation } from "../storage/reconfiguration.ts"
import type { Change } from "../weak-snapshot/change.ts"
import * as Snapshot from "../weak-snapshot/rules.ts"
import { extended, lacking, smallest, type View } from "./view.ts"

/** The steps of a visit: propose changes, scan for outgoing edges, read the data. */
export type VisitStep = "Proposing" | "Scanning" | "Getting"
/** The steps at a vertex without outgoing edges: store the data, scan for new edges. */
export type LeafStep = "Setting" | "Checking"

/** The goal and the current view of a traversal. */
export interface TraversalGoal {
  readonly operation: StorageOperation
  readonly desired: View
  readonly view: View
}

export interface Rules {
  /** The rules of the weak snapshots of views. */
  readonly snapshot: Snapshot.Rules
  /**
   * The view of the front that a client visits: a smallest one, since other traversals do not need
   * to pass a larger one. ([2])
   */
  readonly visited: (front: ReadonlyArray<View>) => View
  /** The order of the steps of a visit: the client scans for edges before it reads the data. */
  readonly visit: ReadonlyArray<VisitStep>
  /**
   * The order of the steps at a leaf: the client stores the data, "then a scan is performed ... to
   * check for new edges".
   */
  readonly leaf: ReadonlyArray<LeafStep>
  /**
   * Whether a client that finds new edges after storing data reads the view again before it leaves.
   */
  readonly visitsAgain: boolean
  /**
   * The view that the client heads for: one with all changes found, so that "a new vertex ...
   * merges the branches".
   */
  readonly destination: (goal: TraversalGoal) => View
  /** The view that a change leads to: a removal is final. ([2]) */
  readonly extended: (view: View, change: Change) => View
  /** The changes from a view to one with all desired changes: a removal is final. ([2]) */
  readonly lacking: (desired: View, view: View) => Change
  /** Whether a write keeps its timestamp in later views. */
  readonly keepsTimestamp: boolean
  /**
   * Whether a write keeps its timestamp when "it retries its operation using the new
   * configuration".
   */
  readonly retriesWithTimestamp: boolean
  /**
   * Whether a reconfiguration notifies the members of its last view that operations may begin
   * there. (NotifyQ of [2].)
   */
  readonly notifiesMembers: boolean
  /** Whether a reconfiguration waits for the directory to acknowledge these members. */
  readonly awaitsDirectory: boolean
}

export const correct: Rules = {
  snapshot: Snapshot.correct,
  visited: smallest,
  visit: ["Proposing", "Scanning", "Getting"],
  leaf: ["Setting", "Checking"],
  visitsAgain: true,
  destination: ({ desired }) => desired,
  extended,
  lacking,
  keepsTimestamp: true,
  retriesWithTimestamp: true,
  notifiesMembers: true,
  awaitsDirectory: true
}
