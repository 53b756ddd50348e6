/**
 * The reductions: named techniques that leave states out of the search without changing a verdict.
 * `proofs/reductions.md` states what each assumes and proves it sound.
 */
import type { Model } from "./model.ts"
import type { Reduction, ReductionName } from "./reduction.ts"
import { acknowledgements } from "./reductions/acknowledgements.ts"
import { answersAtOnce } from "./reductions/answers-at-once.ts"
import { deadRequests } from "./reductions/dead-requests.ts"
import { obsoleteMessages } from "./reductions/obsolete-messages.ts"
import { serverSymmetry } from "./reductions/server-symmetry.ts"
import { welcomeMessages } from "./reductions/welcome-messages.ts"

export type { Reduction, ReductionName } from "./reduction.ts"

export const reductions: ReadonlyArray<Reduction> = [
  obsoleteMessages,
  deadRequests,
  answersAtOnce,
  serverSymmetry,
  welcomeMessages,
  acknowledgements
]

/** All except those that the user has to name. */
export const allReductions: ReadonlyArray<ReductionName> = reductions
  .filter(({ onRequest }) => onRequest !== true)
  .map(({ name }) => name)
export const reductionNames: ReadonlyArray<ReductionName> = reductions.map(({ name }) => name)

/** Whether a search with these reductions finds shortest violations if it is breadth-first. */
export const findShortest = (names: ReadonlyArray<ReductionName>): boolean =>
  !reductions.some(({ name, lengthens }) => lengthens === true && names.includes(name))

/** The given reductions that preserve the verdicts of all properties of the model. */
export const soundReductions = (
  names: ReadonlyArray<ReductionName>,
  model: Model,
  checksDeadlock: boolean
): ReadonlyArray<ReductionName> =>
  reductions
    .filter(({ name, loses }) => names.includes(name) && loses(model, checksDeadlock) === undefined)
    .map(({ name }) => name)
