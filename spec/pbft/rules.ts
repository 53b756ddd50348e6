/**
 * The decisions that PBFT rests on (Castro and Liskov, OSDI 1999, sections 4.2 and 4.4). The
 * protocol is `correct`; a variant is the same text under other decisions.
 */
import type { Proposal } from "./messages.ts"

export interface Rules {
  /**
   * Whether so many votes, the primary's among them, prepare a proposal: "2f prepares" and the
   * pre-prepare. (4.2)
   */
  readonly prepares: (votes: number, faulty: number) => boolean
  /** Whether so many commits, its own among them, let a replica decide: "2f + 1 commits". (4.2) */
  readonly commits: (commits: number, faulty: number) => boolean
  /**
   * Whether a replica that has accepted this proposal in its view, or none, accepts another. (4.2)
   */
  readonly acceptsAfter: (accepted: Proposal | null) => boolean
  /** Whether only the primary of a view proposes in it. (4.2) */
  readonly checksPrimary: boolean
  /** What a replica that moves to another view says that it had prepared last. (4.4, the set P) */
  readonly claims: (prepared: Proposal | null) => Proposal | null
  /** Whether what replicas claim to have prepared has to be proved by votes. (4.4) */
  readonly checksClaims: boolean
  /**
   * Whether the view changes of so many replicas begin a new view: "2f" of others and the primary's
   * own. (4.4)
   */
  readonly begins: (replicas: number, faulty: number) => boolean
  /** Whether the primary of a new view keeps to what was claimed. (4.4, the set O) */
  readonly followsClaims: boolean
  /** Whether backups verify that it does: each "verifies the correctness of O". (4.4) */
  readonly checksNewView: boolean
}

const isQuorum = (replicas: number, faulty: number): boolean => replicas >= 2 * faulty + 1

export const correct: Rules = {
  prepares: isQuorum,
  commits: isQuorum,
  acceptsAfter: (accepted) => accepted === null,
  checksPrimary: true,
  claims: (prepared) => prepared,
  checksClaims: true,
  begins: isQuorum,
  followsClaims: true,
  checksNewView: true
}
