/**
 * The decisions of the weak snapshot, as formulas: the same names as in
 * `spec/weak-snapshot/rules.ts`.
 */
import { type Formula, type Term, truth } from "../logic/formula.ts"
import { type Rules as Majority, correct as majority } from "../majority/rules.ts"
import { first, second } from "./symbols.ts"

export interface Rules {
  /** When a phase ends: all of a quorum have answered. */
  readonly enough: Majority["enough"]
  /** When an update may end: a write quorum knows of the endorsement (`isKnown`). */
  readonly spreads: (isKnown: Formula) => Formula
  /** The round with which a scan may end. */
  readonly collects: Term<"round">
  /** When a scan continues after a collect: a write quorum knows what it has found (`isKnown`). */
  readonly writesBack: (isKnown: Formula) => Formula
  /**
   * Whether a scan whose first collect found nothing ends with it; if not, it may collect again.
   */
  readonly endsWhenEmpty: boolean
}

export const correct: Rules = {
  enough: majority.enough,
  spreads: (isKnown) => isKnown,
  collects: second,
  writesBack: (isKnown) => isKnown,
  endsWhenEmpty: true
}

export const always = (): Formula => truth
export const once = first
