/**
 * How long a peer takes to answer, and when it is late.
 */

/** A peer, as far as its being asked is concerned. */
export interface Asked {
  readonly peer: string
  /** Whether it should rather not be asked: it is away, or owes answers. */
  readonly isLate: boolean
  /** How long it takes to answer, on average, in milliseconds. */
  readonly meanMilliseconds: number
}

/** A peer has several times as long as it takes, within these bounds. */
const patience = 4
const minMilliseconds = 5
const maxMilliseconds = 100

/** How long these may take to answer before they are late, in milliseconds. */
export const timeFor = (asked: ReadonlyArray<Pick<Asked, "meanMilliseconds">>): number =>
  Math.min(
    maxMilliseconds,
    Math.max(minMilliseconds, ...asked.map(({ meanMilliseconds }) => patience * meanMilliseconds))
  )
