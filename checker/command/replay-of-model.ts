/**
 * `quorate replay TRACE --model MODEL`: decides whether a run recorded from a real system, in the
 * Informal Trace Format, is a run of a model.
 */
import { readFileSync } from "node:fs"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Relation } from "../relation/relation.ts"
import { type Validation, validateRun } from "../relation/validate.ts"
import { changesBetween, written } from "../run/run-changes.ts"
import { type ReadRun, readItf } from "../run/run-itf.ts"
import { refuse } from "./check-jobs.ts"
import { exitCodes } from "./exit-codes.ts"
import { exportedAt } from "./model-file.ts"
import { sourcesOf } from "./sources.ts"

/**
 * Compares a recorded run (a file, or `-` for standard input) with the model; prints the result.
 */
export const replayOfModel = Effect.fnUntraced(function* (
  trace: string,
  model: string,
  json: boolean
) {
  const sources = yield* sourcesOf([model])
  const [source] = sources
  const exported = source?.model === undefined ? undefined : exportedAt(source.model)
  if (sources.length !== 1 || exported?._tag !== "Relation")
    return yield* refuse(
      `--model: ${model} is not a single model — name one of its models, such as ${model}#name`
    )
  const run = yield* readRun(trace)
  const validation = validateRun(exported.relation as Relation<object>, run)
  yield* Console.log(
    json
      ? JSON.stringify({ trace, model, ...validation }, undefined, 2)
      : textOf(trace, source?.name ?? model, run, validation)
  )
  yield* Effect.sync(() => {
    const isAccepted = validation.isRun && validation.broken.length === 0
    process.exitCode = isAccepted ? exitCodes.asExpected : exitCodes.safetyViolated
  })
})

const readRun = Effect.fnUntraced(function* (trace: string) {
  const text = Result.try(() => readFileSync(trace === "-" ? 0 : trace, "utf8"))
  if (Result.isFailure(text))
    return yield* refuse(
      `${trace}: the file cannot be read (${(text.failure as NodeJS.ErrnoException).code})`
    )
  const run = Result.try(() => readItf(text.success))
  if (Result.isFailure(run))
    return yield* refuse(
      `${trace}: this is not a run in the Informal Trace Format: ${(run.failure as Error).message}`
    )
  return run.success
})

const textOf = (
  trace: string,
  model: string,
  run: ReadRun,
  validation: Validation<object>
): string => {
  const { isRun, steps, states, left, broken } = validation
  const failing = broken.map(({ name, step }) => `"${name}" is false after step ${step}`)
  if (isRun) return [`${trace} is a run of ${model}: ${steps} steps`, ...failing].join("\n")
  const action = left?.action === undefined ? "" : ` by ${left.action}`
  const before = states[0]
  const changes =
    before === undefined || left === undefined
      ? []
      : changesBetween(before, { ...before, ...left.recorded }).map(
          ({ path, before: was, after }) => `${path}: ${written(was)} → ${written(after)}`
        )
  return [
    `${trace} is not a run of ${model}: step ${steps + (before === undefined ? 0 : 1)} of ${run.states.length - 1} is not a step of the model`,
    `  recorded${action}: ${changes.length === 0 ? written(left?.recorded) : changes.join("; ")}`,
    "  possible:",
    ...(left?.possible ?? []).map(({ action: taken, state }) => {
      const changes = before === undefined ? [] : changesBetween(before, state)
      const shown = changes.map(
        ({ path, before: was, after }) => `${path}: ${written(was)} → ${written(after)}`
      )
      return `    ${taken}: ${before === undefined ? written(state) : shown.join("; ") || "(changes nothing)"}`
    }),
    ...(left?.possible.length === 0 ? ["    nothing"] : []),
    ...failing
  ].join("\n")
}
