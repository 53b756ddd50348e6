/**
 * A run of a relation as plain data, for the `--json` document.
 */
import type { PropertyReport } from "../relation/report.ts"
import type { Run } from "../relation/run.ts"
import { changesBetween } from "./run-changes.ts"
import { reasonFor } from "./run-text.ts"

export interface RunDocument {
  readonly property: string
  readonly kind: PropertyReport<object>["kind"]
  /** A sentence that says why the run violates the property, or where it reaches it. */
  readonly reason: string
  /** Whether no shorter run does the same. */
  readonly shortest: boolean
  readonly steps: number
  /**
   * For an infinite run: the number of steps before the repeated ones. If no step is repeated, the
   * run stays in its last state.
   */
  readonly loop?: number
  readonly initial: object
  readonly trace: ReadonlyArray<{
    /** Counted from 1. */
    readonly step: number
    readonly action: string
    /** The fields that the step changed, with their old and new values. */
    readonly changes: ReadonlyArray<{
      readonly path: string
      readonly before: unknown
      readonly after: unknown
    }>
    readonly after: object
  }>
}

/** The run of a property as plain data. */
export const runDocument = (
  property: Pick<PropertyReport<object>, "name" | "kind" | "form">,
  run: Run<object>,
  shortest: boolean
): RunDocument => ({
  property: property.name,
  kind: property.kind,
  reason: reasonFor(property, run),
  shortest,
  steps: run.steps.length,
  ...(run.loop === undefined ? {} : { loop: run.loop }),
  initial: run.initial,
  trace: run.steps.map(({ action, state }, index) => ({
    step: index + 1,
    action,
    changes: changesBetween(index === 0 ? run.initial : run.steps[index - 1]?.state, state).map(
      ({ path, before = null, after = null }) => ({ path, before, after })
    ),
    after: state
  }))
})
