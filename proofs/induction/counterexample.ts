/**
 * Counterexamples to induction: a state in which the invariant holds, and a transition after which
 * a sentence of it is false. (Or an initial state in which a sentence is false; or a state of the
 * invariant that is not safe.)
 *
 * The solver looks for one with as few elements as possible. The counterexample is read back as a
 * finite structure. The evaluator, which shares only the formulas with the solver, confirms it, and
 * every tuple that it does not need is removed.
 *
 * The state may be unreachable: it shows that the invariant is too weak or that the transition is
 * wrong.
 */
import {
  and,
  elementsOf,
  type Formula,
  type FunctionSymbol,
  type Mentioned,
  mentioned,
  onlyThese,
  type RelationSymbol,
  type Term,
  type Variable
} from "../logic/formula.ts"
import type { Model, Transition } from "../logic/model.ts"
import { assertion, scriptOf } from "../solver/smtlib.ts"
import type { Answer, Solver } from "../solver/solver.ts"
import { compile } from "../structure/evaluate.ts"
import { type Parameters, take } from "../structure/step.ts"
import { copyOf, type Row, type Structure, Table } from "../structure/structure.ts"
import { fewElements } from "./easier.ts"
import type { Obligation } from "./obligations.ts"

export interface Counterexample {
  readonly obligation: Obligation
  readonly before: Structure
  /** Elements for the parameters of the transition. */
  readonly parameters: Parameters
  /** The state after the transition; undefined if there is no transition. */
  readonly after: Structure | undefined
  /** The values of constants, by sort and element. */
  readonly names: (sort: string, element: number) => string
}

/** The solver reported a counterexample, and the evaluator does not agree. One of them is wrong. */
export class Unconfirmed extends Error {}

/** The maximum number of elements of a sort to try. */
const maxElements = 8

/**
 * The number of elements of each sort in the smallest counterexample, sort by sort; undefined if
 * none is found. With few elements of every sort, a solver soon finds a counterexample if there is
 * one; without a bound for some sorts it may search for long.
 */
const smallest = async (
  solver: Solver,
  { assumed, denied, free }: Obligation,
  { sorts }: Mentioned
): Promise<ReadonlyMap<string, ReadonlyArray<Term>> | undefined> => {
  const hasModel = async (elements: ReadonlyMap<string, ReadonlyArray<Variable>>) => {
    const formulas = [
      ...assumed,
      ...denied,
      ...[...elements].map(([sort, some]) => onlyThese(sort, some))
    ]
    const names = [...elements.values()].flat()
    const { declarations, print } = scriptOf(formulas, [...free, ...names])
    const script = [declarations, ...formulas.map((one) => assertion(print(one)))].join("\n")
    return (await solver.check(script)).verdict === "sat"
  }
  const few = new Map([...sorts].map((sort) => [sort, elementsOf(sort, fewElements)]))
  let elements = (await hasModel(few)) ? few : new Map<string, ReadonlyArray<Variable>>()
  for (const sort of sorts) {
    const known = elements.get(sort)?.length
    for (let count = 1; count !== known; count++) {
      if (count > maxElements) return undefined
      const fewer = new Map(elements).set(sort, elementsOf(sort, count))
      if (!(await hasModel(fewer))) continue
      elements = fewer
      break
    }
  }
  return elements
}

/** All rows of elements of these sorts. */
export const rowsOf = (
  sorts: ReadonlyArray<string>,
  size: (sort: string) => number
): ReadonlyArray<Row> =>
  sorts.reduce<ReadonlyArray<Row>>(
    (rows, sort) =>
      rows.flatMap((row) => Array.from({ length: size(sort) }, (_, element) => [...row, element])),
    [[]]
  )

/**
 * Asks for a model with these elements, and for the truth of each atom about them; undefined if
 * none is found.
 */
export const read = async (
  solver: Solver,
  { assumed, denied, free }: Obligation,
  { sorts, relations, functions }: Mentioned,
  elements: ReadonlyMap<string, ReadonlyArray<Term>>
): Promise<{ readonly structure: Structure; readonly parameters: Parameters } | undefined> => {
  const formulas = [
    ...assumed,
    ...denied,
    ...[...elements].map(([sort, some]) => onlyThese(sort, some))
  ]
  const names = [...elements.values()].flat().filter((term) => term._tag === "Variable")
  const { declarations, print } = scriptOf(formulas, [...free, ...names])
  const size = (sort: string) => elements.get(sort)?.length ?? 0
  const element = (sort: string, place: number) => elements.get(sort)?.[place] as Term
  const asked = new Map<string, string>()
  const ask = (atom: Formula): string => {
    const name = `asked_${asked.size}`
    asked.set(name, print(atom))
    return name
  }
  const isEqual = (left: Term, sort: string) =>
    Array.from({ length: size(sort) }, (_, place) =>
      ask({ _tag: "Equal", left, right: element(sort, place) })
    )
  const termsOf = (sorts: ReadonlyArray<string>, row: Row): ReadonlyArray<Term> =>
    sorts.map((sort, place) => element(sort, row[place] as number))
  const askedOf = (symbol: RelationSymbol) =>
    rowsOf(symbol.sorts, size).map((row) => ({
      row,
      name: ask({ _tag: "Atom", relation: symbol, arguments: termsOf(symbol.sorts, row) })
    }))
  const resultOf = (symbol: FunctionSymbol) =>
    rowsOf(symbol.sorts, size).map((row) => ({
      row,
      names: isEqual(
        {
          _tag: "Application",
          function: symbol,
          arguments: termsOf(symbol.sorts, row),
          sort: symbol.result
        },
        symbol.result
      )
    }))
  const ofRelations = [...relations.values()].map((symbol) => ({ symbol, asked: askedOf(symbol) }))
  const ofFunctions = [...functions.values()].map((symbol) => ({ symbol, asked: resultOf(symbol) }))
  const ofParameters = free.map((one) => ({ name: one.name, names: isEqual(one, one.sort) }))
  const script = [declarations, ...formulas.map((formula) => assertion(print(formula)))].join("\n")
  const answer = await solver.check(script, asked)
  if (answer.verdict !== "sat") return undefined
  return { structure: structureOf(answer), parameters: parametersOf(answer) }

  function structureOf({ values }: Answer): Structure {
    const tables = ofRelations.map(({ symbol, asked }) => {
      const table = new Table()
      for (const { row, name } of asked) if (values.get(name) === true) table.add(row)
      return [symbol.name, table] as const
    })
    const results = ofFunctions.map(({ symbol, asked }) => {
      const found = new Map(asked.map(({ row, names }) => [row.join(), firstOf(values, names)]))
      return [symbol.name, (row: Row) => found.get(row.join()) ?? 0] as const
    })
    return {
      sizes: new Map([...sorts].map((sort) => [sort, size(sort)])),
      relations: new Map(tables),
      functions: new Map(results)
    }
  }
  function parametersOf({ values }: Answer): Parameters {
    return Object.fromEntries(ofParameters.map(({ name, names }) => [name, firstOf(values, names)]))
  }
}

const firstOf = (values: ReadonlyMap<string, boolean>, names: ReadonlyArray<string>): number =>
  Math.max(
    0,
    names.findIndex((name) => values.get(name) === true)
  )

/**
 * Whether a structure refutes an obligation: the assumptions hold in it, and the claim is false.
 */
export const refutes = ({ assumed, denied, free }: Obligation) => {
  const check = compile(and(...assumed, ...denied), free)
  return (structure: Structure, parameters: Parameters): boolean =>
    check(
      structure,
      free.map(({ name }) => parameters[name] ?? 0)
    )
}

/** Removes, one after another, all tuples without which the structure is still a counterexample. */
const freed = (
  structure: Structure,
  { relations }: Mentioned,
  isOne: (structure: Structure) => boolean
): Structure => {
  const smaller = copyOf(structure)
  for (const { name, isFixed } of relations.values()) {
    if (isFixed) continue
    const table = smaller.relations.get(name)
    for (const row of [...(table?.rows ?? [])]) {
      table?.remove(row)
      if (!isOne(smaller)) table?.add(row)
    }
  }
  return smaller
}

/**
 * The smallest counterexample to an obligation that the solver has refuted; undefined if it is
 * large.
 */
export const counterexample = async (
  solver: Solver,
  model: Model,
  obligation: Obligation
): Promise<Counterexample | undefined> => {
  const symbols = mentioned([...obligation.assumed, ...obligation.denied])
  for (const { sort } of obligation.free) symbols.sorts.add(sort)
  const elements = await smallest(solver, obligation, symbols)
  if (elements === undefined) return undefined
  const again = await read(solver, obligation, symbols, elements)
  if (again === undefined)
    throw new Unconfirmed("the smallest counterexample could not be found again")
  const { structure, parameters } = again
  const isOne = refutes(obligation)
  if (!isOne(structure, parameters)) {
    throw new Unconfirmed("the evaluator rejects the solver's counterexample")
  }
  const before = freed(structure, symbols, (smaller) => isOne(smaller, parameters))
  return {
    obligation,
    before,
    parameters,
    after: afterwards(model, obligation, before, parameters),
    names: namesIn(before, symbols)
  }
}

/** The state after the transition, in which the evaluator must find the sentence false. */
const afterwards = (
  { transitions, invariant, keptAlone = {} }: Model,
  { transition, sentence }: Obligation,
  before: Structure,
  parameters: Parameters
): Structure | undefined => {
  if (transition === undefined || sentence === undefined) return undefined
  const [taken, claim] = [transitions[transition], invariant[sentence] ?? keptAlone[sentence]]
  if (taken === undefined || claim === undefined) return undefined
  const after = copyOf({
    ...before,
    relations: new Map([...unmentioned(taken), ...before.relations])
  })
  take(taken, after, parameters)
  if (compile(claim)(after))
    throw new Unconfirmed("the evaluator finds the sentence true after the transition")
  return after
}

/**
 * A relation that the transition changes and the obligation does not mention may be empty before
 * it.
 */
const unmentioned = ({ does }: Transition): ReadonlyArray<readonly [string, Table]> =>
  does.map(({ relation }) => [relation.name, new Table()])

/** A name for each element: its constant, or its sort and a number. */
const namesIn = ({ functions }: Structure, symbols: Mentioned) => {
  const constants = [...symbols.functions.values()].filter(({ sorts }) => sorts.length === 0)
  return (sort: string, element: number): string =>
    constants.find(({ name, result }) => result === sort && functions.get(name)?.([]) === element)
      ?.name ?? `${sort} ${element + 1}`
}
