/**
 * Threshold signatures, and encryption with public halves, which the forgetting protocol does not
 * need. `threshold/cryptography.ts` adds them where they are needed.
 */
import type { Cryptography } from "../../spec/kernel/cryptography.ts"

const refuse = (): never => {
  throw new Error("internal error: this protocol has no shared keys")
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
