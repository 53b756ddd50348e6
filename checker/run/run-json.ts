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
  /** Why the run breaks the property, or where it reaches it, in a sentence. */
  readonly reason: string
  /** Whether no shorter run does. */
  readonly shortest: boolean
  readonly steps: number
  /**
   * Of a run that goes on forever: how many steps come before those that it repeats; it stays in
   * its last state if none.
   */
  readonly loop?: number
  readonly initial: object
  readonly trace: ReadonlyArray<{
    /** From 1. */
    readonly step: number
    readonly action: string
    /** The fields that the step changed, with what they were and are. */
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
