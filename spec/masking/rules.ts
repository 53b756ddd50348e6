/**
 * The decisions that masking replication rests on (Malkhi and Reiter's masking quorums). The
 * protocol is `correct`; a variant is the same text under other decisions.
 */
import { maskingFaults } from "../configuration/tolerated-faults.ts"
import { union } from "../kernel/data.ts"
import type { ServerSet } from "../nodes/nodes.ts"
import { type Enough, isOver } from "../phase/phase.ts"

export interface Rules {
  /**
   * When a phase has enough answers: with a quorum of the configuration. A Get phase of a read may
   * need more.
   */
  readonly enough: Enough
  /** How many of so many members can lie: fewer than a quarter. */
  readonly masked: (members: number) => number
  /** How many must answer with a pair for it to be believed, where so many can lie: one more. */
  readonly vouchers: (liars: number) => number
  /** Who may hold something newer: those who answered so, and those who have not answered. */
  readonly mayHoldNewer: (above: ServerSet, silent: ServerSet) => ServerSet
  /** How many of the largest timestamps a writer passes over, where so many can lie: as many. */
  readonly passesOver: (liars: number) => number
  /**
   * Whether the client asks those who have answered once more, while the answers do not decide what
   * is read.
   */
  readonly asksAgain: boolean
  /** Whether a read stores what it returns. */
  readonly writesBack: boolean
}

/** Masking replication. */
export const correct: Rules = {
  enough: isOver,
  masked: maskingFaults.maxFaulty,
  vouchers: (liars) => liars + 1,
  mayHoldNewer: union,
  passesOver: (liars) => liars,
  asksAgain: true,
  writesBack: true
}
