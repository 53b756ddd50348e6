/**
 * Shows by a run that something is possible: a model starts on a small structure and takes its
 * transitions. Where one of them is enabled, the evaluator finds that the axioms, the invariant and
 * the transition's conditions hold. That costs a fraction of a solver's time for the same question,
 * and shows more: the state is reachable.
 */
import { and, elementsOf, type Formula, mentioned, type Term } from "../logic/formula.ts"
import { type Model, symbolsOf } from "../logic/model.ts"
import type { Solver } from "../solver/solver.ts"
import { compile } from "../structure/evaluate.ts"
import { holdsIn } from "../structure/step.ts"
import { type Structure, Table, tableOf } from "../structure/structure.ts"
import { type Stop, walk } from "../structure/walk.ts"
import { randomFrom } from "../tie/run.ts"
import { read, rowsOf } from "./counterexample.ts"
import type { Obligation } from "./obligations.ts"

/** The minimum number of elements of each sort. */
const minElements = 2

type Random = (below: number) => number

/** Any two of these differ. */
const different = (elements: ReadonlyArray<Term>): ReadonlyArray<Formula> =>
  elements.flatMap((left, place) =>
    elements.slice(0, place).map(
      (right): Formula => ({
        _tag: "Not",
        of: { _tag: "Equal", left, right }
      })
    )
  )

/**
 * The fixed part of a structure with the given number of elements of each sort: the axioms hold in
 * it, with as many tuples as they allow. Tuples that no axiom mentions are drawn at random.
 */
const foundation = async (
  solver: Solver,
  model: Model,
  max: number,
  random: Random
): Promise<Structure | undefined> => {
  const { sorts, relations, functions } = symbolsOf(model)
  const axioms = Object.values(model.axioms)
  const known = mentioned(axioms)
  const sizes = new Map(
    [...sorts].map((sort) => [sort, minElements + random(max - minElements + 1)])
  )
  const elements = new Map([...sizes].map(([sort, size]) => [sort, elementsOf(sort, size)]))
  const question = {
    kind: "possible",
    assumed: [...axioms, ...[...elements.values()].flatMap(different)],
    named: {},
    denied: [],
    free: []
  } as const satisfies Obligation
  const found = await read(solver, question, { ...known, sorts }, elements)
  if (found === undefined) return undefined
  const of = (name: string) => sizes.get(name) ?? 0
  const tables = new Map(found.structure.relations)
  const results = new Map(found.structure.functions)
  for (const { name, result, sorts: from } of functions.values()) {
    if (known.functions.has(name)) continue
    const drawn = new Map(rowsOf(from, of).map((row) => [row.join(), random(of(result))]))
    results.set(name, (row) => drawn.get(row.join()) ?? 0)
  }
  const fixed = [...relations.values()].filter(({ isFixed }) => isFixed)
  for (const { name, sorts: from } of fixed) {
    if (known.relations.has(name)) continue
    const table = new Table()
    for (const row of rowsOf(from, of)) if (random(2) === 0) table.add(row)
    tables.set(name, table)
  }
  const grown: Structure = { sizes, relations: tables, functions: results }
  for (const { name, sorts: from, isOrder } of fixed) {
    if (isOrder === true || !known.relations.has(name)) continue
    const table = tableOf(grown, name)
    for (const row of rowsOf(from, of)) {
      if (table.has(row)) continue
      table.add(row)
      if (!axioms.every((axiom) => holdsIn(grown, axiom))) table.remove(row)
    }
  }
  return grown
}

/** Each attempt: the maximum number of elements of a sort. The actual number is drawn at random. */
const attempts = [2, 2, 2, 2, 2, 2, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4]
const steps = 300

/** True when the state, or an earlier event, is what the obligation asks for. */
const isMet = ({ assumed, denied, free }: Obligation, { structure, parameters }: Stop): boolean =>
  compile(and(...assumed, ...denied), free)(
    structure,
    free.map(({ name }) => parameters[name] ?? 0)
  )

/**
 * The obligations that a run proves, among those that ask whether something is possible. Nothing is
 * known of the others.
 */
export const witnessed = async (
  solver: Solver,
  model: Model,
  obligations: ReadonlyArray<Obligation>
): Promise<ReadonlySet<Obligation>> => {
  const shown = new Set<Obligation>()
  const open = new Map(
    obligations.flatMap((one) => (one.kind === "possible" ? [[one.transition, one] as const] : []))
  )
  for (const [place, max] of attempts.entries()) {
    if (open.size === 0) break
    const random = randomFrom(place + 1)
    const fixed = await foundation(solver, model, max, random)
    if (fixed === undefined) continue
    for (const stop of walk(model, fixed, steps, random)) {
      // The first state is the initial one.
      for (const name of [undefined, stop.transition]) {
        const obligation = open.get(name)
        if (obligation === undefined || !isMet(obligation, stop)) continue
        shown.add(obligation)
        open.delete(name)
      }
      if (open.size === 0) break
    }
  }
  return shown
}
