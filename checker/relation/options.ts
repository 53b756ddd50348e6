/**
 * Whether options are valid.
 */
import { RelationIllFormed } from "./ill-formed.ts"

interface Limits {
  readonly maxStates?: number
  readonly maxSeconds?: number
  readonly maxMemoryBytes?: number
  readonly maxSteps?: number
  readonly progressMilliseconds?: number
}

/** Throws if a limit is not a number above 0. */
export const areValidOptions = ({
  maxStates,
  maxSeconds,
  maxMemoryBytes,
  maxSteps,
  progressMilliseconds
}: Limits): void => {
  const given = { maxStates, maxSeconds, maxMemoryBytes, maxSteps, progressMilliseconds }
  for (const [name, limit] of Object.entries(given)) {
    if (limit === undefined || limit > 0) continue
    throw new RelationIllFormed({
      where: `options, ${name}`,
      problem: `it is ${limit}`,
      mend: "give a number above 0, or leave it out"
    })
  }
}
