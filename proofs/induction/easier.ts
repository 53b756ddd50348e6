/**
 * Easier questions about an obligation. If one has the desired answer, the answer also holds for
 * the obligation; otherwise it decides nothing.
 *
 * What follows from a few of the assumptions follows from all of them. So the prover tries the
 * sentences that once sufficed (the obligation's `Reasons`) before it tries all. And what is
 * possible among few elements is possible: a transition, or a counterexample.
 */
import { elementsOf, type Formula, mentioned, onlyThese } from "../logic/formula.ts"
import type { Obligation } from "./obligations.ts"

/**
 * For a sentence and a transition that preserves it, the axioms and sentences that it rests on
 * before the transition. Without an entry, it rests on itself. (At `initially` and `follows` there
 * is no transition.) These data do not have to be correct: `npm run bench -- reasons` finds them,
 * and if they are wrong or out of date, the prover assumes all sentences.
 */
export type Reasons = Readonly<Record<string, Readonly<Record<string, ReadonlyArray<string>>>>>
export const noReasons: Reasons = {}

/** The key of an obligation, besides its sentence. */
export const occasionOf = ({ kind, transition }: Obligation): string =>
  transition ?? (kind === "initially" ? "initially" : "follows")

/** The maximum number of elements of each sort in a state that shows that something is possible. */
export const fewElements = 2

/** The obligation among at most this many elements: what is possible there is possible. */
export const amongFew = (obligation: Obligation, few = fewElements): Obligation => {
  const { sorts } = mentioned([...obligation.assumed, ...obligation.denied])
  const elements = [...sorts].map((sort) => [sort, elementsOf(sort, few)] as const)
  return {
    ...obligation,
    assumed: [
      ...obligation.assumed,
      ...elements.map(([sort, some]): Formula => onlyThese(sort, some))
    ],
    free: [...obligation.free, ...elements.flatMap(([, some]) => some)]
  }
}

/** The obligation from its reasons alone. */
export const fromReasons = (obligation: Obligation, reasons: Reasons): Obligation => {
  const { sentence = "", assumed, named } = obligation
  const enough = reasons[sentence]?.[occasionOf(obligation)] ?? [sentence]
  const leftOut = new Set(
    Object.entries(named).flatMap(([name, formula]) => (enough.includes(name) ? [] : [formula]))
  )
  return { ...obligation, assumed: assumed.filter((formula) => !leftOut.has(formula)) }
}

/** A question, and what its answer implies for the obligation. */
export interface Easier {
  readonly question: Obligation
  readonly answer: "sat" | "unsat"
  readonly verdict: "shown" | "refuted"
}

/**
 * Easier questions, the most promising first; none if nothing is known. The order depends on what
 * is expected; the verdict does not.
 */
export const easierThan = (
  obligation: Obligation,
  reasons: Reasons,
  expected: "shown" | "refuted" = "shown"
): ReadonlyArray<Easier> => {
  if (reasons === noReasons) return []
  const few = { question: amongFew(obligation), answer: "sat" } as const
  if (obligation.kind === "possible") return [{ ...few, verdict: "shown" }]
  const refuting: Easier = { ...few, verdict: "refuted" }
  const showing: Easier = {
    question: fromReasons(obligation, reasons),
    answer: "unsat",
    verdict: "shown"
  }
  return expected === "shown" ? [showing, refuting] : [refuting, showing]
}
