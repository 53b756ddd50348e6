/**
 * Proves a model: shows every obligation, by a solver.
 */
import type { Model } from "../logic/model.ts"
import { assertion, scriptOf } from "../solver/smtlib.ts"
import type { Solver } from "../solver/solver.ts"
import { easierThan, noReasons, type Reasons } from "./easier.ts"
import { type Obligation, obligationsOf } from "./obligations.ts"

export interface Shown {
  readonly obligation: Obligation
  /**
   * `refuted`: there is a counterexample. `unknown`: the solver cannot say, which proves nothing.
   */
  readonly verdict: "shown" | "refuted" | "unknown"
  readonly reason?: string
}

export interface Proof {
  readonly model: Model
  readonly shown: ReadonlyArray<Shown>
}

export const isProved = ({ shown }: Proof): boolean =>
  shown.every(({ verdict }) => verdict === "shown")

/** The script that asks whether what is assumed and what is denied can be so at once. */
export const questionOf = ({ assumed, denied, free }: Obligation): string => {
  const formulas = [...assumed, ...denied]
  const { declarations, print } = scriptOf(formulas, free)
  return [declarations, ...formulas.map((formula) => assertion(print(formula)))].join("\n")
}

/**
 * Shows one obligation, or refutes it: by an easier question, if its answer says so, or else by the
 * whole of it. (One obligation at a time: asked for all sentences at once,
 * or with what is assumed kept for the next question, Z3 takes many times as long on the larger
 * models.)
 */
export const show = async (
  solver: Solver,
  obligation: Obligation,
  reasons: Reasons = noReasons,
  expected: "shown" | "refuted" = "shown"
): Promise<Shown> => {
  const wanted = obligation.kind === "possible" ? "sat" : "unsat"
  for (const { question, answer, verdict } of easierThan(obligation, reasons, expected)) {
    if ((await solver.check(questionOf(question))).verdict === answer)
      return { obligation, verdict }
  }
  const { verdict, reason } = await solver.check(questionOf(obligation))
  if (verdict === "unknown") return { obligation, verdict, ...(reason !== undefined && { reason }) }
  return { obligation, verdict: verdict === wanted ? "shown" : "refuted" }
}

/** Shows all of them, with as many solvers at once as there are. */
export const prove = async (
  model: Model,
  solvers: ReadonlyArray<Solver>,
  reasons: Reasons = noReasons,
  obligations: ReadonlyArray<Obligation> = obligationsOf(model)
): Promise<Proof> => {
  const shown: Array<Shown> = []
  let next = 0
  const work = async (solver: Solver): Promise<void> => {
    for (let mine = next++; mine < obligations.length; mine = next++) {
      shown[mine] = await show(solver, obligations[mine] as Obligation, reasons)
    }
  }
  await Promise.all(solvers.map(work))
  return { model, shown }
}
