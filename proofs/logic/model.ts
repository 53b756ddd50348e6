/**
 * A model: its fixed facts, its initial states, its transitions, and its claims.
 *
 * The claim is proved by induction. The *invariant* is a list of sentences that hold initially, and
 * that every transition preserves if all of them held before it; *safety* is what follows from
 * them.
 */
import {
  and,
  type Formula,
  type Mentioned,
  mentioned,
  not,
  or,
  type RelationSymbol,
  replaceAtoms,
  type Sorts,
  type Term,
  type TermsOf,
  type Variable,
  variable,
  variablesOf
} from "./formula.ts"
import type { Beginning, Update } from "./symbols.ts"

/** Formulas by the sentences that express the same. */
export type Sentences = Readonly<Record<string, Formula>>

export interface Model {
  readonly name: string
  readonly about: string
  /** Facts of every system: quorums intersect, an order is an order. */
  readonly axioms: Sentences
  /** The initial value of each relation; a relation without an entry is empty. */
  readonly initially: ReadonlyArray<Beginning>
  readonly transitions: Readonly<Record<string, Transition>>
  readonly invariant: Sentences
  /** Sentences that hold initially and are each preserved on their own, without the invariant. */
  readonly keptAlone?: Sentences
  /**
   * The required properties of the protocol: they must follow from the axioms and the invariant.
   */
  readonly safety: Sentences
}

/**
 * A transition: for some elements, its parameters, it may be taken if all of `when` holds, and does
 * all of `does` at once. Every undetermined value is a parameter, so the parameters determine the
 * state after.
 */
export interface Transition {
  readonly parameters: Readonly<Record<string, Variable>>
  readonly when: ReadonlyArray<Formula>
  readonly does: ReadonlyArray<Update>
}

export const transition = <Of extends Sorts>(
  sorts: Of,
  body: (parameters: TermsOf<Of>) => Pick<Transition, "when" | "does">
): Transition => {
  const parameters = variablesOf(sorts)
  return { parameters: parameters as unknown as Transition["parameters"], ...body(parameters) }
}

/**
 * A transition with further conditions and effects, in addition to those of an existing one, whose
 * parameters are `of`; it may have more parameters.
 */
export const extended = <Of extends Sorts, More extends Sorts>(
  base: Transition | undefined,
  of: Of,
  more: More,
  body: (parameters: TermsOf<Of & More>) => Pick<Transition, "when" | "does">
): Transition => {
  const known = base?.parameters ?? {}
  for (const [name, { name: sort }] of Object.entries(of)) {
    if (known[name]?.sort !== sort) throw new Error(`the transition has no ${sort} ${name}`)
  }
  const parameters = { ...known, ...variablesOf(more) } as unknown as TermsOf<Of & More>
  const { when, does } = body(parameters)
  return {
    parameters: parameters as unknown as Transition["parameters"],
    when: [...(base?.when ?? []), ...when],
    does: [...(base?.does ?? []), ...does]
  }
}

/** The value of a relation at a tuple after the updates of a transition. */
export const after = (
  updates: ReadonlyArray<Update>,
  relation: RelationSymbol,
  terms: ReadonlyArray<Term>
): Formula => {
  const mine = updates.filter((update) => update.relation === relation)
  const now: Formula = { _tag: "Atom", relation, arguments: terms }
  const removed = mine.flatMap((update) =>
    update.removed === undefined ? [] : [update.removed(terms)]
  )
  const added = mine.flatMap((update) => (update.added === undefined ? [] : [update.added(terms)]))
  const kept = removed.length === 0 ? now : and(now, not(or(...removed)))
  return added.length === 0 ? kept : or(kept, ...added)
}

/** The formula that holds before the transition if and only if the given one holds after it. */
export const weakestPrecondition = (
  { does }: Pick<Transition, "does">,
  formula: Formula
): Formula => {
  const changed = new Set(does.map(({ relation }) => relation))
  return replaceAtoms(formula, (relation, terms) =>
    changed.has(relation) ? after(does, relation, terms) : undefined
  )
}

/** True when the formula mentions something that the transition changes. */
export const isTouched = ({ does }: Pick<Transition, "does">, formula: Formula): boolean => {
  const { relations } = mentioned([formula])
  return does.some(({ relation }) => relations.has(relation.name))
}

/** A tuple of variables for a relation. */
const tupleOf = ({ sorts }: RelationSymbol): ReadonlyArray<Variable> =>
  sorts.map((one, place) => variable(`${one}${place}`, one))

/** The initial values, relation by relation. */
export const initialFormulas = (model: Model): ReadonlyArray<Formula> =>
  [...symbolsOf(model).relations.values()].flatMap((relation) => {
    if (relation.isFixed) return []
    const tuple = tupleOf(relation)
    const now: Formula = { _tag: "Atom", relation, arguments: tuple }
    const beginning = model.initially.find((one) => one.relation === relation)
    if (beginning === undefined) return [{ _tag: "Forall", variables: tuple, body: not(now) }]
    const then = beginning.holds(tuple)
    return [{ _tag: "Forall", variables: tuple, body: and(or(not(now), then), or(now, not(then))) }]
  })

/** All symbols that a model mentions. */
export const symbolsOf = (model: Model): Mentioned => {
  const known = symbols.get(model)
  if (known !== undefined) return known
  const found = mentioned([
    ...Object.values(model.axioms),
    ...Object.values(model.invariant),
    ...Object.values(model.safety),
    ...Object.values(model.keptAlone ?? {}),
    ...Object.values(model.transitions).flatMap(({ when, does }) => [
      ...when,
      ...does.flatMap((update) => [after([update], update.relation, tupleOf(update.relation))])
    ]),
    ...model.initially.map(({ relation, holds }) => holds(tupleOf(relation)))
  ])
  symbols.set(model, found)
  return found
}
const symbols = new WeakMap<Model, Mentioned>()
