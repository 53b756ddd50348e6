/**
 * The symbols of a model: fixed ones (relations, total functions, constants, orders), and those
 * that transitions change (relations, and partial functions, which are relations with at most one
 * result).
 *
 * No total function changes, and there are hardly any fixed ones: each is an edge of the quantifier
 * alternation graph, and a cycle in that graph destroys decidability (`alternation.ts`). A partial
 * function adds no edge. That it has at most one result is a conjunct of the invariant; that it has
 * one is stated nowhere.
 */
import {
  allEqual,
  and,
  eq,
  type Formula,
  type FunctionSymbol,
  forall,
  implies,
  not,
  or,
  type RelationSymbol,
  type Sort,
  type Term,
  type TermOf,
  type Tuple,
  variable
} from "./formula.ts"

/** A formula about a tuple. */
export type Where<Of extends ReadonlyArray<Sort>> = (...terms: Tuple<Of>) => Formula

/**
 * The effect of a transition on a relation: the tuples that it removes, and those that it adds; a
 * tuple in both stays.
 */
export interface Update {
  readonly relation: RelationSymbol
  readonly removed?: (terms: ReadonlyArray<Term>) => Formula
  readonly added?: (terms: ReadonlyArray<Term>) => Formula
}

/** The initial value of a relation. */
export interface Beginning {
  readonly relation: RelationSymbol
  readonly holds: (terms: ReadonlyArray<Term>) => Formula
}

export interface FixedRelation<Of extends ReadonlyArray<Sort>> {
  (...terms: Tuple<Of>): Formula
  readonly symbol: RelationSymbol
}

/** A relation that transitions change. All formulas of an update refer to the state before it. */
export interface Relation<Of extends ReadonlyArray<Sort>> extends FixedRelation<Of> {
  add(...terms: Tuple<Of>): Update
  addWhere(where: Where<Of>): Update
  remove(...terms: Tuple<Of>): Update
  removeWhere(where: Where<Of>): Update
  /** Initially it holds exactly for these tuples. (By default, for none.) */
  beginsAs(where: Where<Of>): Beginning
}

/** A partial function, as a relation: its arguments and then its results. */
export interface Partial<From extends ReadonlyArray<Sort>, To extends ReadonlyArray<Sort>>
  extends Relation<[...From, ...To]> {
  /** After the update, the result for these arguments is this one. */
  put(from: Tuple<From>, to: Tuple<To>): Update
  /** After the update, there is no result. */
  clear(...from: Tuple<From>): Update
  /** It has at most one result: a formula for the invariant. */
  readonly isFunctional: Formula
}

const fixed = <const Of extends ReadonlyArray<Sort>>(symbol: RelationSymbol): FixedRelation<Of> =>
  Object.assign(
    (...terms: Tuple<Of>): Formula => ({
      _tag: "Atom",
      relation: symbol,
      arguments: terms as ReadonlyArray<Term>
    }),
    { symbol }
  )

/** A relation that no transition changes. */
export const fixedRelation = <const Of extends ReadonlyArray<Sort>>(
  name: string,
  ...sorts: Of
): FixedRelation<Of> => fixed({ name, sorts: sorts.map((one) => one.name), isFixed: true })

/** A formula about any tuple, made from one about a tuple of these sorts. */
const about =
  <Of extends ReadonlyArray<Sort>>(where: Where<Of>) =>
  (terms: ReadonlyArray<Term>): Formula =>
    where(...(terms as Tuple<Of>))

export const relation = <const Of extends ReadonlyArray<Sort>>(
  name: string,
  ...sorts: Of
): Relation<Of> => {
  const symbol: RelationSymbol = { name, sorts: sorts.map((one) => one.name), isFixed: false }
  const is = (tuple: ReadonlyArray<Term>) => (terms: ReadonlyArray<Term>) => allEqual(terms, tuple)
  return Object.assign(fixed<Of>(symbol), {
    add: (...tuple: Tuple<Of>): Update => ({ relation: symbol, added: is(tuple) }),
    addWhere: (where: Where<Of>): Update => ({ relation: symbol, added: about(where) }),
    remove: (...tuple: Tuple<Of>): Update => ({ relation: symbol, removed: is(tuple) }),
    removeWhere: (where: Where<Of>): Update => ({ relation: symbol, removed: about(where) }),
    beginsAs: (where: Where<Of>): Beginning => ({ relation: symbol, holds: about(where) })
  })
}

export const partial = <
  const From extends ReadonlyArray<Sort>,
  const To extends ReadonlyArray<Sort>
>(
  name: string,
  from: From,
  to: To
): Partial<From, To> => {
  const base = relation<[...From, ...To]>(name, ...from, ...to)
  const { symbol } = base
  const isOf = (tuple: ReadonlyArray<Term>) => (terms: ReadonlyArray<Term>) =>
    allEqual(terms.slice(0, from.length), tuple)
  return Object.assign(base, {
    put: (arguments_: Tuple<From>, results: Tuple<To>): Update => ({
      relation: symbol,
      removed: isOf(arguments_),
      added: (terms) => allEqual(terms, [...arguments_, ...results])
    }),
    clear: (...tuple: Tuple<From>): Update => ({ relation: symbol, removed: isOf(tuple) }),
    isFunctional: functional(symbol, from.length)
  })
}

const functional = (symbol: RelationSymbol, arity: number): Formula => {
  const [keys, lefts, rights] = ["", "", "Too"].map((suffix, part) =>
    symbol.sorts
      .slice(...(part === 0 ? [0, arity] : [arity]))
      .map((one, place) => variable(`${one}${place}${suffix}`, one))
  ) as [Array<Term>, Array<Term>, Array<Term>]
  const holds = (results: ReadonlyArray<Term>): Formula => ({
    _tag: "Atom",
    relation: symbol,
    arguments: [...keys, ...results]
  })
  return {
    _tag: "Forall",
    variables: [...keys, ...lefts, ...rights].filter((term) => term._tag === "Variable"),
    body: implies(and(holds(lefts), holds(rights)), allEqual(lefts, rights))
  }
}

/** An update that applies only if the condition holds. */
export const provided = (
  condition: Formula,
  { relation: symbol, removed, added }: Update
): Update => ({
  relation: symbol,
  ...(removed && { removed: (terms: ReadonlyArray<Term>) => and(condition, removed(terms)) }),
  ...(added && { added: (terms: ReadonlyArray<Term>) => and(condition, added(terms)) })
})

/** A fixed function with a result for all arguments. */
export const totalFunction = <const Of extends ReadonlyArray<Sort>, const Result extends Sort>(
  name: string,
  sorts: Of,
  result: Result
): ((...terms: Tuple<Of>) => TermOf<Result>) => {
  const symbol: FunctionSymbol = { name, sorts: sorts.map((one) => one.name), result: result.name }
  return (...terms) =>
    ({
      _tag: "Application",
      function: symbol,
      arguments: terms as ReadonlyArray<Term>,
      sort: result.name
    }) as unknown as TermOf<Result>
}

export const constant = <const Of extends Sort>(name: string, of: Of): TermOf<Of> =>
  totalFunction(name, [], of)()

/** A total order of a sort, as a relation: `atMost`, and its consequences. */
export interface Order<Name extends string> {
  readonly atMost: (left: Term<Name>, right: Term<Name>) => Formula
  readonly below: (left: Term<Name>, right: Term<Name>) => Formula
  readonly axioms: Readonly<Record<string, Formula>>
}
export const totalOrder = <const Name extends string>(
  name: string,
  of: Sort<Name>
): Order<Name> => {
  const symbol: RelationSymbol = { name, sorts: [of.name, of.name], isFixed: true, isOrder: true }
  const atMost = (left: Term<Name>, right: Term<Name>): Formula => ({
    _tag: "Atom",
    relation: symbol,
    arguments: [left, right]
  })
  const [a, b, c] = ["a", "b", "c"].map((one) => variable(one, of.name)) as unknown as [
    Term<Name>,
    Term<Name>,
    Term<Name>
  ]
  const all = (variables: ReadonlyArray<Term>, body: Formula): Formula => ({
    _tag: "Forall",
    variables: variables.filter((term) => term._tag === "Variable"),
    body
  })
  return {
    atMost,
    below: (left, right) => and(atMost(left, right), not(eq(left, right))),
    axioms: {
      [`${name} is antisymmetric`]: all([a, b], implies(and(atMost(a, b), atMost(b, a)), eq(a, b))),
      [`${name} is transitive`]: all(
        [a, b, c],
        implies(and(atMost(a, b), atMost(b, c)), atMost(a, c))
      ),
      [`${name} is total`]: all([a, b], or(atMost(a, b), atMost(b, a)))
    }
  }
}

/** One element of a sort is the least in an order. */
export const isLeast = <Name extends string>(
  { atMost }: Order<Name>,
  of: Sort<Name>,
  least: Term<Name>
): Formula => forall({ x: of }, ({ x }) => atMost(least, x as Term<Name>))
