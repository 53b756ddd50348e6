/**
 * What the administrator hands out at the beginning. A storage node receives the key that the two
 * share, and the current configuration; a member of the first configuration also receives its
 * private key and certificate. A client receives a certificate of its own.
 *
 * In transit the data contains the secrets; at rest it contains handles.
 */
import { randomBytes } from "node:crypto"
import * as Schema from "effect/Schema"
import { isMember, View } from "../../spec/administrator/view.ts"
import { Certificate } from "../../spec/dbqs/epoch.ts"
import { possessionFor } from "../../spec/forgetting/keys.ts"
import { Possession, SharedKey } from "../../spec/forgetting/messages.ts"
import type { SigningKey } from "../../spec/kernel/cryptography.ts"
import { SetOf } from "../../spec/kernel/node.ts"
import {
  AdministratorId,
  administrator as administratorNode,
  Members,
  type ServerId,
  type ServerSet
} from "../../spec/nodes/nodes.ts"
import { publicKeyFrom, realCryptography, signatureWith, withSecrets } from "./cryptography.ts"
import { Keyring, secretBytes } from "./keyring.ts"
import { administratorNamed, clientClaim, clientEndpoint } from "./names.ts"
import type { Trust } from "./trust.ts"

/** What a storage node receives. */
export const Given = Schema.Struct({
  administrator: AdministratorId,
  view: View,
  shared: SharedKey,
  possessions: SetOf(Possession).check(Schema.isMaxLength(1))
})
export type Given = typeof Given.Type

/** What a client receives: its identity, and what it trusts. */
export const Credentials = Schema.Struct({
  administrator: AdministratorId,
  /** The members of the system's first configuration, which name the system. */
  first: Members,
  /** The configuration at that time. */
  view: View,
  name: Schema.String,
  publicKey: Schema.String,
  /** The administrator's. */
  signature: Schema.String,
  secret: Schema.String,
  /** With dBQS: the service, its replicas at some time, and the certificate of an epoch. */
  service: Schema.optionalKey(AdministratorId),
  replicas: Schema.optionalKey(View),
  certificate: Schema.optionalKey(Certificate)
})
export type Credentials = typeof Credentials.Type

/** The holder of an administrator's key. */
export interface Authority {
  readonly id: AdministratorId
  readonly keyring: Keyring
  readonly key: SigningKey<AdministratorId>
}

/** A new administrator. Only the keyring holds its key. */
export const newAuthority = (
  keyring: Keyring,
  name = "administrator",
  seed: Uint8Array = randomBytes(secretBytes)
): Authority => {
  return authorityWith(
    keyring,
    keyring.add(seed),
    administratorNode(administratorNamed(name, publicKeyFrom(seed)))
  )
}

export const authorityWith = (
  keyring: Keyring,
  secret: string,
  id: AdministratorId
): Authority => ({ id, keyring, key: { owner: id, secret } })

/** What this administrator gives to a storage node, secrets included. */
export const givenTo = ({ id, keyring, key }: Authority, server: ServerId, view: View): Given => {
  const cryptography = realCryptography({ keyring, administrator: id })
  const given: Given = {
    administrator: id,
    view,
    shared: cryptography.sharedKeyFor(key, server),
    possessions:
      view.number === 0 && isMember(view, server)
        ? [possessionFor(cryptography, key, server, view)]
        : []
  }
  return withSecrets(given, (handle) => keyring.get(handle)?.toString("base64url") ?? "") as Given
}

/** The same data at rest: its secrets move into the keyring. */
export const takeGiven = (keyring: Keyring, given: Given): Given =>
  withSecrets(given, (secret) => keyring.add(Buffer.from(secret, "base64url"))) as Given

/** What a storage node trusts that received this data and has its secrets in this keyring. */
export const trustOfNode = (keyring: Keyring, { administrator, ...given }: Given): Trust => ({
  administrator,
  cryptography: realCryptography({ keyring, administrator }),
  ...given
})

/** What an administrator trusts: itself. */
export const trustOfAdministrator = ({ id, keyring, key }: Authority, view: View): Trust => ({
  administrator: id,
  cryptography: realCryptography({
    keyring,
    administrator: id,
    ...(key.secret === undefined ? {} : { own: key.secret })
  }),
  view
})

/** A new client, certified by this administrator. */
export const credentialsFrom = (
  { id, keyring, key }: Authority,
  name: string,
  first: ServerSet,
  view: View,
  seed: Uint8Array = randomBytes(secretBytes)
): Credentials => {
  const publicKey = publicKeyFrom(seed)
  const signature = signatureWith(
    keyring.get(key.secret) ?? new Uint8Array(secretBytes),
    clientClaim(name, publicKey)
  )
  const secret = Buffer.from(seed).toString("base64url")
  return { administrator: id, first, view, name, publicKey, signature, secret }
}

/** What a client trusts, with its secret in a keyring for this run only. */
export const trustOfClient = ({ administrator, view, secret }: Credentials): Trust => {
  const keyring = new Keyring()
  const own = keyring.add(Buffer.from(secret, "base64url"))
  return { administrator, view, cryptography: realCryptography({ keyring, administrator, own }) }
}

/** The endpoint of one run of this client. */
export const endpointOfClient = (
  { name, publicKey, signature }: Credentials,
  run?: Uint8Array
): string => clientEndpoint(name, publicKey, signature, run)
