/**
 * The ways in which a relation can be ill-formed, and the message to its author: the place, the
 * problem, and the fix.
 */
import * as Schema from "effect/Schema"
import { deadlockFreedom } from "../engine/findings.ts"
import { maxProperties } from "../engine/space.ts"
import { suggest } from "../scenario/refusal.ts"
import { asking } from "./asking.ts"
import { isRecord, nameOf } from "./plain.ts"
import type { Relation } from "./relation.ts"

/** The relation was refused: some part of it is ill-formed. */
export class RelationIllFormed extends Schema.TaggedError<RelationIllFormed>()(
  "RelationIllFormed",
  {
    /** The part of the relation: `action "prepare"`. */
    where: Schema.String,
    problem: Schema.String,
    mend: Schema.String,
    cause: Schema.optionalKey(Schema.Defect()),
    /**
     * The state that the function was called with, and the run that leads there, if the search had
     * begun.
     */
    state: Schema.optionalKey(Schema.Unknown),
    run: Schema.optionalKey(
      Schema.Struct({
        initial: Schema.Unknown,
        steps: Schema.Array(Schema.Struct({ action: Schema.String, state: Schema.Unknown }))
      })
    )
  }
) {
  override get message(): string {
    return `${this.where}: ${this.problem}; ${this.mend}`
  }
}

/** The fields of a relation; the compiler checks the list against the type. */
const fields: Readonly<Record<keyof Relation<object>, true>> = {
  initial: true,
  name: true,
  description: true,
  actions: true,
  invariants: true,
  steps: true,
  refines: true,
  sometimes: true,
  fairness: true,
  eventually: true,
  alwaysEventually: true,
  eventuallyAlways: true,
  leadsTo: true,
  premises: true,
  isDone: true,
  deadlock: true,
  constraint: true,
  stepConstraint: true,
  symmetry: true,
  sets: true,
  view: true,
  expect: true
}

/** A field under an unknown name would have no effect: its property would seem to hold. */
export const refuseOtherParts = (relation: Relation<object>): void => {
  const unknown = Object.keys(relation).find((name) => !Object.hasOwn(fields, name))
  if (unknown !== undefined)
    throw new RelationIllFormed({
      where: "relation",
      problem: `it has an unknown field "${unknown}"`,
      mend: `use one of ${Object.keys(fields).join(", ")}`
    })
  if (typeof relation.initial?.[Symbol.iterator] !== "function")
    throw new RelationIllFormed({
      where: "relation",
      problem: `its initial states are ${nameOf(relation.initial)}`,
      mend: "write a list of at least one state"
    })
}

/** The initial state that defines the fields. */
export const firstOf = <State>(initial: ReadonlyArray<State>, where = "relation"): State => {
  if (initial[0] !== undefined) return initial[0]
  throw new RelationIllFormed({
    where,
    problem: "it has no initial state",
    mend: "give it at least one"
  })
}

/** The answer of the author's function. If the function throws, the message includes the place. */
export const asked = <State, Result>(
  where: string,
  ask: (state: State) => Result,
  state: State
): Result => {
  try {
    return asking(where, ask, state)
  } catch (cause) {
    if (cause instanceof RelationIllFormed) throw cause
    throw new RelationIllFormed({
      where,
      problem: `it threw ${cause}`,
      mend: "fix the function; if it modifies the state that it receives, let it return the changed fields instead",
      cause
    })
  }
}

/** A function looked at a field that no state has. */
export const lookedFor = (
  where: string,
  field: string,
  known: ReadonlyArray<string>
): RelationIllFormed =>
  new RelationIllFormed({
    where,
    problem: `it reads the field "${field}", which no state has`,
    mend: suggest(field, known)
  })

/** A predicate's answer, if it is a truth value. */
export const truthOf = (answer: unknown, where: string): boolean => {
  if (typeof answer === "boolean") return answer
  throw new RelationIllFormed({
    where,
    problem: `it returned ${nameOf(answer)}`,
    mend: "return true or false"
  })
}

/** The successors that an action returns; a generator runs to its end. */
export const successorsBy = <State>(
  where: string,
  next: (state: State) => unknown,
  state: State
): ReadonlyArray<unknown> => asked(where, (state) => [...listOf(next(state), where)], state)

/** The initial states as the author gives them. */
export const initialStatesOf = <State>(initial: Iterable<State>, where: string): Array<State> =>
  asked(where, () => [...initial], undefined)

/** An action's answer, if it can be listed. */
const listOf = (answer: unknown, where: string): Iterable<unknown> => {
  if (isIterable(answer)) return answer
  throw new RelationIllFormed({
    where,
    problem: `it returned ${nameOf(answer)}`,
    mend: "return an array (or another iterable) of successors, an empty one if it is not enabled"
  })
}

const isIterable = (value: unknown): value is Iterable<unknown> =>
  value !== null && typeof value === "object" && Symbol.iterator in value

/** Throws if there are too many properties to decide during the search, or two with one name. */
export const refuseNames = (
  decided: ReadonlyArray<string>,
  others: ReadonlyArray<string>
): void => {
  if (decided.length > maxProperties) {
    throw new RelationIllFormed({
      where: "relation",
      problem: `it has ${decided.length} invariants, step properties, refinements and sometimes, and one search decides at most ${maxProperties}`,
      mend: "join some of them, or check them in two searches"
    })
  }
  const names = [...decided, ...others, deadlockFreedom]
  const name = names.find((one, index) => names.indexOf(one) < index)
  if (name === undefined) return
  throw new RelationIllFormed({
    where: "relation",
    problem: `two properties are named "${name}"`,
    mend: "give one of them another name"
  })
}

/** Throws unless the state has the fields of the first one. */
export const refuseOtherFields = (first: object, state: unknown, where: string): void => {
  const expected = fieldsOf(first)
  const found = isRecord(state) ? fieldsOf(state) : []
  const missing = expected.filter((field) => !found.includes(field))
  const added = found.filter((field) => !expected.includes(field))
  if (missing.length + added.length === 0) return
  const told = [
    ...missing.map((field) => `lacks "${field}"`),
    ...added.map((field) => `adds "${field}"`)
  ]
  throw new RelationIllFormed({
    where,
    problem: `its fields differ from those of the first: it ${told.join(" and ")}`,
    mend: "give every initial state the same fields"
  })
}

/**
 * The fields of a record and of the records in it, as paths; the path of a nested record ends in a
 * dot.
 */
const fieldsOf = (record: object, prefix = ""): ReadonlyArray<string> =>
  Object.entries(record).flatMap(([key, field]) =>
    isRecord(field)
      ? [`${prefix}${key}.`, ...fieldsOf(field, `${prefix}${key}.`)]
      : [`${prefix}${key}`]
  )
