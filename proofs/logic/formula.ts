/**
 * Many-sorted first-order logic, typed: a term has a sort, and a relation accepts only terms of its
 * own sorts.
 *
 * A quantifier names its variables by their sorts and passes them to the formula in which it binds
 * them:
 *
 *     forall({ s: server, t: timestamp }, ({ s, t }) => implies(holds(s, t), le(zero, t)))
 *
 * Each quantifier creates its own variables, so that no substitution ever captures one.
 */

/**
 * A sort: the nodes, the operations, or the timestamps, for example. Its elements are not known.
 */
export interface Sort<Name extends string = string> {
  readonly name: Name
}
export const sort = <const Name extends string>(name: Name): Sort<Name> => ({ name })

/**
 * A relation symbol, or a function symbol (without arguments: a constant), as formulas mention it.
 */
export interface RelationSymbol {
  readonly name: string
  readonly sorts: ReadonlyArray<string>
  /** Whether transitions change it. */
  readonly isFixed: boolean
  /** Whether it is the total order of its sort. */
  readonly isOrder?: boolean
}
export interface FunctionSymbol {
  readonly name: string
  readonly sorts: ReadonlyArray<string>
  readonly result: string
}

export interface Variable<Name extends string = string> {
  readonly _tag: "Variable"
  readonly name: string
  readonly sort: Name
}
export interface Application<Name extends string = string> {
  readonly _tag: "Application"
  readonly function: FunctionSymbol
  readonly arguments: ReadonlyArray<Term>
  readonly sort: Name
}
export type Term<Name extends string = string> = Variable<Name> | Application<Name>

export type Formula =
  | {
      readonly _tag: "Atom"
      readonly relation: RelationSymbol
      readonly arguments: ReadonlyArray<Term>
    }
  | { readonly _tag: "Equal"; readonly left: Term; readonly right: Term }
  | { readonly _tag: "Not"; readonly of: Formula }
  | { readonly _tag: "And" | "Or"; readonly of: ReadonlyArray<Formula> }
  | {
      readonly _tag: "Forall" | "Exists"
      readonly variables: ReadonlyArray<Variable>
      readonly body: Formula
    }

/** Sorts by the names of variables, and the variables of these sorts. */
export type Sorts = Readonly<Record<string, Sort>>
export type TermsOf<Of extends Sorts> = { readonly [Name in keyof Of]: TermOf<Of[Name]> }
/** Sorts in order, and terms of these sorts. */
export type Tuple<Of extends ReadonlyArray<Sort>> = {
  readonly [Place in keyof Of]: TermOf<Of[Place]>
}
export type TermOf<Of extends Sort> = Term<Of["name"]>

/** A fresh variable. */
export const variable = (name: string, sort: string): Variable => ({ _tag: "Variable", name, sort })

/** Fresh variables, by name. */
export const variablesOf = <Of extends Sorts>(sorts: Of): TermsOf<Of> =>
  // The record has a variable of the right sort under each name, which the type of `fromEntries`
  // cannot say.
  Object.fromEntries(
    Object.entries(sorts).map(([name, { name: sort }]) => [name, variable(name, sort)])
  ) as TermsOf<Of>

const quantified = <Of extends Sorts>(
  _tag: "Forall" | "Exists",
  sorts: Of,
  body: (variables: TermsOf<Of>) => Formula
): Formula => {
  const variables = variablesOf(sorts)
  return {
    _tag,
    variables: Object.values(variables) as ReadonlyArray<Variable>,
    body: body(variables)
  }
}
export const forall = <Of extends Sorts>(
  sorts: Of,
  body: (variables: TermsOf<Of>) => Formula
): Formula => quantified("Forall", sorts, body)
export const exists = <Of extends Sorts>(
  sorts: Of,
  body: (variables: TermsOf<Of>) => Formula
): Formula => quantified("Exists", sorts, body)

export const not = (of: Formula): Formula => ({ _tag: "Not", of })
export const and = (...of: ReadonlyArray<Formula>): Formula => ({ _tag: "And", of })
export const or = (...of: ReadonlyArray<Formula>): Formula => ({ _tag: "Or", of })
export const implies = (premise: Formula, conclusion: Formula): Formula =>
  or(not(premise), conclusion)
export const iff = (left: Formula, right: Formula): Formula =>
  and(implies(left, right), implies(right, left))
export const truth: Formula = and()
export const falsehood: Formula = or()

/**
 * A term where a sort is expected: the compiler infers the sort from the first argument, and the
 * second must have it.
 */
type Same<Name extends string> = Term<NoInfer<Name>>
export const eq = <Name extends string>(left: Term<Name>, right: Same<Name>): Formula => ({
  _tag: "Equal",
  left,
  right
})
/** All of these are pairwise equal. */
export const allEqual = (left: ReadonlyArray<Term>, right: ReadonlyArray<Term>): Formula =>
  and(
    ...left.map((term, place) => ({
      _tag: "Equal" as const,
      left: term,
      right: right[place] as Term
    }))
  )

/** Names for the given number of elements of a sort, which may coincide. */
export const elementsOf = (sort: string, count: number): ReadonlyArray<Variable> =>
  Array.from({ length: count }, (_, place) => variable(`${sort}-${place}`, sort))

/** These are the elements of the sort; there are no others. */
export const onlyThese = (sort: string, elements: ReadonlyArray<Term>): Formula => {
  const any = variable("any", sort)
  return {
    _tag: "Forall",
    variables: [any],
    body: or(...elements.map((one) => ({ _tag: "Equal" as const, left: any, right: one })))
  }
}

/** The formula with other formulas for its atoms, where `replace` gives one. */
export const replaceAtoms = (
  formula: Formula,
  replace: (relation: RelationSymbol, terms: ReadonlyArray<Term>) => Formula | undefined
): Formula => {
  switch (formula._tag) {
    case "Atom":
      return replace(formula.relation, formula.arguments) ?? formula
    case "Equal":
      return formula
    case "Not":
      return { ...formula, of: replaceAtoms(formula.of, replace) }
    case "And":
    case "Or":
      return { ...formula, of: formula.of.map((part) => replaceAtoms(part, replace)) }
    case "Forall":
    case "Exists":
      return { ...formula, body: replaceAtoms(formula.body, replace) }
  }
}

/** The symbols that a formula mentions. */
export interface Mentioned {
  readonly sorts: Set<string>
  readonly relations: Map<string, RelationSymbol>
  readonly functions: Map<string, FunctionSymbol>
}
export const mentioned = (
  formulas: Iterable<Formula>,
  into: Mentioned = { sorts: new Set(), relations: new Map(), functions: new Map() }
): Mentioned => {
  for (const formula of formulas) mention(formula, into)
  return into
}

const mention = (formula: Formula, into: Mentioned): void => {
  switch (formula._tag) {
    case "Atom":
      declare(into.relations, formula.relation)
      for (const name of formula.relation.sorts) into.sorts.add(name)
      for (const term of formula.arguments) mentionTerm(term, into)
      return
    case "Equal":
      mentionTerm(formula.left, into)
      mentionTerm(formula.right, into)
      return
    case "Not":
      mention(formula.of, into)
      return
    case "And":
    case "Or":
      for (const part of formula.of) mention(part, into)
      return
    case "Forall":
    case "Exists":
      for (const { sort } of formula.variables) into.sorts.add(sort)
      mention(formula.body, into)
  }
}

const mentionTerm = (term: Term, into: Mentioned): void => {
  into.sorts.add(term.sort)
  if (term._tag === "Variable") return
  declare(into.functions, term.function)
  for (const argument of term.arguments) mentionTerm(argument, into)
}

/** Two symbols with one name would be one symbol to a solver. */
const declare = <Symbol extends { readonly name: string }>(
  symbols: Map<string, Symbol>,
  symbol: Symbol
): void => {
  const known = symbols.get(symbol.name)
  if (known !== undefined && known !== symbol)
    throw new Error(`two symbols are called ${symbol.name}`)
  symbols.set(symbol.name, symbol)
}
