/**
 * How a dBQS system is founded. A trusted authority deals the key of the membership service to the
 * first replicas, and forgets the key. The shares sign the certificate of the first epoch. What
 * each node receives follows from that.
 */

import type { View } from "../../spec/administrator/view.ts"
import type { Certificate } from "../../spec/dbqs/epoch.ts"
import { maxFaulty } from "../../spec/membership/following.ts"
import { correct } from "../../spec/membership/move/rules.ts"
import type { AdministratorId, ServerId, ServerSet } from "../../spec/nodes/nodes.ts"
import { realCryptography } from "../byzantine/cryptography.ts"
import type { Authority } from "../byzantine/given.ts"
import { Keyring, secretBytes } from "../byzantine/keyring.ts"
import { signAsAuthority } from "../membership/cryptography.ts"
import { ofSystem } from "../membership/joint.ts"
import { serviceNamed } from "../membership/names.ts"
import {
  Commitments,
  publicKeyText,
  shareSecret,
  withThreshold
} from "../threshold/cryptography.ts"
import { dealFirst } from "../threshold/dealing.ts"
import type { GivenToReplica, GivenToStorage } from "./given.ts"

/** The public data of a system. */
export interface Foundation {
  readonly service: AdministratorId
  readonly certificate: Certificate
  /** The replicas of the service, and the number of its epoch. */
  readonly view: View
}

/** The first shares of a service of these replicas, derived from these random bytes. */
const deal = (replicas: ServerSet, random: Uint8Array) => {
  const threshold = correct.threshold(replicas.length, maxFaulty({ members: replicas }))
  return { threshold, ...dealFirst(replicas, threshold, random) }
}

/** The certificate of the first epoch, which the shares sign before they are handed out. */
export const firstCertificate = (replicas: ServerSet, members: ServerSet, random: Uint8Array) => {
  const { threshold, commitment, shares } = deal(replicas, random)
  const keyring = new Keyring()
  const publicKey = publicKeyText(commitment)
  const service = serviceNamed(publicKey)
  const base = realCryptography({ keyring, administrator: service })
  const joint = ofSystem(
    withThreshold(base, {
      ...{ keyring, publicKey, commitments: new Commitments(commitment) },
      readingHalf: () => undefined
    }).threshold
  )
  const content = { number: 0, members }
  const parts = replicas.map((holder) => {
    const share = shares.get(holder) ?? 0n
    const secret = keyring.add(shareSecret(commitment, share))
    return joint.sign({ dealing: 0, threshold, holder, secret }, content)
  })
  const signed = joint.combine(parts)
  keyring.erase(keyring.handles)
  if (signed?.signature === undefined)
    throw new Error("internal error: the first shares do not sign")
  const certificate: Certificate = { signer: service, content, signature: signed.signature }
  return { service, certificate }
}

export const secretOf = (authority: Authority): Uint8Array =>
  authority.keyring.get(authority.key.secret) ?? new Uint8Array(secretBytes)

const admissionOf = (authority: Authority, node: ServerId) =>
  signAsAuthority(secretOf(authority), { node })

export const givenToStorage = (
  authority: Authority,
  facts: Foundation,
  node: ServerId
): GivenToStorage => ({
  kind: "storage",
  authority: authority.id,
  service: facts.service,
  certificate: facts.certificate,
  view: facts.view,
  admission: admissionOf(authority, node)
})

export const givenToReplica = (
  authority: Authority,
  { service, certificate, view }: Foundation,
  node: ServerId,
  share: GivenToReplica["share"]
): GivenToReplica => ({
  kind: "replica",
  authority: authority.id,
  ...{ service, certificate, view, node, share }
})

/** What a replica of the first epoch receives; its share is derived from these random bytes. */
export const givenToFirst = (
  authority: Authority,
  foundation: Foundation,
  node: ServerId,
  random: Uint8Array
): GivenToReplica => {
  const { threshold, commitment, shares } = deal(foundation.view.members, random)
  const secret = Buffer.from(shareSecret(commitment, shares.get(node) ?? 0n)).toString("base64url")
  return givenToReplica(authority, foundation, node, {
    ...{ dealing: 0, threshold, holder: node, secret }
  })
}
