/**
 * First-order formulas as SMT-LIB 2.6, the common language of solvers.
 */
import { type Formula, mentioned, type Term, type Variable } from "../logic/formula.ts"

/** Words that already have a meaning in SMT-LIB or in a solver. */
const reserved = new Set(
  "and or not xor ite let as par exists forall match distinct true false select store const Bool Int Real Array Set set String".split(
    " "
  )
)

/** One way of writing a set of formulas: each symbol and each variable has a unique name. */
export interface Script {
  /** The declarations of all symbols that the formulas mention. */
  readonly declarations: string
  readonly print: (formula: Formula) => string
  readonly printTerm: (term: Term) => string
}

/**
 * A script for these formulas. Variables that no quantifier binds, such as the parameters of a
 * transition, become constants.
 */
export const scriptOf = (
  formulas: ReadonlyArray<Formula>,
  free: ReadonlyArray<Variable>
): Script => {
  const { sorts, relations, functions } = mentioned(formulas)
  for (const { sort } of free) sorts.add(sort)
  const taken = new Set([...reserved, ...relations.keys(), ...functions.keys(), ...sorts])
  const names = new Map<Variable, string>()
  const nameOf = (variable: Variable): string => {
    const known = names.get(variable)
    if (known !== undefined) return known
    let name = variable.name
    for (let number = 2; taken.has(name); number++) name = `${variable.name}_${number}`
    taken.add(name)
    names.set(variable, name)
    return name
  }
  const printTerm = (term: Term): string => {
    if (term._tag === "Variable") return nameOf(term)
    const name = symbol(term.function.name)
    return term.arguments.length === 0
      ? name
      : `(${name} ${term.arguments.map(printTerm).join(" ")})`
  }
  const print = (formula: Formula): string => {
    switch (formula._tag) {
      case "Atom": {
        const name = symbol(formula.relation.name)
        return formula.arguments.length === 0
          ? name
          : `(${name} ${formula.arguments.map(printTerm).join(" ")})`
      }
      case "Equal":
        return `(= ${printTerm(formula.left)} ${printTerm(formula.right)})`
      case "Not":
        return `(not ${print(formula.of)})`
      case "And":
        return joined("and", formula.of, "true")
      case "Or":
        return joined("or", formula.of, "false")
      case "Forall":
      case "Exists": {
        if (formula.variables.length === 0) return print(formula.body)
        const bound = formula.variables.map((one) => `(${nameOf(one)} ${symbol(one.sort)})`)
        return `(${formula._tag.toLowerCase()} (${bound.join(" ")}) ${print(formula.body)})`
      }
    }
  }
  const joined = (connective: string, parts: ReadonlyArray<Formula>, empty: string): string =>
    parts.length === 0
      ? empty
      : parts.length === 1
        ? print(parts[0] as Formula)
        : `(${connective} ${parts.map(print).join(" ")})`
  const declarations = [
    ...[...sorts].map((name) => `(declare-sort ${symbol(name)} 0)`),
    ...[...functions.values()].map(
      ({ name, sorts: from, result }) =>
        `(declare-fun ${symbol(name)} (${from.map(symbol).join(" ")}) ${symbol(result)})`
    ),
    ...[...relations.values()].map(
      ({ name, sorts: from }) =>
        `(declare-fun ${symbol(name)} (${from.map(symbol).join(" ")}) Bool)`
    ),
    ...free.map((one) => `(declare-fun ${nameOf(one)} () ${symbol(one.sort)})`)
  ]
  return { declarations: declarations.join("\n"), print, printTerm }
}

const symbol = (name: string): string => (reserved.has(name) ? `${name}!` : name)

export const assertion = (text: string): string => `(assert ${text})`
