/**
 * What a replica of the membership service is told where it is run.
 */
import type { View } from "../../spec/administrator/view.ts"
import type { Certificate } from "../../spec/dbqs/epoch.ts"
import type { SigningKey } from "../../spec/kernel/cryptography.ts"
import type { ReadingKey, ServiceShare } from "../../spec/membership/move/messages.ts"
import type { AdministratorId, ServerId } from "../../spec/nodes/nodes.ts"
import type { ServiceCryptography } from "./cryptography.ts"

export interface Trust {
  /** Who admits storage nodes and clients, and says where the service moves. */
  readonly authority: AdministratorId
  /** The service: its name ends with its public key, which never changes. */
  readonly service: AdministratorId
  readonly cryptography: ServiceCryptography
  /** The certificate of epoch 0 of the system. */
  readonly certificate: Certificate
  /** The replicas of the service at the time, and the number of its epoch. */
  readonly view: View
  /** The share of a replica of the first epoch. */
  readonly share: ServiceShare | null
  /** What it signs with, and what it reads with. */
  readonly key: SigningKey<ServerId>
  readonly reading: ReadingKey
}

export interface Context {
  readonly trust: Trust
}
