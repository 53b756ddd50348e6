/**
 * The decisions of DynaStore, as formulas: the same names as in `spec/dynastore/rules.ts` where
 * there is one.
 */
import { type Formula, type Term, truth } from "../logic/formula.ts"
import { noLarger } from "./symbols.ts"

type View = Term<"view">

export interface Rules {
  /**
   * What a weak snapshot guarantees for a scan that must find something (`found`: it has found
   * something).
   */
  readonly findsWhatItMust: (found: Formula) => Formula
  /**
   * What it guarantees for a scan that returns something (`hasCommon`: the common edge is in the
   * result).
   */
  readonly intersects: (hasCommon: Formula) => Formula
  /** Whether the first view is visited before the second. */
  readonly visited: (first: View, second: View) => Formula
  /**
   * `visit`: the client reads the data after the scan. (`isFresh`: no node was asked for the data
   * before.)
   */
  readonly getsAfterScan: (isFresh: Formula) => Formula
  /**
   * `leaf`: the last scan of an operation begins after the data is stored; or before that; or the
   * operation omits it.
   */
  readonly checks: "after" | "before" | "never"
  /**
   * Whether a client reads a view again before it leaves the view, if it found edges there after it
   * stored data.
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
  /** Whether it keeps the timestamp that it has when it is retried. */
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
