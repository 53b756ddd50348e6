/**
 * Shows a counterexample to induction as tables: the tuples before, and those that the transition
 * removed and added.
 */
import { mentioned, type RelationSymbol } from "../logic/formula.ts"
import { type Row, type Structure, sizeOf, tableOf } from "../structure/structure.ts"
import type { Counterexample } from "./counterexample.ts"

const kinds = {
  initially: "does not hold at the beginning",
  kept: "may not hold afterwards",
  safety: "does not follow from the invariant",
  possible: "can never happen"
} as const

export const told = (found: Counterexample): string => {
  const { obligation, before, parameters, after, names } = found
  const { kind, transition, sentence, free, assumed, denied } = obligation
  const symbols = mentioned([...assumed, ...denied])
  const given = free.map(({ name, sort }) => `${name} = ${names(sort, parameters[name] ?? 0)}`)
  const changing = [...symbols.relations.values()].filter(({ isFixed }) => !isFixed)
  const fixed = [...symbols.relations.values()].filter(({ isFixed }) => isFixed)
  return [
    `"${sentence ?? "it"}" ${kinds[kind]}${transition === undefined ? "" : `, when ${transition} is taken with ${given.join(", ")}`}.`,
    "",
    "There are:",
    ...[...symbols.sorts].map((sort) => `  ${elementsOf(before, sort, names).join(", ")}`),
    ...functionLines(found, symbols.functions.values()),
    "",
    "Fixed:",
    ...fixed.flatMap((symbol) =>
      symbol.isOrder
        ? [orderLine(symbol, before, names)]
        : tableLines(symbol, before, undefined, names)
    ),
    "",
    after === undefined ? "The state:" : "The state (− removed, + added by the transition):",
    ...changing.flatMap((symbol) => tableLines(symbol, before, after, names))
  ].join("\n")
}

type Names = Counterexample["names"]

const elementsOf = (structure: Structure, sort: string, names: Names): ReadonlyArray<string> =>
  Array.from({ length: sizeOf(structure, sort) }, (_, element) => names(sort, element))

/** The elements of an ordered sort, in ascending order. */
const orderLine = (
  { name, sorts: [sort = ""] }: RelationSymbol,
  structure: Structure,
  names: Names
): string => {
  const table = tableOf(structure, name)
  const elements = Array.from({ length: sizeOf(structure, sort) }, (_, element) => element)
  const sorted = elements.toSorted((left, right) =>
    left === right ? 0 : table.has([left, right]) ? -1 : 1
  )
  return `  ${name}: ${sorted.map((element) => names(sort, element)).join(" < ")}`
}

const functionLines = (
  { before, names }: Counterexample,
  functions: Iterable<{
    readonly name: string
    readonly sorts: ReadonlyArray<string>
    readonly result: string
  }>
): ReadonlyArray<string> =>
  [...functions].flatMap(({ name, sorts, result }) => {
    const [sort] = sorts
    if (sort === undefined) return []
    return elementsOf(before, sort, names).map(
      (element, place) =>
        `  ${name}(${element}) = ${names(result, before.functions.get(name)?.([place]) ?? 0)}`
    )
  })

const tableLines = (
  { name, sorts }: RelationSymbol,
  before: Structure,
  after: Structure | undefined,
  names: Names
): ReadonlyArray<string> => {
  const [old, now] = [tableOf(before, name), tableOf(after ?? before, name)]
  const line = (mark: string, row: Row): string =>
    `${mark} ${name}(${row.map((element, place) => names(sorts[place] ?? "", element)).join(", ")})`
  return [
    ...[...old.rows].map((row) => line(now.has(row) ? " " : "−", row)),
    ...[...now.rows].filter((row) => !old.has(row)).map((row) => line("+", row))
  ]
}
