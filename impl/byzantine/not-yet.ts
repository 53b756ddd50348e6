/**
 * Threshold signatures, and encryption with public halves, are specified and checked
 * (`spec/kernel/threshold.ts`, `cryptography.ts`). No protocol that runs needs them yet, so there
 * is no real form of them.
 */
import type { Cryptography } from "../../spec/kernel/cryptography.ts"

const refuse = (): never => {
  throw new Error("internal error: this part of the cryptography does not run yet")
}

export const notYet: Pick<Cryptography, "threshold" | "encryptFor"> = {
  encryptFor: refuse,
  threshold: {
    firstShare: refuse,
    sign: refuse,
    verifiesPartial: refuse,
    combine: refuse,
    verifies: refuse,
    deal: refuse,
    isDealtBy: refuse,
    redealt: refuse
  }
}
