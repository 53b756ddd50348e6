/**
 * The quantifier alternation graph, and its cycles.
 *
 * Its nodes are sorts. There is an edge from one to another if somewhere a formula claims an
 * element of the other for each element of the one: by "for all … exists", or by a function. If the
 * graph has no cycle, only finitely many elements can ever be claimed, starting from the named
 * ones. So a formula without a model is refuted after finitely many instantiations, and one with a
 * model has a finite one. (The class of Padon, McMillan, Panda, Sagiv and Shoham, "Ivy: safety
 * verification by interactive generalization", and of Abadi, Rabinovich and Sagiv, "Decidable
 * fragments of many-sorted logic".) Only the guarantee that the solver answers depends on this.
 */
import type { Formula, Term } from "./formula.ts"
import { initialFormulas, type Model, symbolsOf, weakestPrecondition } from "./model.ts"

/** Edges of the graph, each from a sort to the sorts claimed for its elements. */
export type Alternation = ReadonlyMap<string, ReadonlySet<string>>

/** The graph of these formulas taken together, as assertions. */
export const alternationOf = (formulas: Iterable<Formula>): Alternation => {
  const edges = new Map<string, Set<string>>()
  const edge = (from: string, to: string) => edges.set(from, (edges.get(from) ?? new Set()).add(to))
  const functions = (term: Term): void => {
    if (term._tag === "Variable") return
    for (const argument of term.arguments) {
      edge(argument.sort, term.sort)
      functions(argument)
    }
  }
  const walk = (formula: Formula, isAsserted: boolean, universal: ReadonlyArray<string>): void => {
    switch (formula._tag) {
      case "Atom":
        formula.arguments.forEach(functions)
        return
      case "Equal":
        functions(formula.left)
        functions(formula.right)
        return
      case "Not":
        walk(formula.of, !isAsserted, universal)
        return
      case "And":
      case "Or":
        for (const part of formula.of) walk(part, isAsserted, universal)
        return
      case "Forall":
      case "Exists": {
        const sorts = formula.variables.map(({ sort }) => sort)
        if ((formula._tag === "Forall") === isAsserted) {
          walk(formula.body, isAsserted, [...universal, ...sorts])
          return
        }
        for (const from of universal) for (const to of sorts) edge(from, to)
        walk(formula.body, isAsserted, universal)
      }
    }
  }
  for (const formula of formulas) walk(formula, true, [])
  return edges
}

/** A cycle in the graph, as the sorts along it; undefined if there is none. */
export const cycleIn = (edges: Alternation): ReadonlyArray<string> | undefined => {
  const done = new Set<string>()
  const walk = (at: string, way: ReadonlyArray<string>): ReadonlyArray<string> | undefined => {
    if (way.includes(at)) return [...way.slice(way.indexOf(at)), at]
    if (done.has(at)) return undefined
    for (const next of edges.get(at) ?? []) {
      const found = walk(next, [...way, at])
      if (found !== undefined) return found
    }
    done.add(at)
    return undefined
  }
  for (const start of edges.keys()) {
    const found = walk(start, [])
    if (found !== undefined) return found
  }
  return undefined
}

const negated = (of: Formula): Formula => ({ _tag: "Not", of })

/**
 * The graph of all questions to a solver about a model, taken together. (Each question alone has
 * fewer edges.)
 */
export const alternationOfModel = (model: Model): Alternation => {
  const claims = Object.values(model.invariant)
  const transitions = Object.values(model.transitions)
  symbolsOf(model)
  return alternationOf([
    ...Object.values(model.axioms),
    ...claims,
    ...initialFormulas(model),
    ...[...claims, ...Object.values(model.safety)].map(negated),
    ...transitions.flatMap((transition) => [
      ...transition.when,
      ...claims.map((claim) => negated(weakestPrecondition(transition, claim)))
    ])
  ])
}
