/**
 * The time that a peer takes to answer, and when it counts as late.
 */

/** A peer from the viewpoint of sending requests to it. */
export interface Asked {
  readonly peer: string
  /** Whether to avoid sending to it: it is away, or owes answers. */
  readonly isLate: boolean
  /** Its mean time to answer, in milliseconds. */
  readonly meanMilliseconds: number
}

/** A peer has a multiple of its usual time, within these bounds. */
const patience = 4
const minMilliseconds = 5
const maxMilliseconds = 100

/** The time that these peers have to answer before they count as late, in milliseconds. */
export const timeFor = (asked: ReadonlyArray<Pick<Asked, "meanMilliseconds">>): number =>
  Math.min(
    maxMilliseconds,
    Math.max(minMilliseconds, ...asked.map(({ meanMilliseconds }) => patience * meanMilliseconds))
  )
