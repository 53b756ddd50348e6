/**
 * What a configuration tolerates: with it, how far its quorums must overlap and how many nodes may be lost
 * (tutorial 2.2, 3.3 and 7).
 *
 * Where nodes only crash, two quorums that share one node share what that node knows. Where nodes lie, they must share one
 * that does not: with at most f liars among the members, more than f nodes.
 */
import type { QuorumSystem } from "./quorums.ts"

export interface ToleratedFaults {
  readonly name: "crash" | "byzantine"
  /** The quorums of a configuration of which nothing else is said. */
  readonly quorums: QuorumSystem
  /** How many of so many members may be faulty at most. */
  readonly mostFaulty: (members: number) => number
  /** How many members a read and a write quorum must share, of so many. */
  readonly leastShared: (members: number) => number
  /** Whether a system whose current configuration has so many members is live when so many nodes are lost (3.3). */
  readonly survives: (lost: number, current: number) => boolean
}

/** Nodes crash: fewer than half of a configuration. */
export const crashFaults: ToleratedFaults = {
  name: "crash",
  quorums: { _tag: "Majority" },
  mostFaulty: (members) => Math.ceil(members / 2) - 1,
  leastShared: () => 1,
  survives: (lost, current) => 2 * lost < current
}

/** Nodes may do anything: fewer than a third of a configuration. */
export const byzantineFaults: ToleratedFaults = {
  name: "byzantine",
  quorums: { _tag: "Supermajority" },
  mostFaulty: (members) => Math.ceil(members / 3) - 1,
  leastShared: (members) => Math.ceil(members / 3),
  survives: (lost, current) => 3 * lost < current
}
