/**
 * Threshold signatures are specified and checked (`spec/kernel/threshold.ts`); no protocol that
 * runs needs them yet, so none are made here.
 */
import type { ThresholdCryptography } from "../../spec/kernel/threshold.ts"

const refuse = (): never => {
  throw new Error("internal error: threshold signatures do not run yet")
}

export const noThreshold: ThresholdCryptography = {
  firstShare: refuse,
  sign: refuse,
  verifiesPartial: refuse,
  combine: refuse,
  verifies: refuse,
  deal: refuse,
  isDealtBy: refuse,
  redealt: refuse
}
