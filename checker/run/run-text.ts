/**
 * A run of a relation as text: the action of each step and its changes. It marks the steps that are
 * repeated forever.
 */
import type { PropertyReport } from "../relation/report.ts"
import type { Run } from "../relation/run.ts"
import { became, changesBetween, type Paint, plain, written } from "./run-changes.ts"

/** The text of a run. */
export const runText = (run: Run<object>, paint: Paint = plain): string => {
  const { initial, steps, loop } = run
  const width = Math.min(32, Math.max(0, ...steps.map(({ action }) => action.length)))
  const digits = String(steps.length).length
  const stepLines = steps.map(({ action, state }, index) => {
    const before = index === 0 ? initial : (steps[index - 1]?.state as object)
    const changes = changesBetween(before, state).map(
      (change) => `${change.path}: ${became(change, paint)}`
    )
    const number = paint.faint(String(index + 1).padStart(digits))
    const mark = loop !== undefined && index >= loop ? "│ " : ""
    const told = changes.length === 0 ? paint.faint("(changes nothing)") : changes.join("; ")
    return `  ${mark}${number}  ${paint.strong(action.padEnd(width))}  ${told}`
  })
  const at = loop ?? steps.length
  return [
    ...Object.entries(initial).map(
      ([field, value], index) =>
        `  ${index === 0 ? "begins with " : "            "}${field} = ${written(value)}`
    ),
    ...stepLines.slice(0, at),
    ...(loop === undefined ? [] : lasso(stepLines.slice(at), loop, paint))
  ].join("\n")
}

const lasso = (
  repeated: ReadonlyArray<string>,
  loop: number,
  paint: Paint
): ReadonlyArray<string> => {
  const where = loop === 0 ? "the beginning" : `step ${loop}`
  if (repeated.length === 0) return [`  ${paint.strong("and stays like this forever")}`]
  return [
    `  ${paint.strong("╭ repeated forever:")}`,
    ...repeated,
    `  ${paint.strong(`╰ back in the state after ${where}`)}`
  ]
}

/** A sentence that says how a run violates a property, or how it reaches one. */
export const reasonFor = (
  { name, form }: Pick<PropertyReport<object>, "name" | "form">,
  run: Run<object>
): string => {
  const steps = run.steps.length
  const after =
    steps === 0 ? "in an initial state" : `after ${steps} ${steps === 1 ? "step" : "steps"}`
  switch (form) {
    case "invariant":
      return `"${name}" is false ${after}`
    case "step":
      return `step ${steps} breaks "${name}"`
    case "refinement":
      return steps === 0
        ? `no initial state of "${name}" corresponds to this one`
        : `step ${steps} is not a step of "${name}", and does not leave its state unchanged`
    case "deadlock":
      return `nothing can happen ${after}, and the state is not done`
    case "sometimes":
      return `"${name}" is true ${after}`
    case "eventually":
      return `"${name}" never becomes true`
    case "always eventually":
      return `from some time on "${name}" is never true`
    case "eventually always":
      return `"${name}" is false again and again`
    case "leads to":
      return `"${name}": what should follow never does`
  }
}
