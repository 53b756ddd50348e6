/**
 * What nodes of dBQS receive at the beginning or on admission: the parties that they trust, and
 * what makes them storage nodes or replicas of the membership service.
 *
 * In transit the data contains the secrets; at rest it contains handles.
 */
import { randomBytes } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { View } from "../../spec/administrator/view.ts"
import { Certificate } from "../../spec/dbqs/epoch.ts"
import { ReadingKey, ServiceShare } from "../../spec/membership/move/messages.ts"
import { Admission } from "../../spec/membership/tracking/messages.ts"
import { AdministratorId, server } from "../../spec/nodes/nodes.ts"
import { withSecrets } from "../byzantine/cryptography.ts"
import { handlesIn, Keyring, secretBytes } from "../byzantine/keyring.ts"
import { Secrets } from "../byzantine/secrets.ts"
import { serviceCryptography } from "../membership/cryptography.ts"
import type { Trust } from "../membership/trust.ts"
import type { Identity } from "../memory/identity.ts"
import { replaceDurably } from "../storage/whole-file.ts"
import { dbqsCryptography } from "./cryptography.ts"
import type { Trust as StorageTrust } from "./trust.ts"

const common = {
  authority: AdministratorId,
  service: AdministratorId,
  /** The certificate of epoch 0. */
  certificate: Certificate,
  /** The replicas of the service at that time. */
  view: View
}

/** What a storage node receives. */
export const GivenToStorage = Schema.Struct({
  kind: Schema.Literal("storage"),
  ...common,
  admission: Admission
})
export type GivenToStorage = typeof GivenToStorage.Type

/** What a replica of the service receives; one of the first epoch has a share. */
export const GivenToReplica = Schema.Struct({
  kind: Schema.Literal("replica"),
  ...common,
  node: Schema.String,
  share: Schema.NullOr(ServiceShare)
})
export type GivenToReplica = typeof GivenToReplica.Type

/** What the node keeps of it, with its own keys. */
const Kept = Schema.Union([
  GivenToStorage,
  Schema.Struct({ ...GivenToReplica.fields, own: Schema.String, reading: ReadingKey })
])
type Kept = typeof Kept.Type

const decodeStorage = Schema.decodeUnknownResult(GivenToStorage)
const decodeReplica = Schema.decodeUnknownResult(GivenToReplica)

/** The keys of a node, in its folder. */
export class DbqsKeys {
  readonly keyring: Keyring
  readonly secrets: Secrets
  private readonly kind: Kept["kind"]
  private readonly file: string
  private readonly identity: Identity
  private kept: Kept | undefined

  /** Throws if the folder's content is invalid. */
  constructor(folder: string, kind: Kept["kind"], identity: Identity) {
    this.kind = kind
    this.identity = identity
    this.file = join(folder, "given.json")
    this.keyring = new Keyring(join(folder, "keys"))
    this.secrets = new Secrets(this.keyring)
    if (existsSync(this.file))
      this.kept = Schema.decodeUnknownSync(Kept)(JSON.parse(readFileSync(this.file, "utf8")))
  }

  /** The identity under which the node received its keys. */
  get owner(): string | undefined {
    if (this.kept === undefined) return undefined
    return this.kept.kind === "storage" ? this.kept.admission.content.node : this.kept.node
  }

  /**
   * Accepts what the node is given, unless it already has something. Returns the reason if it
   * refuses.
   */
  take(told: unknown): string | undefined {
    if (told === undefined && this.kept === undefined)
      return "it has to be given what it trusts: quorate membership begin, or admit"
    if (told === undefined) return undefined
    const given: Result.Result<GivenToStorage | GivenToReplica, unknown> =
      this.kind === "storage" ? decodeStorage(told) : decodeReplica(told)
    if (Result.isFailure(given))
      return `what it is given is not for a node of this kind (${this.kind})`
    if (this.kept !== undefined) {
      return given.success.service === this.kept.service
        ? undefined
        : `it is of ${this.kept.service}, which is another service`
    }
    const about =
      given.success.kind === "storage" ? given.success.admission.content.node : given.success.node
    if (about !== this.identity.id) return `it is given what is meant for ${about}`
    this.kept = this.withKeys(given.success)
    this.keyring.keep(handlesIn(this.kept))
    if (this.kept.kind === "replica") this.keyring.keep([this.kept.own])
    replaceDurably(this.file, `${JSON.stringify(this.kept)}\n`)
    return undefined
  }

  private withKeys(given: GivenToStorage | GivenToReplica): Kept {
    if (given.kind === "storage") return given
    const { keyring, identity } = this
    const kept = withSecrets(given, (secret) =>
      keyring.add(Buffer.from(secret, "base64url"))
    ) as GivenToReplica
    const own = keyring.add(Buffer.from(identity.privateKey, "base64url"))
    const secret = keyring.add(randomBytes(secretBytes))
    return { ...kept, own, reading: { owner: server(identity.id), times: 0, secret } }
  }

  /** What the node trusts; undefined before it has keys. */
  get trust(): (StorageTrust & { readonly given: GivenToStorage }) | Trust | undefined {
    const { kept, keyring, identity } = this
    if (kept === undefined) return undefined
    const { authority, service, certificate, view } = kept
    if (kept.kind === "storage") {
      const cryptography = dbqsCryptography({ keyring, administrator: authority, service })
      return { authority, service, certificate, cryptography, given: kept }
    }
    const share = kept.share?.secret
    const cryptography = serviceCryptography({
      ...{ keyring, authority, service },
      ...(share === undefined ? {} : { share })
    })
    return {
      ...{ authority, service, certificate, view, cryptography, share: kept.share },
      key: { owner: server(identity.id), secret: kept.own },
      reading: kept.reading
    }
  }
}
