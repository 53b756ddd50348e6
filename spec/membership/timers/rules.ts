/**
 * The decisions about when a round of probing begins, or an epoch. The protocol is `correct`; a
 * variant is the same text under other decisions.
 */
import type { Cryptography } from "../../kernel/cryptography.ts"
import type { DueContent, SignedDue } from "./messages.ts"

/** A place in the log: a round of an epoch. */
export type Place = Omit<DueContent, "what">

export interface Rules {
  /** Whether somebody has signed that a timer ran out. */
  readonly believes: (cryptography: Cryptography, due: SignedDue) => boolean
  /** Whether what was due at the one place says anything at the other, which is now. */
  readonly counts: (due: Place, now: Place) => boolean
  /** Whether something is due when so many replicas say so, of whom `faulty` may lie. */
  readonly isDue: (replicas: number, faulty: number) => boolean
  /** Whether an epoch may begin while the service moves: then nobody can certify it. */
  readonly beginsWhileMoving: boolean
  /** Whether an epoch may have so many members. */
  readonly isLargeEnough: (members: number) => boolean
}

/** So many nodes tolerate a liar: replicas of the service, and of an object. */
export const smallest = 4

export const correct: Rules = {
  believes: ({ verifies }, due) => verifies(due),
  counts: (due, now) => due.epoch === now.epoch && due.round === now.round,
  isDue: (replicas, faulty) => replicas >= faulty + 1,
  beginsWhileMoving: false,
  isLargeEnough: (members) => members >= smallest
}
