/**
 * The goal of a search for "the shortest way to a state where …" in a relation, as people write it.
 * "and" joins several goals: they hold in one state, and a named action leads to it:
 *
 *   mutual exclusion is broken     a property
 *   at.p = inside                  a field, with a text or JSON; also != < > <= >=
 *   take(p)                        an action
 */
import * as Result from "effect/Result"
import { equals } from "../../../spec/kernel/data.ts"
import { suggest } from "../../scenario/load.ts"
import type { ModelExploration } from "./exploration.ts"

/** Whether a step reaches the goal: by its action, and the states before and after it. */
export type Goal = (action: string, after: object, broken: ReadonlyArray<string>) => boolean

/** Reads a goal. Describes an error in its text in a sentence. */
export const goalOf = (
  exploration: ModelExploration,
  text: string
): Result.Result<Goal, string> => {
  const goals: Array<Goal> = []
  for (const part of text.split(/\s+and\s+/).map((one) => one.trim())) {
    const read = clauseOf(exploration, part)
    if (Result.isFailure(read)) return Result.fail(read.failure)
    goals.push(read.success)
  }
  return Result.succeed((...step) => goals.every((goal) => goal(...step)))
}

type Compare = (left: unknown, right: unknown) => boolean

const comparisons: Readonly<Record<string, Compare>> = {
  "=": equals,
  "!=": (left, right) => !equals(left, right),
  "<": (left, right) => Number(left) < Number(right),
  ">": (left, right) => Number(left) > Number(right),
  "<=": (left, right) => Number(left) <= Number(right),
  ">=": (left, right) => Number(left) >= Number(right)
}

const clauseOf = (exploration: ModelExploration, text: string): Result.Result<Goal, string> => {
  const { space } = exploration
  if (space.actions.includes(text)) return Result.succeed((action) => action === text)
  const property = /^(.*\S) is broken$/.exec(text)?.[1]
  if (property !== undefined) {
    const known = space.decided.map(({ name }) => name)
    return known.includes(property)
      ? Result.succeed((_, __, broken) => broken.includes(property))
      : Result.fail(
          `There is no property "${property}" of states or steps: ${suggest(property, known)}.`
        )
  }
  const [, path = "", sign = "", value = ""] = /^(.+?)\s*(!=|<=|>=|=|<|>)\s*(.+)$/.exec(text) ?? []
  const compare = comparisons[sign]
  if (compare === undefined)
    return Result.fail(
      `"${text}" names no action (${space.actions.slice(0, 4).join(", ")} …): write an action, "FIELD = VALUE" or "PROPERTY is broken".`
    )
  const first = space.beginnings[0]
  const known = first === undefined ? [] : pathsIn(space.decode(first))
  const isThere = first !== undefined && at(space.decode(first), path) !== missing
  if (!isThere) return Result.fail(`A state has no field "${path}": ${suggest(path, known)}.`)
  const wanted = valueIn(value)
  return Result.succeed((_, after) => compare(at(after, path), wanted))
}

const missing = Symbol("missing")

const at = (state: unknown, path: string): unknown => {
  let value = state
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return missing
    value = (value as Readonly<Record<string, unknown>>)[name]
  }
  return value
}

const pathsIn = (value: unknown, path = ""): ReadonlyArray<string> =>
  typeof value !== "object" || value === null || Array.isArray(value)
    ? [path]
    : Object.entries(value).flatMap(([name, field]) =>
        pathsIn(field, path === "" ? name : `${path}.${name}`)
      )

/** A value as JSON, or else as a text. */
const valueIn = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
