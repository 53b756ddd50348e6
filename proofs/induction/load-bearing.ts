/**
 * Which sentences of an invariant are load-bearing: those without which the rest is no longer an
 * invariant, or safety does not follow. Tested one by one.
 *
 * An obligation that follows from its reasons needs no sentence outside them. For a sentence among
 * the reasons, the solver answers the question again without it; the first failure shows that the
 * sentence is load-bearing. Most fail already among two or three elements of each sort, which the
 * solver finds quickly. So it answers this question for all obligations before it answers a larger
 * one for any.
 */
import type { Model } from "../logic/model.ts"
import type { Solver } from "../solver/solver.ts"
import { amongFew, fromReasons, type Reasons } from "./easier.ts"
import { type Obligation, obligationsOf } from "./obligations.ts"
import { questionOf, show } from "./prove.ts"

export interface Weight {
  readonly sentence: string
  /** The first obligation that cannot be proved without it; undefined if all can. */
  readonly needed: Obligation | undefined
  /** False if the solver does not know whether that obligation can be proved. */
  readonly isCertain: boolean
}

/** By the name of a sentence, the obligations that may rest on it, except its own claims. */
const usersOf = async (
  solver: Solver,
  obligations: ReadonlyArray<Obligation>,
  reasons: Reasons
): Promise<ReadonlyMap<string, ReadonlyArray<Obligation>>> => {
  const users = new Map<string, Array<Obligation>>()
  for (const obligation of obligations) {
    const reasoned = fromReasons(obligation, reasons)
    const follows = (await solver.check(questionOf(reasoned))).verdict === "unsat"
    const assumed = new Set(follows ? reasoned.assumed : obligation.assumed)
    for (const [name, formula] of Object.entries(obligation.named)) {
      if (!assumed.has(formula) || name === obligation.sentence) continue
      users.set(name, [...(users.get(name) ?? []), obligation])
    }
  }
  return users
}

/** Tests these sentences of the model; all by default. */
export const weigh = async (
  solver: Solver,
  model: Model,
  reasons: Reasons,
  weighed: (weight: Weight) => void,
  sentences: ReadonlyArray<string> = Object.keys(model.invariant)
): Promise<void> => {
  const obligations = obligationsOf(model).filter(
    ({ kind }) => kind === "kept" || kind === "safety"
  )
  const users = await usersOf(solver, obligations, reasons)
  for (const sentence of sentences) {
    const without = (users.get(sentence) ?? []).map((obligation) => ({
      ...obligation,
      assumed: obligation.assumed.filter((one) => one !== model.invariant[sentence])
    }))
    weighed(
      (await quicklyNeeded(solver, sentence, without)) ??
        (await needed(solver, sentence, without, reasons))
    )
  }
}

const quicklyNeeded = async (
  solver: Solver,
  sentence: string,
  without: ReadonlyArray<Obligation>
): Promise<Weight | undefined> => {
  for (const few of [2, 3]) {
    for (const obligation of without) {
      const { verdict } = await solver.check(questionOf(amongFew(obligation, few)))
      if (verdict === "sat") return { sentence, needed: obligation, isCertain: true }
    }
  }
  return undefined
}

const needed = async (
  solver: Solver,
  sentence: string,
  without: ReadonlyArray<Obligation>,
  reasons: Reasons
): Promise<Weight> => {
  let weight: Weight = { sentence, needed: undefined, isCertain: true }
  for (const obligation of without) {
    const { verdict } = await show(solver, obligation, reasons)
    if (verdict === "shown") continue
    weight = { sentence, needed: obligation, isCertain: verdict === "refuted" }
    if (weight.isCertain) return weight
  }
  return weight
}
