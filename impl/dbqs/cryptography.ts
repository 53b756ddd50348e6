/**
 * The capability `Cryptography` for dBQS at run time: that of the forgetting protocol
 * (`byzantine/cryptography.ts`) for the authority and clients, and the joint signatures of the
 * membership service for certificates.
 */
import type { Cryptography } from "../../spec/kernel/cryptography.ts"
import {
  type RealCryptography,
  type RealOptions,
  realCryptography
} from "../byzantine/cryptography.ts"
import { ofService, ofSystem } from "../membership/joint.ts"
import { keyOfService } from "../membership/names.ts"
import { Commitments, withThreshold } from "../threshold/cryptography.ts"

export interface DbqsOptions extends RealOptions {
  readonly service: string
}
export interface DbqsCryptography extends RealCryptography {
  /** What verifies what the service says of itself. */
  readonly ofService: Cryptography
}

export const dbqsCryptography = ({ service, ...options }: DbqsOptions): DbqsCryptography => {
  const real = realCryptography(options)
  const publicKey = keyOfService(service)
  const { threshold } = withThreshold(real, {
    keyring: options.keyring,
    publicKey,
    commitments: new Commitments(),
    readingHalf: () => undefined
  })
  const { verifies } = ofSystem(threshold)
  const withJoint = (one: Cryptography): Cryptography => ({
    ...one,
    verifies: (signed) => (signed.signer === service ? verifies(signed) : one.verifies(signed))
  })
  const about = (register: string): Cryptography => withJoint(real.about(register))
  return {
    ...withJoint(real),
    about,
    ofService: { ...real, threshold: ofService(threshold) }
  }
}
