/**
 * The decisions that forgetting rests on, as formulas: the same names as in
 * `spec/forgetting/rules.ts` and `spec/administrator/rules.ts`.
 */
import {
  and,
  eq,
  exists,
  type Formula,
  falsehood,
  not,
  type Term,
  truth
} from "../logic/formula.ts"
import { allButOne, correct as majority } from "../majority/rules.ts"
import { answered, knowsPrivate, nonce, number, numberOf } from "./symbols.ts"

type Of<Name extends string> = Term<Name>
type Enough = typeof majority.enough

export interface Rules {
  /** When a phase is over, and when a configuration is. */
  readonly enough: Enough
  readonly enoughStopped: Enough
  /** Whether having been asked is taken for having stopped. */
  readonly askedIsStopped: boolean
  /** Whether NEW_VIEW brings the symmetric key in clear. */
  readonly sealsInClear: boolean
  /** Which private keys a storage node keeps when it stops: by whether it stays a member. */
  readonly kept: (isMember: Formula) => Formula
  /** Whether the symmetric key is overwritten by its hash, or erased. */
  readonly hashes: boolean
  /** What it takes to make a proof that clients believe; and one that the administrator does. */
  readonly believes: (s: Of<"server">, n: Of<"number">) => Formula
  readonly believesStopped: (s: Of<"server">, n: Of<"number">) => Formula
  /** Which answers count: those to this very question. */
  readonly isAnswer: (o: Of<"nonce">, s: Of<"server">) => Formula
}

export const correct: Rules = {
  enough: majority.enough,
  enoughStopped: majority.enough,
  askedIsStopped: false,
  sealsInClear: false,
  kept: () => falsehood,
  hashes: true,
  believes: knowsPrivate,
  believesStopped: knowsPrivate,
  isAnswer: answered
}

export const keptByWhoLeaves: Rules["kept"] = (isMember) => not(isMember)
export const keptByWhoStays: Rules["kept"] = (isMember) => isMember
export const anyKey: Rules["believes"] = () => truth
/** A key of any configuration will do. */
export const keyOfAny: Rules["believes"] = (s) =>
  exists({ m: number }, ({ m }) => knowsPrivate(s, m))
/** An answer to any question in the same configuration. */
export const anyAnswer: Rules["isAnswer"] = (o, s) =>
  exists({ p: nonce }, ({ p }) => and(answered(p, s), eq(numberOf(p), numberOf(o))))
export { allButOne }
