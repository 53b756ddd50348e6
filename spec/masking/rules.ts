/**
 * The load-bearing decisions of masking replication (Malkhi and Reiter's masking quorums). The
 * protocol is `correct`; a variant is the same code with other decisions.
 */
import { maskingFaults } from "../configuration/tolerated-faults.ts"
import { union } from "../kernel/data.ts"
import type { ServerSet } from "../nodes/nodes.ts"
import { type Enough, isOver } from "../phase/phase.ts"

export interface Rules {
  /**
   * Whether a phase has enough answers: a quorum of the configuration. A Get phase of a read may
   * need more.
   */
  readonly enough: Enough
  /** The maximum number of liars among n members: fewer than a quarter. */
  readonly masked: (members: number) => number
  /**
   * The number of nodes that must answer with a pair before a client believes it: one more than can
   * lie.
   */
  readonly vouchers: (liars: number) => number
  /**
   * The nodes that may hold something newer: those whose answers say so, and those that have not
   * answered.
   */
  readonly mayHoldNewer: (above: ServerSet, silent: ServerSet) => ServerSet
  /** The number of largest timestamps that a writer skips: as many as can lie. */
  readonly passesOver: (liars: number) => number
  /**
   * Whether the client asks the nodes that have answered once more while the answers do not decide
   * the read.
   */
  readonly asksAgain: boolean
  /** Whether a read writes back what it returns. */
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
