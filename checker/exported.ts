/**
 * What a user's module exports: relations (records with `initial` and `actions`), scenarios of
 * protocols (the results of `scenarioOf` and `scenariosWith`), or records and lists of these.
 */
import * as Result from "effect/Result"
import type { Relation } from "./relation/relation.ts"
import type { LoadedScenario } from "./scenario/load.ts"

/** One export of a module and its name. */
export type Exported =
  | { readonly _tag: "Relation"; readonly relation: Relation<object> }
  | { readonly _tag: "Scenario"; readonly scenario: LoadedScenario }

interface Problem {
  readonly problem: string
  readonly mend: string
}

/** The models that a module exports, by their names; or why there are none. */
export const modelsIn = (
  exported: Readonly<Record<string, unknown>>
): Result.Result<ReadonlyMap<string, Exported>, Problem> => {
  const models = new Map<string, Exported>()
  const take = (name: string, value: unknown, depth: number): Problem | undefined => {
    const made = isResult(value) ? unwrapped(value) : value
    if (made instanceof Error) return { problem: `"${name}" is refused: ${made.message}`, mend: "" }
    if (isRelation(made)) models.set(name, { _tag: "Relation", relation: made })
    else if (isScenario(made)) models.set(name, { _tag: "Scenario", scenario: made })
    else if (depth > 0 && typeof made === "object" && made !== null) {
      for (const [key, item] of Object.entries(made)) {
        const problem = take(
          Array.isArray(made) ? nameIn(item, `${name}-${Number(key) + 1}`) : key,
          item,
          depth - 1
        )
        if (problem !== undefined) return problem
      }
    }
    return undefined
  }
  for (const [name, value] of Object.entries(exported)) {
    // Node also gives the exports of a CommonJS module under this name.
    if (name === "module.exports" && "default" in exported) continue
    const problem = take(name, value, 1)
    if (problem !== undefined) return Result.fail(problem)
  }
  if (models.size > 0) return Result.succeed(models)
  return Result.fail({
    problem: "it exports no model",
    mend: "export a relation, such as `export default { initial: [{ n: 0 }], actions: { … } }`, or scenarios"
  })
}

const nameIn = (item: unknown, otherwise: string): string =>
  typeof item === "object" && item !== null && "name" in item && typeof item.name === "string"
    ? item.name
    : otherwise

const isRelation = (value: unknown): value is Relation<object> =>
  typeof value === "object" &&
  value !== null &&
  "initial" in value &&
  "actions" in value &&
  typeof value.actions === "object"

const isScenario = (value: unknown): value is LoadedScenario =>
  typeof value === "object" &&
  value !== null &&
  "model" in value &&
  "checksDeadlock" in value &&
  "expect" in value &&
  value.expect instanceof Map

/** A `Result` of the copy of effect that the module uses, whichever it is. */
interface AnyResult {
  readonly _tag: "Success" | "Failure"
  readonly success?: unknown
  readonly failure?: unknown
}

const isResult = (value: unknown): value is AnyResult =>
  typeof value === "object" &&
  value !== null &&
  "_tag" in value &&
  (value._tag === "Success" || value._tag === "Failure")

const unwrapped = ({ _tag, success, failure }: AnyResult): unknown =>
  _tag === "Success" ? success : failure instanceof Error ? failure : new Error(String(failure))
