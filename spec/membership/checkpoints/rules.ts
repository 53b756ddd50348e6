/**
 * The decisions about checkpoints. The protocol is `correct`; a variant is the same code with other
 * decisions.
 */
import { equals } from "../../kernel/data.ts"

export interface Rules {
  /** Whether replicas keep the state after this number of slots. */
  readonly isDue: (number: number) => boolean
  /** Whether so many replicas, of which `faulty` may lie, make a checkpoint believable. */
  readonly vouches: (replicas: number, faulty: number) => boolean
  /** Whether two replicas vouch for the same. */
  readonly isSame: (one: unknown, other: unknown) => boolean
  /** Whether a replica that has executed so many slots adopts the state after this number. */
  readonly adopts: (number: number, executed: number) => boolean
}

export const correct: Rules = {
  isDue: (number) => number > 0 && number % 2 === 0,
  vouches: (replicas, faulty) => replicas >= faulty + 1,
  isSame: equals,
  adopts: (number, executed) => number > executed
}
