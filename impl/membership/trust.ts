/**
 * The parameters of a replica of the membership service at run time.
 */
import type { View } from "../../spec/administrator/view.ts"
import type { Certificate } from "../../spec/dbqs/epoch.ts"
import type { SigningKey } from "../../spec/kernel/cryptography.ts"
import type { ReadingKey, ServiceShare } from "../../spec/membership/move/messages.ts"
import type { AdministratorId, ServerId } from "../../spec/nodes/nodes.ts"
import type { ServiceCryptography } from "./cryptography.ts"

export interface Trust {
  /** The authority: it admits storage nodes and clients, and decides where the service moves. */
  readonly authority: AdministratorId
  /** The service: its name ends with its public key, which never changes. */
  readonly service: AdministratorId
  readonly cryptography: ServiceCryptography
  /** The certificate of epoch 0 of the system. */
  readonly certificate: Certificate
  /** The replicas of the service at that time, and the number of its epoch. */
  readonly view: View
  /** The share of a replica of the first epoch. */
  readonly share: ServiceShare | null
  /** The replica's signing key and reading key. */
  readonly key: SigningKey<ServerId>
  readonly reading: ReadingKey
}

export interface Context {
  readonly trust: Trust
}
