/**
 * The decisions of reconfiguration along a sequence, as formulas, with the names of
 * `spec/rambo/rules.ts`.
 */
import {
  and,
  eq,
  exists,
  type Formula,
  forall,
  implies,
  or,
  type Term,
  truth
} from "../logic/formula.ts"
import { server } from "../register/history.ts"
import { index, isNext } from "./state.ts"

type Index = Term<"index">
type Predicate = (s: Term<"server">) => Formula
type OfConfiguration = (c: Index) => Formula

export interface Rules {
  /** Whether a Set phase asks and waits for the configurations that its client learns of. */
  readonly extendsSetPhase: boolean
  /** Whether a client that reads or writes integrates the cmaps that it receives. */
  readonly hears: boolean
  /** Whether a phase restarts when its client learns that a configuration is retired. */
  readonly restarts: boolean
  /** When the forward pointer is stored in a configuration. */
  readonly isPointerStored: (isInQuorum: Predicate, hasStored: Predicate) => Formula
  /** Whether Action 1 happens at all, and whether the collected pair is the one in its answers. */
  readonly points: boolean
  readonly looksAtAnswers: boolean
  /** Whether the state is transferred before a configuration is retired. */
  readonly transfersFirst: boolean
  /**
   * Which configuration may become the oldest active one next, after this one: the goal of Action
   * 1.
   */
  readonly nextOldest: (oldest: Index, goal: Index) => Formula
  /** In which of the configurations before the goal Action 1 happens. */
  readonly pointsIn: (c: Index, goal: Index) => Formula
  /**
   * The condition under which a read returns at the end of its Get phase, if reads may do so. The
   * client knows that a write quorum (a read quorum) of a configuration holds the pair that it
   * found.
   */
  readonly returnsAtOnce?: ReturnsAtOnce
}

export type ReturnsAtOnce = (
  isActive: OfConfiguration,
  writeQuorumHolds: OfConfiguration,
  readQuorumHolds: OfConfiguration
) => Formula

export const correct: Rules = {
  extendsSetPhase: true,
  hears: true,
  restarts: true,
  isPointerStored: (isInQuorum, hasStored) =>
    forall({ s: server }, ({ s }) => implies(isInQuorum(s), hasStored(s))),
  points: true,
  looksAtAnswers: true,
  transfersFirst: true,
  nextOldest: isNext,
  pointsIn: () => truth
}

/** A write quorum of every active configuration holds the pair. */
export const heldInAll: ReturnsAtOnce = (isActive, writeQuorumHolds) =>
  forall({ c: index }, ({ c }) => implies(isActive(c), writeQuorumHolds(c)))
/** A write quorum of one active configuration holds the pair. */
export const heldInOne: ReturnsAtOnce = (isActive, writeQuorumHolds) =>
  exists({ c: index }, ({ c }) => and(isActive(c), writeQuorumHolds(c)))
/** Read quorums hold the pair. */
export const heldAtReadQuorums: ReturnsAtOnce = (isActive, _, readQuorumHolds) =>
  forall({ c: index }, ({ c }) => implies(isActive(c), readQuorumHolds(c)))

/** All of a quorum but one have stored it. */
export const allButOne: Rules["isPointerStored"] = (isInQuorum, hasStored) =>
  exists({ x: server }, ({ x }) =>
    forall({ s: server }, ({ s }) => implies(isInQuorum(s), or(eq(s, x), hasStored(s))))
  )
