/**
 * The rules of DynaStore (tutorial 6, and the original paper [2]): the decisions that carry its
 * promises.
 */
import type { StorageOperation } from "../storage/reconfiguration.ts"
import type { Change } from "../weak-snapshot/change.ts"
import * as Snapshot from "../weak-snapshot/rules.ts"
import { extended, lacking, smallest, type View } from "./view.ts"

/** The steps of a visit: propose changes, look for outgoing edges, read the data. */
export type VisitStep = "Proposing" | "Scanning" | "Getting"
/** The steps at a vertex without outgoing edges: store the data, look for new edges. */
export type LeafStep = "Setting" | "Checking"

/** What a traversal is after, and where it is. */
export interface Aim {
  readonly operation: StorageOperation
  readonly desired: View
  readonly view: View
}

export interface Rules {
  /** How the weak snapshots of views are updated and scanned. */
  readonly snapshot: Snapshot.Rules
  /**
   * Which view of its front a client visits: only what follows from every smaller one is on
   * everybody's way. ([2])
   */
  readonly visited: (front: ReadonlyArray<View>) => View
  /** In what order it takes the steps of a visit: edges are looked for before the data is read. */
  readonly visit: ReadonlyArray<VisitStep>
  /**
   * In what order it takes those at a leaf: data is stored, "then a scan is performed ... to check
   * for new edges".
   */
  readonly leaf: ReadonlyArray<LeafStep>
  /**
   * Whether a view in which new edges were found after data was stored is read again before it is
   * left.
   */
  readonly visitsAgain: boolean
  /**
   * Which view the client makes its way to: one with all changes found, so that "a new vertex ...
   * merges the branches".
   */
  readonly destination: (aim: Aim) => View
  /** The view that a change leads to: a removal is final. ([2]) */
  readonly extended: (view: View, change: Change) => View
  /**
   * The changes that lead from a view to one with all that is desired: a removal is final. ([2])
   */
  readonly lacking: (desired: View, view: View) => Change
  /** Whether a write keeps the timestamp that it has chosen in all views that it comes to later. */
  readonly keepsTimestamp: boolean
  /** Whether it keeps it when "it retries its operation using the new configuration". */
  readonly retriesWithTimestamp: boolean
  /**
   * Whether a reconfiguration tells the members of its last view that operations may begin there.
   * (NotifyQ of [2].)
   */
  readonly notifiesMembers: boolean
  /** Whether it returns only when the directory knows of these members. */
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
