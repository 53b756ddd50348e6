/**
 * The load-bearing decisions of PBFT (Castro and Liskov, OSDI 1999, sections 4.2 and 4.4).
 * `correct` is the protocol; a variant runs the same code with other decisions.
 *
 * `correct` sends no proofs, which does not weaken its safety results (`README.md`).
 */
import type { Proposal } from "./messages.ts"

export interface Rules {
  /**
   * Whether this many votes, including the primary's, prepare a proposal: "2f prepares" and the
   * pre-prepare. (4.2)
   */
  readonly prepares: (votes: number, faulty: number) => boolean
  /** Whether the primary's vote must be among them: "the pre-prepare". (4.2) */
  readonly needsProposal: boolean
  /** Whether this many commits, including its own, let a replica decide: "2f + 1 commits". (4.2) */
  readonly commits: (commits: number, faulty: number) => boolean
  /**
   * Whether a replica that has accepted this proposal (null: none) accepts another in this view.
   * (4.2)
   */
  readonly acceptsAfter: (accepted: Proposal | null, view: number) => boolean
  /** Whether only the primary of a view proposes in it. (4.2) */
  readonly checksPrimary: boolean
  /**
   * Whether a replica that moves to the next view takes no more part in the one it leaves: it
   * "stops accepting messages (other than checkpoint, view-change, and new-view messages)". (4.4)
   */
  readonly leavesView: boolean
  /**
   * The prepared proposal that a replica remembers when another one is prepared in a later view: P
   * has the one with "the highest view number". (4.4)
   */
  readonly remembers: (before: Proposal | null, prepared: Proposal) => Proposal
  /** The prepared proposal that a replica claims when it changes views. (4.4, the set P) */
  readonly claims: (prepared: Proposal | null) => Proposal | null
  /** Whether votes must prove a claim that a proposal was prepared. (4.4) */
  readonly checksClaims: boolean
  /**
   * Whether the view changes of this many replicas begin a new view: "2f" of others and the
   * primary's own. (4.4)
   */
  readonly begins: (replicas: number, faulty: number) => boolean
  /**
   * Whether a new view may follow a proposal prepared in one view although a replica claims a
   * proposal prepared in another: it follows the one with "the highest view number". (4.4)
   */
  readonly mayFollow: (followed: number, claimed: number) => boolean
  /** Whether the primary of a new view follows the claims. (4.4, the set O) */
  readonly followsClaims: boolean
  /** Whether backups verify this: each "verifies the correctness of O". (4.4) */
  readonly checksNewView: boolean
  /**
   * Whether a replica attaches the proof to its message: the prepared certificate to a view change,
   * the view changes to a new view. (4.4, the sets P and V)
   */
  readonly sendsProofs: boolean
}

const isQuorum = (replicas: number, faulty: number): boolean => replicas >= 2 * faulty + 1

export const correct: Rules = {
  prepares: isQuorum,
  needsProposal: true,
  commits: isQuorum,
  acceptsAfter: (accepted) => accepted === null,
  checksPrimary: true,
  leavesView: true,
  remembers: (_before, prepared) => prepared,
  claims: (prepared) => prepared,
  checksClaims: true,
  begins: isQuorum,
  mayFollow: (followed, claimed) => followed >= claimed,
  followsClaims: true,
  checksNewView: true,
  sendsProofs: false
}

/**
 * The rules of a runtime. A liar may send the proof of a claim to a single replica; the others then
 * receive it from that replica, or not at all.
 */
export const withProofs: Rules = { ...correct, sendsProofs: true }
