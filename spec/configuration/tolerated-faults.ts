/**
 * The faults a configuration tolerates, which determine how far its quorums must overlap and how
 * many nodes may fail (tutorial 2.2, 3.3 and 7).
 *
 * If nodes only crash, it suffices that two quorums share one node. If nodes lie, two quorums must
 * share a node that does not: with at most f liars among the members, more than f nodes.
 */
import type { QuorumSystem } from "./quorums.ts"

export interface ToleratedFaults {
  readonly name: "crash" | "byzantine" | "masking"
  /** The default quorums of a configuration. */
  readonly quorums: QuorumSystem
  /** The maximum number of faulty nodes among this many members. */
  readonly maxFaulty: (members: number) => number
  /** The minimum number of members that a read and a write quorum must share, among this many. */
  readonly minShared: (members: number) => number
  /**
   * The share of a configuration that must not fail, in words and as a divisor: fewer than this may
   * fail.
   */
  readonly share: { readonly words: string; readonly divisor: number }
  /**
   * True if a system with this many current members is live after the loss of `lost` nodes (3.3).
   */
  readonly survives: (lost: number, current: number) => boolean
}

/** A protocol that states the faults its initial configuration must tolerate. */
export interface Tolerant {
  readonly tolerates: ToleratedFaults
}

/** Nodes crash, fewer than half of a configuration. */
export const crashFaults: ToleratedFaults = {
  name: "crash",
  quorums: { _tag: "Majority" },
  maxFaulty: (members) => Math.ceil(members / 2) - 1,
  minShared: () => 1,
  share: { words: "half of", divisor: 2 },
  survives: (lost, current) => 2 * lost < current
}

/** Nodes behave arbitrarily, fewer than a third of a configuration. Data is signed. */
export const byzantineFaults: ToleratedFaults = {
  name: "byzantine",
  quorums: { _tag: "Supermajority" },
  maxFaulty: (members) => Math.ceil(members / 3) - 1,
  minShared: (members) => Math.ceil(members / 3),
  share: { words: "a third of", divisor: 3 },
  survives: (lost, current) => 3 * lost < current
}

/**
 * Nodes behave arbitrarily, fewer than a quarter of a configuration. Nothing is signed, so in the
 * intersection of two quorums the correct nodes must outnumber the liars.
 */
export const maskingFaults: ToleratedFaults = {
  name: "masking",
  quorums: { _tag: "Masking" },
  maxFaulty: (members) => Math.ceil(members / 4) - 1,
  minShared: (members) => 2 * Math.ceil(members / 4) - 1,
  share: { words: "a quarter of", divisor: 4 },
  survives: (lost, current) => 4 * lost < current
}
