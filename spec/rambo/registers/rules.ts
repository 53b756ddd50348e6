/**
 * The decisions that carry the reconfiguration of a store of many registers, by name: those of one
 * register, with consensus (`../rules.ts`), and what doing it for all of them adds.
 */
import type { ContextOf } from "../../kernel/protocol.ts"
import { type Enough, isOverForBoth } from "../../phase/phase.ts"
import type { StorageParameters } from "../../storage/parameters.ts"
import * as Rambo from "../rules.ts"

export interface Rules extends Rambo.Rules {
  /** How many registers a storage node lists in one answer. */
  readonly mostListed: number
  /** When enough storage nodes that have the forward pointer have listed what they hold. */
  readonly isListed: Enough
  /** Whether a storage node that lists what it holds stores the forward pointer. */
  readonly storesPointer: boolean
  /**
   * Whether all registers are transferred when those up to this one are; null: those that there
   * are.
   */
  readonly isTransferred: (upTo: string | null) => boolean
  /** Whether a read or a write heeds what was learned on account of other registers. */
  readonly heedsOthers: boolean
}

export const correct: Rules = {
  ...Rambo.withConsensus,
  mostListed: 256,
  isListed: isOverForBoth,
  storesPointer: true,
  isTransferred: (upTo) => upTo === null,
  heedsOthers: true
}

export type Context = ContextOf<StorageParameters, Rules>

/** For those who need nothing but the rules. */
export interface Ruled {
  readonly rules: Rules
}
