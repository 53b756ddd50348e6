/**
 * What has to be shown of a model: that the invariant holds at the beginning, that each transition
 * keeps each sentence of it, that safety follows; and that none of this is so only because nothing
 * can happen.
 */
import type { Formula, Variable } from "../logic/formula.ts"
import {
  initialFormulas,
  isTouched,
  type Model,
  type Sentences,
  type Transition,
  weakestPrecondition
} from "../logic/model.ts"

/** Formulas that are to have no model, or (`possible`) that are to have one. */
export interface Obligation {
  readonly kind: "initially" | "kept" | "safety" | "possible"
  /** The transition that is taken, or none. */
  readonly transition?: string
  /** The sentence that is claimed; in `possible`, none. */
  readonly sentence?: string
  readonly assumed: ReadonlyArray<Formula>
  /** Those of the assumptions that are axioms or sentences of the invariant. */
  readonly named: Sentences
  /** What is refuted: the claim, denied. */
  readonly denied: ReadonlyArray<Formula>
  /** The parameters of the transition. */
  readonly free: ReadonlyArray<Variable>
}

const denying = (claim: Formula): ReadonlyArray<Formula> => [{ _tag: "Not", of: claim }]
const all = (sentences: Sentences): ReadonlyArray<Formula> => Object.values(sentences)

/** That each of the sentences holds at the beginning. */
const initially = (model: Model, sentences: Sentences): ReadonlyArray<Obligation> =>
  Object.entries(sentences).map(([sentence, claim]) => ({
    kind: "initially",
    sentence,
    assumed: [...all(model.axioms), ...initialFormulas(model)],
    named: model.axioms,
    denied: denying(claim),
    free: []
  }))

/** That the transition keeps each of the sentences, if all of them held before. */
const kept = (
  model: Model,
  name: string,
  taken: Transition,
  sentences: Sentences
): ReadonlyArray<Obligation> =>
  Object.entries(sentences)
    .filter(([, claim]) => isTouched(taken, claim))
    .map(([sentence, claim]) => ({
      kind: "kept",
      transition: name,
      sentence,
      assumed: [...all(model.axioms), ...all(sentences), ...taken.when],
      named: { ...model.axioms, ...sentences },
      denied: denying(weakestPrecondition(taken, claim)),
      free: Object.values(taken.parameters)
    }))

/** That the sentences are an inductive invariant. */
const inductive = (model: Model, sentences: Sentences): ReadonlyArray<Obligation> => [
  ...initially(model, sentences),
  ...Object.entries(model.transitions).flatMap(([name, taken]) =>
    kept(model, name, taken, sentences)
  )
]

/** That what is asked of the protocol follows. */
const safety = (model: Model): ReadonlyArray<Obligation> =>
  Object.entries(model.safety).map(([sentence, claim]) => ({
    kind: "safety",
    sentence,
    assumed: [...all(model.axioms), ...all(model.invariant)],
    named: { ...model.axioms, ...model.invariant },
    denied: denying(claim),
    free: []
  }))

/** That the model can begin, and that each transition can be taken where the invariant holds. */
const possible = (model: Model): ReadonlyArray<Obligation> => [
  {
    kind: "possible",
    assumed: [...all(model.axioms), ...initialFormulas(model)],
    named: model.axioms,
    denied: [],
    free: []
  },
  ...Object.entries(model.transitions).map(
    ([name, taken]): Obligation => ({
      kind: "possible",
      transition: name,
      assumed: [...all(model.axioms), ...all(model.invariant), ...taken.when],
      named: { ...model.axioms, ...model.invariant },
      denied: [],
      free: Object.values(taken.parameters)
    })
  )
]

export const obligationsOf = (model: Model): ReadonlyArray<Obligation> => [
  ...inductive(model, model.invariant),
  ...Object.entries(model.keptAlone ?? {}).flatMap(([sentence, claim]) =>
    inductive(model, { [sentence]: claim })
  ),
  ...safety(model),
  ...possible(model)
]
