/**
 * The decisions of forgetting, as formulas: the same names as in `spec/forgetting/rules.ts` and
 * `spec/administrator/rules.ts`.
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
  /** When a phase ends, and when a configuration ends. */
  readonly enough: Enough
  readonly enoughStopped: Enough
  /** Whether the administrator counts a member that it asked as one that has stopped. */
  readonly askedIsStopped: boolean
  /** Whether NEW_VIEW contains the symmetric key in clear. */
  readonly sealsInClear: boolean
  /** Which private keys a storage node keeps when it stops: by whether it stays a member. */
  readonly kept: (isMember: Formula) => Formula
  /** Whether the symmetric key is overwritten by its hash, or erased. */
  readonly hashes: boolean
  /** What it takes to make a proof that clients accept, and one that the administrator accepts. */
  readonly believes: (s: Of<"server">, n: Of<"number">) => Formula
  readonly believesStopped: (s: Of<"server">, n: Of<"number">) => Formula
  /** Which answers count: those to this particular question. */
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
/** A key of any configuration suffices. */
export const keyOfAny: Rules["believes"] = (s) =>
  exists({ m: number }, ({ m }) => knowsPrivate(s, m))
/** An answer to any question in the same configuration. */
export const anyAnswer: Rules["isAnswer"] = (o, s) =>
  exists({ p: nonce }, ({ p }) => and(answered(p, s), eq(numberOf(p), numberOf(o))))
export { allButOne }
