/**
 * What a configuration tolerates: with it, how far its quorums must overlap and how many nodes may
 * be lost (tutorial 2.2, 3.3 and 7).
 *
 * Where nodes only crash, two quorums that share one node share what that node knows. Where nodes
 * lie, they must share one that does not: with at most f liars among the members, more than f
 * nodes.
 */
import type { QuorumSystem } from "./quorums.ts"

export interface ToleratedFaults {
  readonly name: "crash" | "byzantine" | "masking"
  /** The quorums of a configuration of which nothing else is said. */
  readonly quorums: QuorumSystem
  /** How many of so many members may be faulty at most. */
  readonly mostFaulty: (members: number) => number
  /** How many members a read and a write quorum must share, of so many. */
  readonly leastShared: (members: number) => number
  /**
   * What fewer than are lost then: in words before what it is a share of, and as what that is
   * divided by.
   */
  readonly share: { readonly words: string; readonly divisor: number }
  /**
   * Whether a system whose current configuration has so many members is live when so many nodes are
   * lost (3.3).
   */
  readonly survives: (lost: number, current: number) => boolean
}

/** What a protocol says of the faults that the configuration which it begins with must tolerate. */
export interface Tolerant {
  readonly tolerates: ToleratedFaults
}

/** Nodes crash: fewer than half of a configuration. */
export const crashFaults: ToleratedFaults = {
  name: "crash",
  quorums: { _tag: "Majority" },
  mostFaulty: (members) => Math.ceil(members / 2) - 1,
  leastShared: () => 1,
  share: { words: "half of", divisor: 2 },
  survives: (lost, current) => 2 * lost < current
}

/** Nodes may do anything, but data is signed: fewer than a third of a configuration. */
export const byzantineFaults: ToleratedFaults = {
  name: "byzantine",
  quorums: { _tag: "Supermajority" },
  mostFaulty: (members) => Math.ceil(members / 3) - 1,
  leastShared: (members) => Math.ceil(members / 3),
  share: { words: "a third of", divisor: 3 },
  survives: (lost, current) => 3 * lost < current
}

/**
 * Nodes may do anything, and nothing is signed: fewer than a quarter of a configuration. Of what
 * two quorums share, those that do not lie must outnumber those that do.
 */
export const maskingFaults: ToleratedFaults = {
  name: "masking",
  quorums: { _tag: "Masking" },
  mostFaulty: (members) => Math.ceil(members / 4) - 1,
  leastShared: (members) => 2 * Math.ceil(members / 4) - 1,
  share: { words: "a quarter of", divisor: 4 },
  survives: (lost, current) => 4 * lost < current
}
