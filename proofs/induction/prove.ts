/**
 * Proves a model: shows every obligation, by a solver.
 */
import { and, or } from "../logic/formula.ts"
import type { Model } from "../logic/model.ts"
import { assertion, scriptOf } from "../solver/smtlib.ts"
import type { Solver } from "../solver/solver.ts"
import { easierThan, noReasons, type Reasons } from "./easier.ts"
import { type Obligation, obligationsOf } from "./obligations.ts"
import { witnessed } from "./witness.ts"

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

/**
 * Those of the obligations that are shown without a question for each: what is possible, by a run;
 * and all that holds at the beginning, by one question whether any of it does not.
 */
export const shownTogether = async (
  solver: Solver,
  model: Model,
  obligations: ReadonlyArray<Obligation>
): Promise<ReadonlySet<Obligation>> => {
  const shown = new Set(await witnessed(solver, model, obligations))
  const beginning = obligations.filter(({ kind }) => kind === "initially")
  const [first] = beginning
  if (first === undefined) return shown
  const denied = or(...beginning.map((one) => and(...one.denied)))
  const { verdict } = await solver.check(questionOf({ ...first, denied: [denied] }))
  if (verdict === "unsat") for (const one of beginning) shown.add(one)
  return shown
}

export interface Asking {
  readonly reasons?: Reasons
  readonly obligations?: ReadonlyArray<Obligation>
  /** What becomes of an obligation, it is thought: nothing rests on it but how long it takes. */
  readonly expected?: (obligation: Obligation) => "shown" | "refuted"
  readonly isStopped?: () => boolean
}

/**
 * Shows all obligations of a model, with as many solvers at once as there are. (Fewer, if somebody
 * stops it.)
 */
export const prove = async (
  model: Model,
  solvers: ReadonlyArray<Solver>,
  {
    reasons = noReasons,
    obligations = obligationsOf(model),
    expected = () => "shown",
    isStopped = () => false
  }: Asking = {}
): Promise<Proof> => {
  const [first] = solvers
  const together = first && shownTogether(first, model, obligations)
  // While one solver shows many together, the others go on with those that are shown alone.
  const isAlone = ({ kind }: Obligation) => kind === "kept" || kind === "safety"
  const places = [...obligations.keys()]
  const order = places.toSorted(
    (left, right) =>
      Number(isAlone(obligations[right] as Obligation)) -
      Number(isAlone(obligations[left] as Obligation))
  )
  const shown: Array<Shown> = []
  const work = async (solver: Solver): Promise<void> => {
    for (let mine = order.shift(); mine !== undefined && !isStopped(); mine = order.shift()) {
      const obligation = obligations[mine] as Obligation
      shown[mine] =
        !isAlone(obligation) && (await together)?.has(obligation)
          ? { obligation, verdict: "shown" }
          : await show(solver, obligation, reasons, expected(obligation))
    }
  }
  await Promise.all([...solvers.map(work), together])
  return { model, shown: shown.filter((one) => one !== undefined) }
}
