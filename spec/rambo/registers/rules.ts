/**
 * The load-bearing decisions of the reconfiguration of a store of many registers: those of one
 * register, with consensus (`../rules.ts`), and those for all registers together.
 */
import type { ContextOf } from "../../kernel/protocol.ts"
import { type Enough, isOverForBoth } from "../../phase/phase.ts"
import type { StorageParameters } from "../../storage/parameters.ts"
import * as Rambo from "../rules.ts"

export interface Rules extends Rambo.Rules {
  /** The maximum number of registers that a storage node lists in one answer. */
  readonly maxListed: number
  /** When enough storage nodes with the forward pointer have listed their registers. */
  readonly isListed: Enough
  /** Whether a storage node that lists its registers stores the forward pointer. */
  readonly storesPointer: boolean
  /**
   * Whether the transfer is complete after the registers up to this one; null stands for all
   * registers.
   */
  readonly isTransferred: (upTo: string | null) => boolean
  /** Whether a read or a write takes news from other registers into account. */
  readonly heedsOthers: boolean
}

export const correct: Rules = {
  ...Rambo.withConsensus,
  maxListed: 256,
  isListed: isOverForBoth,
  storesPointer: true,
  isTransferred: (upTo) => upTo === null,
  heedsOthers: true
}

export type Context = ContextOf<StorageParameters, Rules>

/** A context with only the rules. */
export interface Ruled {
  readonly rules: Rules
}
