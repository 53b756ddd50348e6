/**
 * The decisions that DynaStore rests on, as formulas: the same names as in
 * `spec/dynastore/rules.ts` where there is one.
 */
import { type Formula, type Term, truth } from "../logic/formula.ts"
import { noLarger } from "./symbols.ts"

type View = Term<"view">

export interface Rules {
  /**
   * What a weak snapshot promises of a scan that begins when something has to be found (`found`: it
   * has found something).
   */
  readonly findsWhatItMust: (found: Formula) => Formula
  /** What it promises of a scan that returns something (`hasCommon`: the common edge is in it). */
  readonly intersects: (hasCommon: Formula) => Formula
  /** Whether the first view is visited before the second. */
  readonly visited: (first: View, second: View) => Formula
  /** `visit`: the data is read after the scan. (`isFresh`: nobody was asked for it before.) */
  readonly getsAfterScan: (isFresh: Formula) => Formula
  /**
   * `leaf`: the scan with which an operation ends begins after the data is stored; or before that;
   * or it is left out.
   */
  readonly checks: "after" | "before" | "never"
  /**
   * Whether a view in which edges were found after data was stored is read again before it is left.
   */
  readonly visitsAgain: boolean
  /**
   * `destination`: when a client proposes nothing in a view (`isDesired`: the view is all that it
   * desires).
   */
  readonly proposesNothing: (isDesired: Formula) => Formula
  /** `extended`: what a client desires only grows (`grows`). */
  readonly extended: (grows: Formula) => Formula
  /** When a write chooses a timestamp (`isFirst`: it has not chosen one). */
  readonly keepsTimestamp: (isFirst: Formula) => Formula
  /** Whether it keeps the one that it has when it is retried. */
  readonly retriesWithTimestamp: boolean
}

export const correct: Rules = {
  findsWhatItMust: (found) => found,
  intersects: (hasCommon) => hasCommon,
  visited: noLarger,
  getsAfterScan: (isFresh) => isFresh,
  checks: "after",
  visitsAgain: true,
  proposesNothing: (isDesired) => isDesired,
  extended: (grows) => grows,
  keepsTimestamp: (isFirst) => isFirst,
  retriesWithTimestamp: true
}

export const always = (): Formula => truth
