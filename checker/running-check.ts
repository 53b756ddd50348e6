/**
 * A check that goes on a piece at a time, wherever it runs: on this thread, on several, or at
 * random.
 *
 * There is no clock and no I/O here: whoever drives a check calls `advance` until it says that it
 * is over, or stops it with a reason.
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
  /** The memory that the check holds. */
  readonly heldBytes: number
  /** What random runs came to so far; a search has none. */
  readonly tally?: Tally
  /**
   * Does up to so much more: states are expanded, or steps taken. Says whether there is more to do.
   */
  readonly advance: (amount: number) => boolean | Promise<boolean>
  /**
   * How long a piece of work may take: longer than usual where several must wait for each other.
   */
  readonly pieceMilliseconds?: number
  /** Makes room in memory, as far as something can be put away. */
  readonly putAway: () => void | Promise<void>
  /** Ends the check before its time. */
  readonly stop: (reason: string) => void
  /** What is known by now. */
  readonly result: () => Result | Promise<Result>
}

/**
 * The reductions that are left when a promise that some rely on is broken, and what a user should
 * know about it.
 */
export const withoutBroken = (
  reductions: ReadonlyArray<ReductionName>,
  { reductions: broken, message }: Pick<PromiseBroken, "reductions" | "message">
): { readonly left: ReadonlyArray<ReductionName>; readonly note: string } => {
  const left = reductions.filter((name) => !broken.includes(name))
  if (left.length === reductions.length)
    throw new Error(`a reduction that is off failed: ${message}`)
  const names = broken.filter((name) => reductions.includes(name)).join(" and ")
  return { left, note: `${brokenPromise}: ${names}. ${message}` }
}

const brokenPromise = "left out, for a promise that it relies on is broken"

/** Whether a note is one of these. */
export const tellsOfBrokenPromise = (note: string): boolean => note.startsWith(brokenPromise)
