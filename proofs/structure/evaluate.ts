/**
 * Evaluates formulas on finite structures.
 *
 * A formula is compiled once. "For some x, y: A and B and C" is answered as a database would: the
 * evaluator chooses one of the atoms, whose rows bind variables, and looks up the rest. A variable
 * runs through its whole sort only if no atom binds it. "For all" is "there is none for which not".
 */
import type { Formula, RelationSymbol, Term, Variable } from "../logic/formula.ts"
import { type Element, type Row, type Structure, sizeOf, tableOf } from "./structure.ts"

/** The values of variables, by slot. */
type Environment = Array<Element>
type Slots = ReadonlyMap<Variable, number>
type Check = (structure: Structure, environment: Environment) => boolean
type Value = (structure: Structure, environment: Environment) => Element
/**
 * Calls `found` for each way to bind the unbound variables; stops as soon as `found` returns true,
 * and then returns true.
 */
type Search = (structure: Structure, environment: Environment, found: () => boolean) => boolean

/** Formulas with negation only on atoms and equalities. */
type Normal = Exclude<Formula, { readonly _tag: "Not" }> | Denied
interface Denied {
  readonly _tag: "Not"
  readonly of: Extract<Formula, { readonly _tag: "Atom" | "Equal" }>
}

const normal = (formula: Formula, isAsserted = true): Normal => {
  switch (formula._tag) {
    case "Atom":
    case "Equal":
      return isAsserted ? formula : { _tag: "Not", of: formula }
    case "Not":
      return normal(formula.of, !isAsserted)
    case "And":
    case "Or":
      return {
        _tag: (formula._tag === "And") === isAsserted ? "And" : "Or",
        of: formula.of.map((part) => normal(part, isAsserted))
      }
    case "Forall":
    case "Exists":
      return {
        _tag: (formula._tag === "Forall") === isAsserted ? "Forall" : "Exists",
        variables: formula.variables,
        body: normal(formula.body, isAsserted)
      }
  }
}

/** Variables to find such that all of these hold. */
interface Conjunction {
  readonly variables: ReadonlyArray<Variable>
  readonly of: ReadonlyArray<Normal>
}

/**
 * The maximum number of conjunctions in the expansion of a disjunction; above it, the disjunction
 * is checked as a whole.
 */
const maxConjunctions = 128

/**
 * The formula as a disjunction of conjunctions; existential quantifiers inside become part of the
 * search.
 */
const conjunctionsOf = (formula: Normal): ReadonlyArray<Conjunction> => {
  switch (formula._tag) {
    case "Exists":
      return conjunctionsOf(formula.body as Normal).map(({ variables, of }) => ({
        variables: [...formula.variables, ...variables],
        of
      }))
    case "Or":
      return formula.of.flatMap((part) => conjunctionsOf(part as Normal))
    case "And":
      return formula.of.reduce<ReadonlyArray<Conjunction>>(
        (some, part) => {
          const more = conjunctionsOf(part as Normal)
          if (isTooMuch(some, more))
            return some.map(({ variables, of }) => ({ variables, of: [...of, part as Normal] }))
          return some.flatMap((left) =>
            more.map((right) => ({
              variables: [...left.variables, ...right.variables],
              of: [...left.of, ...right.of]
            }))
          )
        },
        [{ variables: [], of: [] }]
      )
    default:
      return [{ variables: [], of: [formula] }]
  }
}

/**
 * True when a part is better checked as a whole: there would be too many conjunctions, or one would
 * bind a variable twice (a formula may occur in two places, and then the two are not one).
 */
const isTooMuch = (some: ReadonlyArray<Conjunction>, more: ReadonlyArray<Conjunction>): boolean => {
  if (more.length > 1 && some.length * more.length > maxConjunctions) return true
  const bound = new Set(some.flatMap(({ variables }) => variables))
  return more.some(({ variables }) => variables.some((one) => bound.has(one)))
}

const variablesIn = (term: Term): ReadonlyArray<Variable> =>
  term._tag === "Variable" ? [term] : term.arguments.flatMap(variablesIn)

/** The free variables of a formula. */
const freeIn = (formula: Formula): ReadonlySet<Variable> => {
  switch (formula._tag) {
    case "Atom":
      return new Set(formula.arguments.flatMap(variablesIn))
    case "Equal":
      return new Set([...variablesIn(formula.left), ...variablesIn(formula.right)])
    case "Not":
      return freeIn(formula.of)
    case "And":
    case "Or":
      return new Set(formula.of.flatMap((part) => [...freeIn(part)]))
    case "Forall":
    case "Exists": {
      const free = new Set(freeIn(formula.body))
      for (const one of formula.variables) free.delete(one)
      return free
    }
  }
}

const valuedBy = (term: Term, slots: Slots): Value => {
  if (term._tag === "Variable") {
    const slot = slots.get(term)
    if (slot === undefined) throw new Error(`nothing binds ${term.name}`)
    return (_, environment) => environment[slot] as Element
  }
  const { name } = term.function
  const inputs = term.arguments.map((one) => valuedBy(one, slots))
  return (structure, environment) => {
    const table = structure.functions.get(name)
    if (table === undefined) throw new Error(`the structure has no function ${name}`)
    return table(inputs.map((one) => one(structure, environment)))
  }
}

const checkOf = (formula: Normal, slots: Slots): Check => {
  switch (formula._tag) {
    case "Atom": {
      const { name } = formula.relation
      const values = formula.arguments.map((term) => valuedBy(term, slots))
      return (structure, environment) =>
        tableOf(structure, name).has(values.map((value) => value(structure, environment)))
    }
    case "Equal": {
      const [left, right] = [valuedBy(formula.left, slots), valuedBy(formula.right, slots)]
      return (structure, environment) =>
        left(structure, environment) === right(structure, environment)
    }
    case "Not": {
      const check = checkOf(formula.of, slots)
      return (structure, environment) => !check(structure, environment)
    }
    case "And": {
      const checks = formula.of.map((part) => checkOf(part as Normal, slots))
      return (structure, environment) => checks.every((check) => check(structure, environment))
    }
    case "Or": {
      const checks = formula.of.map((part) => checkOf(part as Normal, slots))
      return (structure, environment) => checks.some((check) => check(structure, environment))
    }
    case "Exists": {
      const search = searchOf(formula, slots)
      return (structure, environment) => search(structure, environment, () => true)
    }
    case "Forall": {
      const denied: Formula = {
        _tag: "Exists",
        variables: formula.variables,
        body: { _tag: "Not", of: formula.body }
      }
      const search = searchOf(normal(denied), slots)
      return (structure, environment) => !search(structure, environment, () => true)
    }
  }
}

/** The search for the variables of the formula's existential quantifiers. */
const searchOf = (formula: Normal, slots: Slots): Search => {
  const searches = conjunctionsOf(formula).map((conjunction) => searchOne(conjunction, slots))
  return (structure, environment, found) =>
    searches.some((search) => search(structure, environment, found))
}

/** The search of one conjunction: nested steps, each of which binds variables or checks. */
const searchOne = ({ variables, of }: Conjunction, outer: Slots): Search => {
  const slots = new Map(outer)
  for (const one of variables) if (!slots.has(one)) slots.set(one, slots.size)
  const bound = new Set(outer.keys())
  const isBound = (term: Term) => variablesIn(term).every((one) => bound.has(one))
  const rest = new Set(of)
  const steps: Array<Step> = []
  for (;;) {
    const settled = [...rest].find((part) => [...freeIn(part)].every((one) => bound.has(one)))
    if (settled !== undefined) {
      rest.delete(settled)
      steps.push(checking(checkOf(settled, slots)))
      continue
    }
    const next = bindingStep([...rest], variables, isBound, slots)
    if (next === undefined) break
    if (next.used !== undefined) rest.delete(next.used)
    for (const one of next.binds) bound.add(one)
    steps.push(next.step)
  }
  return (structure, environment, found) => {
    const from = (at: number): boolean => {
      const step = steps[at]
      return step === undefined ? found() : step(structure, environment, () => from(at + 1))
    }
    return from(0)
  }
}

type Step = Search

const checking =
  (check: Check): Step =>
  (structure, environment, go) =>
    check(structure, environment) && go()

interface Binding {
  readonly step: Step
  readonly binds: ReadonlyArray<Variable>
  readonly used?: Normal
}

/** The cheapest step that binds another variable; undefined if all are bound. */
const bindingStep = (
  rest: ReadonlyArray<Normal>,
  variables: ReadonlyArray<Variable>,
  isBound: (term: Term) => boolean,
  slots: Slots
): Binding | undefined => {
  for (const part of rest) {
    if (part._tag !== "Equal") continue
    const { left, right } = part
    if (left._tag === "Variable" && !isBound(left) && isBound(right))
      return equating(part, left, right, slots)
    if (right._tag === "Variable" && !isBound(right) && isBound(left))
      return equating(part, right, left, slots)
  }
  const atoms = rest
    .filter((part) => part._tag === "Atom")
    .filter(({ arguments: terms }) =>
      terms.every((term) => term._tag === "Variable" || isBound(term))
    )
    .map((part) => ({ part, cost: costOf(part, isBound) }))
    .sort((left, right) => left.cost - right.cost)
  const [best] = atoms
  if (best !== undefined) return joining(best.part, isBound, slots)
  const unbound = variables.find((one) => !isBound(one))
  return unbound === undefined ? undefined : running(unbound, slots)
}

/** Atoms with more bound places come first; orders, which have the most rows, come last. */
const costOf = (
  {
    relation,
    arguments: terms
  }: { readonly relation: RelationSymbol; readonly arguments: ReadonlyArray<Term> },
  isBound: (term: Term) => boolean
): number => {
  const open = terms.filter((term) => !isBound(term)).length
  return (
    open - 2 * (terms.length - open) + (relation.isOrder === true ? 100 : relation.isFixed ? 10 : 0)
  )
}

const equating = (used: Normal, variable: Variable, term: Term, slots: Slots): Binding => {
  const slot = slots.get(variable) as number
  const value = valuedBy(term, slots)
  return {
    used,
    binds: [variable],
    step: (structure, environment, go) => {
      environment[slot] = value(structure, environment)
      return go()
    }
  }
}

const running = (variable: Variable, slots: Slots): Binding => {
  const slot = slots.get(variable) as number
  return {
    binds: [variable],
    step: (structure, environment, go) => {
      const size = sizeOf(structure, variable.sort)
      for (let element = 0; element < size; element++) {
        environment[slot] = element
        if (go()) return true
      }
      return false
    }
  }
}

const joining = (
  atom: Extract<Normal, { readonly _tag: "Atom" }>,
  isBound: (term: Term) => boolean,
  slots: Slots
): Binding => {
  const { relation, arguments: terms } = atom
  const known = terms.flatMap((term, place) =>
    isBound(term) ? [{ place, value: valuedBy(term, slots) }] : []
  )
  const places = known.reduce((bits, { place }) => bits | (1 << place), 0)
  const seen = new Map<Variable, number>()
  const open = terms.flatMap((term, place) => {
    if (isBound(term) || term._tag !== "Variable") return []
    const first = seen.get(term)
    if (first === undefined) seen.set(term, place)
    return [{ place, slot: slots.get(term) as number, first }]
  })
  return {
    used: atom,
    binds: [...seen.keys()],
    step: (structure, environment, go) => {
      const elements = known.map(({ value }) => value(structure, environment))
      for (const row of tableOf(structure, relation.name).matching(places, elements)) {
        const isRow = open.every(({ place, slot, first }) => {
          if (first !== undefined) return row[first] === row[place]
          environment[slot] = row[place] as Element
          return true
        })
        if (isRow && go()) return true
      }
      return false
    }
  }
}

/** A formula, ready to be evaluated with elements for its free variables. */
export const compile = (
  formula: Formula,
  free: ReadonlyArray<Variable> = []
): ((structure: Structure, elements?: Row) => boolean) => {
  const check = checkOf(normal(formula), new Map(free.map((one, slot) => [one, slot])))
  return (structure, elements = []) => check(structure, [...elements])
}

/**
 * All rows of elements for `wanted` for which the formula holds, given elements for its free
 * variables.
 */
export const compileSolutions = (
  formula: Formula,
  wanted: ReadonlyArray<Variable>,
  free: ReadonlyArray<Variable> = []
): ((structure: Structure, elements?: Row) => ReadonlyArray<Row>) => {
  const slots = new Map([...free, ...wanted].map((one, slot) => [one, slot]))
  const outer = new Map([...slots].filter(([one]) => free.includes(one)))
  const searches = conjunctionsOf(normal(formula)).map(({ variables, of }) =>
    searchOne({ variables: [...wanted, ...variables], of }, outer)
  )
  return (structure, elements = []) => {
    const rows = new Map<string, Row>()
    const environment: Environment = [...elements]
    const places = wanted.map((one) => slots.get(one) as number)
    for (const search of searches) {
      search(structure, environment, () => {
        const row = places.map((place) => environment[place] as Element)
        rows.set(row.join(), row)
        return false
      })
    }
    return [...rows.values()]
  }
}
