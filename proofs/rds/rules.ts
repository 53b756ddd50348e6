/**
 * The decisions of RDS, as formulas, with the names of `spec/rds/rules.ts`.
 */
import { type Formula, type Term, truth } from "../logic/formula.ts"
import { type Rules as RamboRules, correct as rambo } from "../rambo/rules.ts"
import { low } from "../rambo/state.ts"
import { bottom, zero } from "../register/history.ts"

export interface Rules extends RamboRules {
  /** Whether a storage node tells clients what it has accepted. */
  readonly tellsAccepted: boolean
  /** Whether a client collects the acceptors' pairs in the instance of this place. */
  readonly collectsIn: (i: Term<"index">) => Formula
  /** Which part of the acceptors' pairs is copied. */
  readonly copies: (
    t: Term<"timestamp">,
    v: Term<"value">
  ) => readonly [Term<"timestamp">, Term<"value">]
  /** Whether a decision that also serves as Action 1 requires a read quorum too. */
  readonly takesBothQuorums: boolean
}

export const correct: Rules = {
  ...rambo,
  tellsAccepted: true,
  collectsIn: (i) => low(i),
  copies: (t, v) => [t, v],
  takesBothQuorums: true
}

export const copiesNothing: Rules["copies"] = () => [zero, bottom]
export const collectsAnywhere: Rules["collectsIn"] = () => truth
