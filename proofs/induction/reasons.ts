/**
 * Finds the reasons of each sentence: the assumptions that a solver used.
 */
import type { Formula } from "../logic/formula.ts"
import type { Model } from "../logic/model.ts"
import { scriptOf } from "../solver/smtlib.ts"
import type { Solver } from "../solver/solver.ts"
import { fromReasons, noReasons, occasionOf, type Reasons } from "./easier.ts"
import { type Obligation, obligationsOf } from "./obligations.ts"

/** A solver that reports which of the named assertions it used for a refutation. */
export interface CoreSolver extends Solver {
  core(script: string): Promise<ReadonlyArray<string>>
}

const none: ReadonlySet<Formula> = new Set()

/** The assumptions that the solver used; none if it has not refuted the question. */
export const usedBy = async (
  solver: CoreSolver,
  { assumed, denied, free }: Obligation
): Promise<ReadonlySet<Formula>> => {
  const formulas = [...assumed, ...denied]
  const { declarations, print } = scriptOf(formulas, free)
  const script = [
    declarations,
    ...formulas.map((formula, place) => `(assert (! ${print(formula)} :named assumed-${place}))`)
  ].join("\n")
  const core = new Set(await solver.core(script))
  return new Set(formulas.filter((_, place) => core.has(`assumed-${place}`)))
}

/**
 * The reasons of all obligations of these models, combined. The known reasons are tried first, and
 * reduced; a person may have written them, if the solver finds none itself.
 */
export const reasonsOf = async (
  solver: CoreSolver,
  models: ReadonlyArray<Model>,
  known: Reasons = noReasons
): Promise<Reasons> => {
  const found = new Map<string, Map<string, Set<string>>>()
  for (const obligation of models.flatMap(obligationsOf)) {
    const { kind, sentence, named } = obligation
    if (kind === "possible" || sentence === undefined) continue
    const few = known === noReasons ? none : await usedBy(solver, fromReasons(obligation, known))
    const used = few.size > 0 ? few : await usedBy(solver, obligation)
    const names =
      used.size > 0
        ? Object.entries(named).flatMap(([name, one]) => (used.has(one) ? [name] : []))
        : (known[sentence]?.[occasionOf(obligation)] ?? [])
    if (names.every((name) => name === sentence)) continue
    const ofSentence = found.get(sentence) ?? new Map<string, Set<string>>()
    found.set(sentence, ofSentence)
    const occasion = occasionOf(obligation)
    const before = ofSentence.get(occasion) ?? []
    ofSentence.set(occasion, new Set([...before, ...names]))
  }
  return Object.fromEntries(
    [...found].map(([sentence, occasions]) => [
      sentence,
      Object.fromEntries([...occasions].map(([occasion, names]) => [occasion, [...names]]))
    ])
  )
}
