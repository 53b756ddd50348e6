/**
 * The load-bearing decisions of the reconfiguration of a store of many registers: those of one
 * register, with consensus (`../rules.ts`), and those for all registers together.
 */
import type { Floor } from "../../configuration/configuration.ts"
import { equals, without } from "../../kernel/data.ts"
import type { ContextOf } from "../../kernel/protocol.ts"
import type { ClientId } from "../../nodes/nodes.ts"
import { asked, type Enough, isOverForBoth } from "../../phase/phase.ts"
import { initialPair, isLarger, type Pair, type Timestamp } from "../../register/pair.ts"
import type { StorageParameters } from "../../storage/parameters.ts"
import * as Rambo from "../rules.ts"
import type { Held } from "./messages.ts"

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
  /**
   * Whether a storage node that listed the first pair of a register counts as one that has the
   * second one, the largest that is listed.
   */
  readonly hasCopy: (listed: Pair, largest: Pair) => boolean
  /** Which of the registers of a list that it is sent a storage node stores. */
  readonly storesOf: (registers: ReadonlyArray<Held>) => ReadonlyArray<Held>
  /** When so many members of the next configuration have a register that the client may go on. */
  readonly isStored: Enough
  /** When so many have it that the client does not wait for more. */
  readonly isCopied: Enough
  /** Whether a read or a write takes news from other registers into account. */
  readonly heedsOthers: boolean
  /** The rules for reclaiming removed registers. */
  readonly reclaiming: Reclaiming
}

/** The decisions of reclaiming (`reclaiming.ts`), and of the storage node (`holding.ts`). */
export interface Reclaiming {
  /** The maximum number of registers that are forgotten below one floor. */
  readonly maxForgotten: number
  /** Whether enough storage nodes have a removal: only if all members have it. */
  readonly isBrought: Enough
  /** The floor for these removals, above the last one. */
  readonly floorOver: (removed: ReadonlyArray<Timestamp>, last: Timestamp, self: ClientId) => Floor
  /**
   * Whether a storage node that enforces the first floor refuses a pair whose sender knew the
   * second one before its Get phase.
   */
  readonly refuses: (floor: Timestamp, known: Timestamp) => boolean
  /** The pair that a storage node sends of a register that it does not hold. */
  readonly unheld: (floor: Timestamp) => Pair
  /** Whether a storage node with this pair forgets it, asked to forget this removal. */
  readonly forgets: (pair: Pair, removal: Timestamp) => boolean
  /** Whether nodes adopt the floor before they are added. */
  readonly joins: boolean
  /** Whether a storage node adopts a floor higher than its own while it holds registers. */
  readonly joinsHolding: boolean
}

/** All members have answered, not only a quorum. */
export const haveAllAnswered: Enough = (phase) => without(asked(phase), phase.answered).length === 0

/** The floor above all these removals and the last floor, made unique by its client. */
const floorOver: Reclaiming["floorOver"] = (removed, last, self) => ({
  number: [...removed, last].reduce((most, { number }) => Math.max(most, number), 0) + 1,
  client: self
})

const reclaiming: Reclaiming = {
  maxForgotten: 2 ** 14,
  isBrought: haveAllAnswered,
  floorOver,
  refuses: (floor, known) => isLarger(floor, known),
  unheld: () => initialPair,
  forgets: ({ value, timestamp }, removal) => value === null && equals(timestamp, removal),
  joins: true,
  joinsHolding: false
}

export const correct: Rules = {
  ...Rambo.withConsensus,
  maxListed: 128,
  isListed: isOverForBoth,
  storesPointer: true,
  isTransferred: (upTo) => upTo === null,
  hasCopy: () => false,
  storesOf: (registers) => registers,
  isStored: isOverForBoth,
  isCopied: isOverForBoth,
  heedsOthers: true,
  reclaiming
}

export type Context = ContextOf<StorageParameters, Rules>

/**
 * A storage node that listed the largest pair of a register keeps that pair, or a larger one. So
 * the client sends the pair only to the other members of the next configuration. It waits for all
 * of these, and may go on as soon as a majority of the next configuration has every pair.
 */
export const copiesNotSentAgain = {
  hasCopy: (listed, largest) => equals(listed.timestamp, largest.timestamp),
  isCopied: haveAllAnswered
} satisfies Partial<Rules>

/** A context with only the rules. */
export interface Ruled {
  readonly rules: Rules
}
