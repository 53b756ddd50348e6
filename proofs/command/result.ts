/**
 * The result of `quorate prove` for a model, and the exit code.
 */
import * as Schema from "effect/Schema"
import type { Outcome } from "../induction/outcome.ts"

/** The request names something that does not exist. */
export class ProofRefused extends Schema.TaggedError<ProofRefused>()("ProofRefused", {
  message: Schema.String,
  exitCode: Schema.Int
}) {}

/**
 * As those of `quorate check`: a model is as expected, or a pinned failure is absent, or something
 * else fails.
 */
export const exitCodeOf = ({
  outcome,
  isComplete
}: {
  readonly outcome: Outcome
  readonly isComplete: boolean
}): number => {
  if (outcome.asExpected && isComplete) return 0
  const unexpected = outcome.failures.filter(({ verdict }) => verdict === "unknown")
  if (!isComplete || (unexpected.length > 0 && unexpected.length === outcome.failures.length))
    return 14
  return outcome.absent.length > 0 ? 1 : 12
}

/** The code for several results: the most severe one. */
export const mostSevere = (codes: ReadonlyArray<number>): number =>
  [12, 14, 1].find((code) => codes.includes(code)) ?? 0
