/**
 * One scenario or model to check, as plain data, and how to check it: on this thread or on another.
 */
import type { Kept } from "../engine/begin.ts"
import type { Order } from "../engine/search.ts"
import type { ReductionName } from "../network/reductions.ts"
import type { Runs } from "../walk/walk-check.ts"
import type { Checkpoint, Resumed } from "./checkpoint.ts"
import type { Limits } from "./drive.ts"
import { exportedAt, type ModelPlace } from "./model-file.ts"
import type { Format } from "./report.ts"
import type { Screen } from "./screen.ts"

export interface Job {
  /** The scenario's name, and the text of its file. */
  readonly name: string
  readonly text: string
  /** The place of the model, if it comes from a user's module; this thread has read the module. */
  readonly model?: ModelPlace
  /** What results are written on. */
  readonly screen: Screen
  /** The properties to check instead of the scenario's. */
  readonly properties: ReadonlyArray<string> | undefined
  /** The expectations that replace the scenario's, as the user wrote them. */
  readonly expect: string | undefined
  readonly reductions: ReadonlyArray<ReductionName>
  /**
   * Whether the user named the reductions: then a reduction that may change a verdict is refused,
   * not left out.
   */
  readonly insistsOnReductions: boolean
  readonly order: Order | "random"
  /** What the search keeps of visited states. */
  readonly keeping: Kept
  /** The maximum depth of a depth-first search, in steps. */
  readonly maxSteps: number
  /** The runs to take, if the order is random. */
  readonly runs: Runs
  readonly limits: Limits
  readonly format: Format
  /** Whether the search of a model ends with the first violation, or finds all. */
  readonly violations: "first" | "all"
  /** Whether the report lists the parts of the model's files that were never taken. */
  readonly coverage: boolean
  /** Where the search is saved at intervals, and where it resumes. */
  readonly checkpoint: Checkpoint | undefined
  readonly resumed: Resumed | undefined
}

/** Whether the job checks a relation; all other jobs check scenarios. */
export const isOfRelation = ({ model }: Job): boolean =>
  model !== undefined && exportedAt(model)._tag === "Relation"
