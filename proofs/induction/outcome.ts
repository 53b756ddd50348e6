/**
 * The outcome of the proof of a variant, and whether it is the expected one: a correct variant is
 * proved, and a mutant fails in the pinned places and in no others.
 */
import type { Obligation } from "./obligations.ts"
import type { Shown } from "./prove.ts"
import type { Break, ModelVariant } from "./variant.ts"

export interface Outcome {
  /**
   * `refuted`: there are counterexamples to induction. `unknown`: there are none, and some
   * obligations are not proved.
   */
  readonly verdict: "proved" | "refuted" | "unknown"
  readonly asExpected: boolean
  readonly failures: ReadonlyArray<Shown>
  /** The pinned failures that did not occur. */
  readonly absent: ReadonlyArray<Break>
}

const isOf = (obligation: Obligation, { transition, sentence }: Break): boolean =>
  obligation.kind === "kept" &&
  obligation.transition === transition &&
  obligation.sentence === sentence

/** Whether the variant is pinned to fail here. */
export const isPinned = ({ breaks }: Pick<ModelVariant, "breaks">, obligation: Obligation) =>
  breaks.some((one) => isOf(obligation, one))

export const outcomeOf = ({ breaks }: ModelVariant, shown: ReadonlyArray<Shown>): Outcome => {
  const failures = shown.filter(({ verdict }) => verdict !== "shown")
  const refuted = failures.filter(({ verdict }) => verdict === "refuted")
  const absent = breaks.filter((one) => !refuted.some(({ obligation }) => isOf(obligation, one)))
  const isExpected = ({ verdict, obligation }: Shown) =>
    verdict === "refuted" && isPinned({ breaks }, obligation)
  return {
    verdict: failures.length === 0 ? "proved" : refuted.length > 0 ? "refuted" : "unknown",
    asExpected: absent.length === 0 && failures.every(isExpected),
    failures,
    absent
  }
}
