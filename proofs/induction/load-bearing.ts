/**
 * Which sentences of an invariant carry weight: those without which the rest is not an invariant
 * any more, or safety does not follow. Tried one by one.
 *
 * An obligation that follows from its reasons needs no sentence that is not one of them. For those
 * that are, the question is asked again without the sentence; the first that fails shows that it is
 * needed.
 */
import type { Model } from "../logic/model.ts"
import type { Solver } from "../solver/solver.ts"
import { fromReasons, type Reasons } from "./easier.ts"
import { type Obligation, obligationsOf } from "./obligations.ts"
import { questionOf, show } from "./prove.ts"

export interface Weight {
  readonly sentence: string
  /** The first obligation that cannot be shown without it; undefined if all can. */
  readonly needed: Obligation | undefined
  /** False if the solver does not know whether that obligation can. */
  readonly isCertain: boolean
}

/** Weighs these sentences of the model; all by default. */
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
  const users = new Map<string, Array<Obligation>>()
  for (const obligation of obligations) {
    const reasoned = fromReasons(obligation, reasons)
    const follows = (await solver.check(questionOf(reasoned))).verdict === "unsat"
    const assumed = new Set(follows ? reasoned.assumed : obligation.assumed)
    for (const [name, formula] of Object.entries(obligation.named)) {
      if (assumed.has(formula)) users.set(name, [...(users.get(name) ?? []), obligation])
    }
  }
  for (const sentence of sentences) {
    let weight: Weight = { sentence, needed: undefined, isCertain: true }
    for (const obligation of users.get(sentence) ?? []) {
      // Left out together with its own claim.
      if (obligation.sentence === sentence) continue
      const formula = model.invariant[sentence]
      const assumed = obligation.assumed.filter((one) => one !== formula)
      const { verdict } = await show(solver, { ...obligation, assumed }, reasons, "refuted")
      if (verdict === "shown") continue
      weight = { sentence, needed: obligation, isCertain: verdict === "refuted" }
      if (weight.isCertain) break
    }
    weighed(weight)
  }
}
