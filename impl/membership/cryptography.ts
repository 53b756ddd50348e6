/**
 * The capability `Cryptography` for replicas of the membership service. They sign with the keys of
 * their identities, whose fingerprints the identities contain, and jointly with their shares.
 */

import type { Cryptography } from "../../spec/kernel/cryptography.ts"
import { canonical } from "../../spec/kernel/data.ts"
import type { ReadingKey, ServiceShare } from "../../spec/membership/move/messages.ts"
import { authority as authorityNode } from "../../spec/membership/tracking/authority.ts"
import { publicKeyFrom, realCryptography, signatureWith } from "../byzantine/cryptography.ts"
import type { Keyring } from "../byzantine/keyring.ts"
import { keyOfAdministrator, publicKeyLength } from "../byzantine/names.ts"
import { isKeyOf, isMinted, isSignedBy } from "../memory/identity.ts"
import { Commitments, readingHalfAt, withThreshold } from "../threshold/cryptography.ts"
import { ofService, ofSystem } from "./joint.ts"
import type { KnownHalf } from "./messages.ts"
import { keyOfService } from "./names.ts"
import { Questions } from "./questions.ts"

export interface ServiceOptions {
  readonly keyring: Keyring
  readonly authority: string
  readonly service: string
  /** The handle of this replica's share, if it has one from the beginning. */
  readonly share?: string
}

export interface ServiceCryptography {
  /** Signs and verifies only what concerns this part of the service. */
  about(what: string): Cryptography
  /** The questions of clients that are answered. */
  readonly questions: Questions
  /** The joint signatures of certificates of epochs of the system, and of the service's own. */
  readonly system: Cryptography
  readonly service: Cryptography
  /**
   * Adds known data: the public halves under which shares are dealt, and the shares held here.
   */
  know(halves: ReadonlyArray<KnownHalf>, shares: ReadonlyArray<ServiceShare>): void
  /**
   * The public half of this key after this total number of hashings, as text; undefined if the key
   * is past that.
   */
  halfOf(key: ReadingKey, times: number): string | undefined
}

const textOf = (about: string, signer: unknown, content: unknown): string =>
  canonical(["quorate membership", about, signer, content])

export const serviceCryptography = (options: ServiceOptions): ServiceCryptography => {
  const { keyring, authority, service, share } = options
  const real = realCryptography({ keyring, administrator: authority })
  const commitments = new Commitments()
  const halves = new Map<string, Uint8Array>()
  const joint = withThreshold(real, {
    keyring,
    publicKey: keyOfService(service),
    commitments,
    readingHalf: (owner, times) => halves.get(nameOfHalf(owner, times)),
    ...(share === undefined ? {} : { firstShare: share })
  })
  const about = (what: string): Cryptography => ({
    ...joint,
    sign: ({ owner, secret }, content) => {
      const seed = keyring.get(secret)
      if (seed === undefined) return { signer: owner, content, signature: "gone" }
      const signature = `${publicKeyFrom(seed)}${signatureWith(seed, textOf(what, owner, content))}`
      return { signer: owner, content, signature }
    },
    verifies: ({ signer, content, signature = "" }) => {
      if (signer === authorityNode || signer === authority) {
        const text = textOf(ofAuthority, authorityNode, content)
        return isSignedBy(keyOfAdministrator(authority), text, signature)
      }
      const publicKey = signature.slice(0, publicKeyLength)
      return (
        typeof signer === "string" &&
        isMinted(signer) &&
        isKeyOf(signer, publicKey) &&
        verdict(publicKey, textOf(what, signer, content), signature.slice(publicKeyLength))
      )
    }
  })
  return {
    about,
    questions: new Questions(),
    system: { ...about("system"), threshold: ofSystem(joint.threshold) },
    service: { ...about("service"), threshold: ofService(joint.threshold) },
    know: (known, shares) => {
      for (const { node, number, half } of known)
        halves.set(nameOfHalf(node, number), Buffer.from(half, "base64url"))
      if (shares.some(({ dealing }) => commitments.of(dealing) === undefined))
        commitments.recover(keyring, shares)
    },
    halfOf: (key, times) => {
      const secret = keyring.get(joint.hashed(key, times)?.secret)
      return secret && Buffer.from(readingHalfAt(secret)).toString("base64url")
    }
  }
}

const nameOfHalf = (owner: string, times: number): string => `${times} ${owner}`

/** The authority's signatures are about no part: their content identifies itself. */
const ofAuthority = "authority"

/** Signs as the authority, with its secret. */
export const signAsAuthority = <Content>(seed: Uint8Array, content: Content) => ({
  signer: authorityNode,
  content,
  signature: signatureWith(seed, textOf(ofAuthority, authorityNode, content))
})

const verdicts = new Map<string, boolean>()
const maxRemembered = 8192
const verdict = (publicKey: string, text: string, signature: string): boolean => {
  const name = `${publicKey} ${signature} ${text}`
  const known = verdicts.get(name)
  if (known !== undefined) return known
  const is = isSignedBy(publicKey, text, signature)
  if (verdicts.size >= maxRemembered) verdicts.clear()
  verdicts.set(name, is)
  return is
}
