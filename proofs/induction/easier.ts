/**
 * Easier questions about an obligation. Where the answer is the one that is wanted, it holds for
 * the obligation as well; where it is another, it says nothing.
 *
 * What follows from a few of the assumptions follows from all of them. So a refutation is asked of
 * the sentences that once were found to be enough (its `Reasons`) before it is asked of all. And
 * what is possible among few elements is possible: a transition, or a counterexample.
 */
import { elementsOf, type Formula, mentioned, onlyThese } from "../logic/formula.ts"
import type { Obligation } from "./obligations.ts"

/**
 * By a sentence and a transition that keeps it, the axioms and sentences that it rests on before
 * the transition. Where nothing is said, it rests on itself. (At `initially` and `follows` there is
 * no transition.) Nothing has to be true of this: it is found by `npm run bench -- reasons`, and
 * where it is wrong or out of date, all sentences are assumed.
 */
export type Reasons = Readonly<Record<string, Readonly<Record<string, ReadonlyArray<string>>>>>
export const noReasons: Reasons = {}

/** What an obligation is filed under, beside its sentence. */
export const occasionOf = ({ kind, transition }: Obligation): string =>
  transition ?? (kind === "initially" ? "initially" : "follows")

/** The most elements of each sort in a state that shows that something is possible. */
export const fewElements = 2

/** The obligation among so few elements: what is possible there is possible. */
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

/** A question, and what the obligation is if it has this answer. */
export interface Easier {
  readonly question: Obligation
  readonly answer: "sat" | "unsat"
  readonly verdict: "shown" | "refuted"
}

/**
 * Easier questions, the most promising first; none if nothing is known. Which that is depends on
 * what is expected; the verdict does not.
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
