/**
 * Proves a model: shows every obligation, by a solver.
 */
import { type Formula, or } from "../logic/formula.ts"
import type { Model } from "../logic/model.ts"
import { assertion, scriptOf } from "../solver/smtlib.ts"
import type { Answer, Solver } from "../solver/solver.ts"
import { groupsOf, type Obligation } from "./obligations.ts"

export interface Shown {
  readonly obligation: Obligation
  /** `refuted`: there is a counterexample. `unknown`: the solver cannot say, which proves nothing. */
  readonly verdict: "shown" | "refuted" | "unknown"
  readonly reason?: string
}

export interface Proof {
  readonly model: Model
  readonly shown: ReadonlyArray<Shown>
  readonly questions: number
}

export const isProved = ({ shown }: Proof): boolean => shown.every(({ verdict }) => verdict === "shown")

/** The script that asks whether what is assumed and all that is denied can be so at once. */
export const questionOf = (
  { assumed, free }: Pick<Obligation, "assumed" | "free">,
  denied: ReadonlyArray<Formula>
): string => {
  const formulas = [...assumed, ...denied]
  const { declarations, print } = scriptOf(formulas, free)
  return [declarations, ...formulas.map((formula) => assertion(print(formula)))].join("\n")
}

const judged = (obligation: Obligation, { verdict, reason }: Answer): Shown => {
  if (verdict === "unknown") return { obligation, verdict, ...(reason !== undefined && { reason }) }
  const wanted = obligation.kind === "possible" ? "sat" : "unsat"
  return { obligation, verdict: verdict === wanted ? "shown" : "refuted" }
}

/**
 * Shows obligations that assume the same. First all together: if what is assumed refutes the disjunction of the denials, it
 * refutes each of them. If that does not settle it, one by one.
 */
const showGroup = async (
  solver: Solver,
  group: ReadonlyArray<Obligation>
): Promise<{ readonly shown: ReadonlyArray<Shown>; readonly questions: number }> => {
  const [first] = group
  if (first === undefined) return { shown: [], questions: 0 }
  if (group.length > 1) {
    const together = await solver.check(questionOf(first, [or(...group.flatMap(({ denied }) => denied))]))
    if (together.verdict === "unsat") {
      return { shown: group.map((obligation) => ({ obligation, verdict: "shown" })), questions: 1 }
    }
  }
  const shown: Array<Shown> = []
  for (const obligation of group) {
    shown.push(judged(obligation, await solver.check(questionOf(obligation, obligation.denied))))
  }
  return { shown, questions: group.length + (group.length > 1 ? 1 : 0) }
}

export const prove = async (
  solver: Solver,
  model: Model,
  groups: ReadonlyArray<ReadonlyArray<Obligation>> = groupsOf(model)
): Promise<Proof> => {
  const shown: Array<Shown> = []
  let questions = 0
  for (const group of groups) {
    const result = await showGroup(solver, group)
    shown.push(...result.shown)
    questions += result.questions
  }
  return { model, shown, questions }
}
