/**
 * One scenario or model to check, as plain data, and how it is checked: on this thread or on
 * another.
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
  /**
   * Where the model is, if it is one of a module of the user's; the module has been read on this
   * thread.
   */
  readonly model?: ModelPlace
  /** What results are written on. */
  readonly screen: Screen
  /** The properties to check instead of the scenario's. */
  readonly properties: ReadonlyArray<string> | undefined
  /** What to expect instead of the scenario's expectations, as it was written. */
  readonly expect: string | undefined
  readonly reductions: ReadonlyArray<ReductionName>
  /**
   * Whether the reductions were asked for by name: then one that may change a verdict is refused,
   * not left out.
   */
  readonly insistsOnReductions: boolean
  readonly order: Order | "random"
  /** What is kept of visited states. */
  readonly keeping: Kept
  /** How many steps a depth-first search goes at most. */
  readonly maxSteps: number
  /** Which runs are taken, if the order is random. */
  readonly runs: Runs
  readonly limits: Limits
  readonly format: Format
  /** Whether the search of a model ends with the first violation, or finds all. */
  readonly violations: "first" | "all"
  /** Whether it is told which parts of the model's files were never taken. */
  readonly coverage: boolean
  /** Where the search is saved now and then, and where it goes on from. */
  readonly checkpoint: Checkpoint | undefined
  readonly resumed: Resumed | undefined
}

/** Whether the job is to check a relation; the others are of scenarios. */
export const isOfRelation = ({ model }: Job): boolean =>
  model !== undefined && exportedAt(model)._tag === "Relation"
