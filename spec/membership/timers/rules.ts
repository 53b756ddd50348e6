/**
 * The decisions about when a round of probing, or an epoch, begins. The protocol is `correct`; a
 * variant is the same code with other decisions.
 */
import type { Cryptography } from "../../kernel/cryptography.ts"
import type { DueContent, SignedDue } from "./messages.ts"

/** A place in the log: a round of an epoch. */
export type Place = Omit<DueContent, "what">

export interface Rules {
  /** Whether the statement that a timer ran out is signed. */
  readonly believes: (cryptography: Cryptography, due: SignedDue) => boolean
  /** Whether a statement about the first place still counts at the second, the current one. */
  readonly counts: (due: Place, now: Place) => boolean
  /**
   * Whether something is due when the given number of replicas say so, of which `faulty` may lie.
   */
  readonly isDue: (replicas: number, faulty: number) => boolean
  /** Whether an epoch may begin while the service moves, when no replica can certify it. */
  readonly beginsWhileMoving: boolean
  /** Whether an epoch may have the given number of members. */
  readonly isLargeEnough: (members: number) => boolean
}

/** The minimum number of nodes that tolerate a liar: replicas of the service, and of an object. */
export const smallest = 4

export const correct: Rules = {
  believes: ({ verifies }, due) => verifies(due),
  counts: (due, now) => due.epoch === now.epoch && due.round === now.round,
  isDue: (replicas, faulty) => replicas >= faulty + 1,
  beginsWhileMoving: false,
  isLargeEnough: (members) => members >= smallest
}
