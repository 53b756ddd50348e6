/**
 * Models on finite structures: their initial states, the effects of transitions, and the false
 * sentences.
 */
import {
  and,
  type Formula,
  type RelationSymbol,
  type Variable,
  variable
} from "../logic/formula.ts"
import { type Model, type Sentences, symbolsOf, type Transition } from "../logic/model.ts"
import { compile, compileSolutions } from "./evaluate.ts"
import { type Row, type Structure, Table } from "./structure.ts"

const tupleOf = ({ sorts }: RelationSymbol): ReadonlyArray<Variable> =>
  sorts.map((one, place) => variable(`${one}${place}`, one))

/** The rows of a relation in the initial state. */
type Rows = (structure: Structure) => ReadonlyArray<Row>
const beginnings = new WeakMap<Model, ReadonlyArray<readonly [relation: string, rows: Rows]>>()
const beginningsOf = (model: Model) => {
  const known = beginnings.get(model)
  if (known !== undefined) return known
  const found = model.initially.map(({ relation, holds }) => {
    const tuple = tupleOf(relation)
    return [relation.name, compileSolutions(holds(tuple), tuple)] as const
  })
  beginnings.set(model, found)
  return found
}

/**
 * The structure in which all relations that transitions change have exactly their initial tuples.
 */
export const begin = (model: Model, structure: Structure): Structure => {
  const relations = new Map(structure.relations)
  for (const { name, isFixed } of symbolsOf(model).relations.values()) {
    if (!isFixed) relations.set(name, new Table())
  }
  for (const [relation, rows] of beginningsOf(model))
    for (const row of rows(structure)) relations.get(relation)?.add(row)
  return { ...structure, relations }
}

interface Compiled {
  readonly parameters: ReadonlyArray<string>
  readonly guards: ReadonlyArray<(structure: Structure, elements: Row) => boolean>
  readonly updates: ReadonlyArray<{
    readonly relation: string
    readonly removed: (structure: Structure, elements: Row) => ReadonlyArray<Row>
    readonly added: (structure: Structure, elements: Row) => ReadonlyArray<Row>
  }>
}

const compiled = new WeakMap<Transition, Compiled>()
const compiledOf = (transition: Transition): Compiled => {
  const known = compiled.get(transition)
  if (known !== undefined) return known
  const free = Object.values(transition.parameters)
  const none = () => []
  const found: Compiled = {
    parameters: Object.keys(transition.parameters),
    guards: transition.when.map((guard) => compile(guard, free)),
    updates: transition.does.map(({ relation, removed, added }) => {
      const tuple = tupleOf(relation)
      const now: Formula = { _tag: "Atom", relation, arguments: tuple }
      return {
        relation: relation.name,
        removed:
          removed === undefined ? none : compileSolutions(and(now, removed(tuple)), tuple, free),
        added: added === undefined ? none : compileSolutions(added(tuple), tuple, free)
      }
    })
  }
  compiled.set(transition, found)
  return found
}

/** Elements for the parameters of a transition, by name. */
export type Parameters = Readonly<Record<string, number>>

const elementsOf = ({ parameters }: Compiled, given: Parameters): Row =>
  parameters.map((name) => {
    const element = given[name]
    if (element === undefined) throw new Error(`no element is given for ${name}`)
    return element
  })

/** The indices in `when` of the transition's conditions that do not hold for these elements. */
export const hindrances = (
  transition: Transition,
  structure: Structure,
  given: Parameters
): ReadonlyArray<number> => {
  const ready = compiledOf(transition)
  const elements = elementsOf(ready, given)
  return ready.guards.flatMap((guard, place) => (guard(structure, elements) ? [] : [place]))
}

/** Takes the transition, whose conditions hold: changes the structure. */
export const take = (transition: Transition, structure: Structure, given: Parameters): void => {
  const ready = compiledOf(transition)
  const elements = elementsOf(ready, given)
  const changes = ready.updates.map(({ relation, removed, added }) => ({
    table: changing(structure, relation),
    removed: removed(structure, elements),
    added: added(structure, elements)
  }))
  for (const { table, removed } of changes) for (const row of removed) table.remove(row)
  for (const { table, added } of changes) for (const row of added) table.add(row)
}

const changing = ({ relations }: Structure, name: string): Table => {
  const table = relations.get(name)
  if (table === undefined) throw new Error(`the structure has no relation ${name}`)
  return table
}

const judges = new WeakMap<Formula, (structure: Structure) => boolean>()

/** True when the sentence holds in the structure. */
export const holdsIn = (structure: Structure, sentence: Formula): boolean => {
  let judge = judges.get(sentence)
  if (judge === undefined) {
    judge = compile(sentence)
    judges.set(sentence, judge)
  }
  return judge(structure)
}

/** The sentences that are false in the structure. */
export const falseIn = (structure: Structure, sentences: Sentences): ReadonlyArray<string> =>
  Object.entries(sentences).flatMap(([sentence, formula]) =>
    holdsIn(structure, formula) ? [] : [sentence]
  )
