/**
 * The decisions of masking replication, as formulas: the same names as in `spec/masking/rules.ts`.
 */
import {
  and,
  exists,
  type Formula,
  forall,
  implies,
  not,
  or,
  type Term,
  truth
} from "../logic/formula.ts"
import { answered, inWrite, writeQuorum } from "../majority/model.ts"
import { correct as majorityRules } from "../majority/rules.ts"
import { server } from "../register/history.ts"
import { group, inGroup, saysAtMost } from "./symbols.ts"

type Of<Name extends string> = Term<Name>
type Enough = typeof majorityRules.enough

export interface Rules {
  /** When a phase has enough answers: with a quorum. */
  readonly enough: Enough
  /** How many nodes must answer with a pair before a client accepts it: a whole group. */
  readonly vouchers: Enough
  /** Whether groups are so large that each contains a correct node. */
  readonly isMasked: (groupsAreLarge: Formula) => Formula
  /** Whether no quorum can have stored anything newer: the negation of `mayHoldNewer`. */
  readonly notReplaced: (o: Of<"operation">, t: Of<"timestamp">) => Formula
  /** Whether a read stores what it returns. */
  readonly writesBack: boolean
}

/** In every write quorum there is a whole group with this property. */
const inEveryQuorum = (claim: (s: Of<"server">) => Formula): Formula =>
  forall({ w: writeQuorum }, ({ w }) =>
    exists({ g: group }, ({ g }) =>
      forall({ s: server }, ({ s }) => implies(inGroup(s, g), and(inWrite(s, w), claim(s))))
    )
  )

export const correct: Rules = {
  enough: majorityRules.enough,
  vouchers: majorityRules.enough,
  isMasked: (groupsAreLarge) => groupsAreLarge,
  notReplaced: (o, t) => inEveryQuorum((s) => saysAtMost(o, s, t)),
  writesBack: true
}

/** A silent node counts as holding nothing newer. */
export const silentNotCounted: Rules["notReplaced"] = (o, t) =>
  inEveryQuorum((s) => or(not(answered(o, s)), saysAtMost(o, s, t)))
export const nothingReplaces: Rules["notReplaced"] = () => truth
