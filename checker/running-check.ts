/**
 * A check that proceeds in pieces: on this thread, on several, or by random walks.
 *
 * It has no clock and does no I/O: the caller calls `advance` until the check has ended, or stops
 * it with a reason.
 */
import type { Counts } from "./engine/search.ts"
import type { PromiseBroken } from "./network/process-table.ts"
import type { ReductionName } from "./network/reductions.ts"
import type { CheckResult } from "./result.ts"
import type { LoadedScenario } from "./scenario/load.ts"
import type { Tally } from "./tally.ts"

export interface RunningCheck<Result = CheckResult> {
  readonly scenario: Pick<LoadedScenario, "name">
  readonly counts: Counts
  /** The memory that the check holds, in bytes. */
  readonly heldBytes: number
  /** The tally of the random walks so far; undefined for a search. */
  readonly tally?: Tally
  /** The steps of random walks so far, those of the run that is being taken included. */
  readonly moves?: number
  /**
   * Does up to `amount` more work: states to expand, or steps to take. Returns false when the check
   * has ended.
   */
  readonly advance: (amount: number) => boolean | Promise<boolean>
  /**
   * How long a piece of work may take: longer than usual where several must wait for each other.
   */
  readonly pieceMilliseconds?: number
  /** Frees memory by moving out whatever can wait outside it. */
  readonly putAway: () => void | Promise<void>
  /** Ends the check early. */
  readonly stop: (reason: string) => void
  /** The result so far. */
  readonly result: () => Result | Promise<Result>
}

/** The reductions that remain after a promise was broken, and a note about it for the user. */
export const withoutBroken = (
  reductions: ReadonlyArray<ReductionName>,
  { reductions: broken, message }: Pick<PromiseBroken, "reductions" | "message">
): { readonly left: ReadonlyArray<ReductionName>; readonly note: string } => {
  const left = reductions.filter((name) => !broken.includes(name))
  if (left.length === reductions.length)
    throw new Error(`internal error: a reduction that is off failed: ${message}`)
  const names = broken.filter((name) => reductions.includes(name)).join(" and ")
  return { left, note: `${brokenPromise}: ${names}. ${message}` }
}

const brokenPromise = "left out, because a promise that it relies on is broken"

/** Whether a note reports a broken promise. */
export const tellsOfBrokenPromise = (note: string): boolean => note.startsWith(brokenPromise)
