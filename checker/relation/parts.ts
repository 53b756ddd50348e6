/**
 * Whether the parts of a relation have the right types. The compiler checks typed models. In
 * others, a part of the wrong type would fail late, or go unnoticed.
 */
import { RelationIllFormed } from "./ill-formed.ts"
import { isRecord, nameOf } from "./plain.ts"
import type { Relation } from "./relation.ts"

type Kind = (value: unknown) => boolean

const isFunction: Kind = (value) => typeof value === "function"
const isText: Kind = (value) => typeof value === "string"
const isListOf =
  (kind: Kind): Kind =>
  (value) =>
    Array.isArray(value) && value.every(kind)
const isPair: Kind = (value) =>
  isListOf(isFunction)(value) && (value as Array<unknown>).length === 2
const isRefinement: Kind = (value) =>
  isRecord(value) && isFunction(value.by) && typeof value.of === "object" && value.of !== null
const isFairness: Kind = (value) =>
  isText(value) ||
  isListOf(isText)(value) ||
  (isRecord(value) &&
    (isText(value.actions) || isListOf(isText)(value.actions)) &&
    isFunction(value.when))

const predicate = "make it a function of the state that returns true or false"
const stepPredicate = "make it a function of the states before and after a step"

/** The fields that hold named parts: the name of a part, its type, and the fix. */
const named: ReadonlyArray<readonly [field: string, part: string, kind: Kind, mend: string]> = [
  ["actions", "action", isFunction, "make it a function from a state to a list of what changes"],
  ["invariants", "invariant", isFunction, predicate],
  ["steps", "step property", isFunction, stepPredicate],
  ["refines", "refines", isRefinement, "make it { of: RELATION, by: (state) => STATE }"],
  ["sometimes", "sometimes", isFunction, predicate],
  ["eventually", "eventually", isFunction, predicate],
  ["alwaysEventually", "always eventually", isFunction, predicate],
  ["eventuallyAlways", "eventually always", isFunction, predicate],
  ["leadsTo", "leads to", isPair, "make it a pair of functions of a state"],
  ["symmetry", "symmetry", isListOf(isText), "make it a list of names"],
  ["expect", "expect", isText, 'write "holds" or "violated"']
]

const single: ReadonlyArray<readonly [field: string, kind: Kind, mend: string]> = [
  ["isDone", isFunction, predicate],
  ["constraint", isFunction, predicate],
  ["stepConstraint", isFunction, stepPredicate],
  ["view", isFunction, "make it a function of the state"],
  ["sets", isListOf(isText), "make it a list of fields"],
  ["deadlock", (value) => typeof value === "boolean", "write true or false"]
]

const refuse = (where: string, value: unknown, mend: string): never => {
  throw new RelationIllFormed({ where, problem: `it is ${nameOf(value)}`, mend })
}

/** Terminals show names, and control characters would control the terminal. */
export const refuseUnprintable = (where: string, name: string): void => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (!/[\u0000-\u001f\u007f-\u009f]/.test(name)) return
  throw new RelationIllFormed({
    where,
    problem: "its name has control characters, such as line breaks",
    mend: "leave them out"
  })
}

/** Throws for the first part of the wrong type. */
export const refuseOtherKinds = (relation: Relation<object>): void => {
  const parts = relation as unknown as Readonly<Record<string, unknown>>
  for (const [field, part, kind, mend] of named) refuseNamed(parts[field], field, part, kind, mend)
  const { premises, fairness } = parts
  if (premises !== undefined && !isRecord(premises))
    refuse("premises", premises, "make it a record of alwaysEventually and eventuallyAlways")
  if (isRecord(premises))
    for (const field of ["alwaysEventually", "eventuallyAlways"])
      refuseNamed(premises[field], `premises, ${field}`, "premise", isFunction, predicate)
  if (fairness !== undefined && !isRecord(fairness))
    refuse("fairness", fairness, "make it a record of weak and strong")
  if (isRecord(fairness))
    for (const [kind, given] of Object.entries(fairness))
      if (given !== undefined && !isListOf(isFairness)(given))
        refuse(`fairness, ${kind}`, given, "make it a list of actions' names")
  for (const [field, kind, mend] of single) {
    const value = parts[field]
    if (value !== undefined && !kind(value)) refuse(field, value, mend)
  }
}

const refuseNamed = (
  given: unknown,
  field: string,
  part: string,
  kind: Kind,
  mend: string
): void => {
  if (given === undefined) return
  if (!isRecord(given)) refuse(field, given, "make it a record, with a name for each")
  for (const [name, value] of Object.entries(given as object)) {
    refuseUnprintable(`${part} ${JSON.stringify(name)}`, name)
    if (!kind(value)) refuse(`${part} "${name}"`, value, mend)
  }
}
