/**
 * The keys of the forgetting protocol (tutorial 7.2).
 */
import { type View, viewsOf } from "../administrator/view.ts"
import type { Cryptography, SigningKey } from "../kernel/cryptography.ts"
import { type AdministratorId, administrator, type ServerId } from "../nodes/nodes.ts"
import type { StorageParameters } from "../storage/parameters.ts"
import type { Possession, SharedKey } from "./messages.ts"

/**
 * The administrator of a system. It also sets up a system that is never reconfigured.
 */
export const administratorOf = (
  context: Pick<StorageParameters, "administrator">
): AdministratorId => context.administrator ?? administrator("admin")

/**
 * The private key of a storage node in a configuration, and the certificate that the administrator
 * issues for it.
 */
export const possessionFor = (
  cryptography: Cryptography,
  by: SigningKey<AdministratorId>,
  server: ServerId,
  view: View
): Possession => {
  const { signing, verifying } = cryptography.pairFor(by, { server, number: view.number })
  return {
    certificate: cryptography.sign(by, { server, meta: view, key: verifying }),
    key: signing
  }
}

/**
 * The symmetric key of a storage node in the configuration with this number, as the administrator
 * computes it.
 */
export const sharedKeyIn = (
  cryptography: Cryptography,
  by: SigningKey<AdministratorId>,
  server: ServerId,
  number: number
): SharedKey => {
  const first = cryptography.sharedKeyFor(by, server)
  return cryptography.hashed(first, number) ?? first
}

/** The first configuration of a system. */
export const beginningOf = (
  context: Pick<StorageParameters, "configuration" | "successors">
): View => viewsOf(context)[0] as View
