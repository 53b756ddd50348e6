/**
 * Proves a model: a solver proves every obligation.
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
   * `refuted`: there is a counterexample. `unknown`: the solver does not decide, which proves
   * nothing.
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

/** The script that asks whether the assumptions and the negated claim can hold at once. */
export const questionOf = ({ assumed, denied, free }: Obligation): string => {
  const formulas = [...assumed, ...denied]
  const { declarations, print } = scriptOf(formulas, free)
  return [declarations, ...formulas.map((formula) => assertion(print(formula)))].join("\n")
}

/**
 * Proves or refutes one obligation: by an easier question, if its answer decides, or otherwise by
 * the whole question. (One obligation at a time: if Z3 answers for all sentences at once, or keeps
 * the assumptions for the next question, it takes many times as long on the larger models.)
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
 * The obligations that are proved without a separate question for each: possibilities by a run, and
 * all sentences of the initial state by one question whether any of them fails.
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
  /** The expected outcome of an obligation: it affects only the running time. */
  readonly expected?: (obligation: Obligation) => "shown" | "refuted"
  readonly isStopped?: () => boolean
}

/**
 * Proves all obligations of a model, with all solvers in parallel. (Proves fewer, if the user stops
 * it.)
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
  // While one solver proves many together, the others continue with those that are proved alone.
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
