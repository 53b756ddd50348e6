/**
 * Which sentences of an invariant carry weight: those without which the rest is not an invariant
 * any more, or safety does not follow. Tried one by one.
 *
 * A refutation says which assumptions it used. A sentence that no refutation used, but of itself,
 * can be left out. For one that some did, these questions are asked again without it; the first
 * that fails shows that it is needed.
 */
import type { Formula } from "../logic/formula.ts"
import type { Model } from "../logic/model.ts"
import { type Obligation, obligationsOf } from "./obligations.ts"
import { show } from "./prove.ts"
import { type CoreSolver, usedBy } from "./reasons.ts"

export interface Weight {
  readonly sentence: string
  /** The first obligation that cannot be shown without it; undefined if all can. */
  readonly needed: Obligation | undefined
}

export const weigh = async (
  solver: CoreSolver,
  model: Model,
  weighed: (weight: Weight) => void
): Promise<void> => {
  const obligations = obligationsOf(model).filter(
    ({ kind }) => kind === "kept" || kind === "safety"
  )
  const users = new Map<Formula, Array<Obligation>>()
  for (const obligation of obligations) {
    for (const formula of await usedBy(solver, obligation)) {
      users.set(formula, [...(users.get(formula) ?? []), obligation])
    }
  }
  for (const [sentence, formula] of Object.entries(model.invariant)) {
    let needed: Obligation | undefined
    for (const obligation of users.get(formula) ?? []) {
      if (obligation.sentence === sentence) continue
      const without = {
        ...obligation,
        assumed: obligation.assumed.filter((one) => one !== formula)
      }
      if ((await show(solver, without)).verdict === "shown") continue
      needed = obligation
      break
    }
    weighed({ sentence, needed })
  }
}
