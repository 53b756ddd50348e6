/**
 * The obligations of a model: the invariant holds initially, each transition preserves each
 * sentence of it, and safety follows; and none of this holds only because nothing can happen.
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

/** Formulas that must have no model, or (`possible`) must have one. */
export interface Obligation {
  readonly kind: "initially" | "kept" | "safety" | "possible"
  /** The transition, if there is one. */
  readonly transition?: string
  /** The claimed sentence; in `possible`, none. */
  readonly sentence?: string
  readonly assumed: ReadonlyArray<Formula>
  /** The assumptions that are axioms or sentences of the invariant. */
  readonly named: Sentences
  /** The formula to refute: the negated claim. */
  readonly denied: ReadonlyArray<Formula>
  /** The parameters of the transition. */
  readonly free: ReadonlyArray<Variable>
}

const denying = (claim: Formula): ReadonlyArray<Formula> => [{ _tag: "Not", of: claim }]
const all = (sentences: Sentences): ReadonlyArray<Formula> => Object.values(sentences)

/** Each of the sentences holds initially. */
const initially = (model: Model, sentences: Sentences): ReadonlyArray<Obligation> =>
  Object.entries(sentences).map(([sentence, claim]) => ({
    kind: "initially",
    sentence,
    assumed: [...all(model.axioms), ...initialFormulas(model)],
    named: model.axioms,
    denied: denying(claim),
    free: []
  }))

/** The transition preserves each of the sentences, if all of them held before. */
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

/** The sentences are an inductive invariant. */
const inductive = (model: Model, sentences: Sentences): ReadonlyArray<Obligation> => [
  ...initially(model, sentences),
  ...Object.entries(model.transitions).flatMap(([name, taken]) =>
    kept(model, name, taken, sentences)
  )
]

/** The required properties of the protocol follow. */
const safety = (model: Model): ReadonlyArray<Obligation> =>
  Object.entries(model.safety).map(([sentence, claim]) => ({
    kind: "safety",
    sentence,
    assumed: [...all(model.axioms), ...all(model.invariant)],
    named: { ...model.axioms, ...model.invariant },
    denied: denying(claim),
    free: []
  }))

/** The model has an initial state, and each transition can be taken where the invariant holds. */
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
