/**
 * The keys of an endpoint: `authority.pem`, and `NAME.pem` with `NAME.key`, in one folder. With
 * keys, both ends of every connection prove their identities (mutual TLS); without keys, an
 * endpoint accepts connections only from this machine.
 */
import { X509Certificate } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { createSecureContext, type PeerCertificate } from "node:tls"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Hello, Role } from "../link/frame.ts"
import { nameOf } from "../memory/identity.ts"
import type { Reconfiguration } from "../protocols.ts"

/** A key or certificate cannot be used. */
export class KeysRefused extends Schema.TaggedError<KeysRefused>()("KeysRefused", {
  file: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `${this.file} cannot be read (${this.reason}) — quorate certificates makes development keys`
  }
}

export interface Keys {
  readonly ca: string
  readonly cert: string
  readonly key: string
  /** The serial numbers of revoked certificates, in hexadecimal. */
  readonly revoked?: ReadonlyArray<string>
}

interface Holder {
  readonly name: string
  readonly role: Role
}

/** The keys for a renewal belong to another holder. */
export class KeysOfAnother extends Schema.TaggedError<KeysOfAnother>()("KeysOfAnother", {
  /** The holder of the current keys; undefined if there are no keys. */
  before: Schema.UndefinedOr(Schema.Struct({ name: Schema.String, role: Schema.String })),
  now: Schema.Struct({ name: Schema.String, role: Schema.String })
}) {
  override get message(): string {
    const { before, now } = this
    return before === undefined
      ? "there are no keys to renew — connect with keys"
      : `these keys belong to ${now.role} ${now.name}, not to ${before.role} ${before.name} — open a new connection to change identity`
  }
}

/** The TLS options of these keys. */
export const tlsOf = ({ ca, cert, key }: Keys) => ({ ca, cert, key })

/** The file with the numbers of revoked certificates, one per line, if there are any. */
export const revokedName = "revoked"

/**
 * Loads from a folder the keys of the endpoint with this name, or from a certificate's path those
 * of another name (`keys/app.pem`).
 */
export const loadKeys = (given: string, usual: string): Effect.Effect<Keys, KeysRefused> => {
  const isCertificate = given.endsWith(".pem")
  const folder = isCertificate ? dirname(given) : given
  const name = isCertificate ? basename(given, ".pem") : usual
  const read = (file: string) =>
    Effect.try({
      try: () => readFileSync(join(folder, file), "utf8"),
      catch: (error) =>
        new KeysRefused({
          file: join(folder, file),
          reason: String((error as NodeJS.ErrnoException).code)
        })
    })
  return Effect.all({
    ca: read("authority.pem"),
    cert: read(`${name}.pem`),
    key: read(`${name}.key`),
    revoked: Effect.suspend(() =>
      existsSync(join(folder, revokedName))
        ? Effect.map(read(revokedName), (text) =>
            text.split(/\s+/).filter((number) => number !== "")
          )
        : Effect.succeed([])
    )
  }).pipe(
    Effect.tap((keys) =>
      Effect.try({
        try: () => createSecureContext(tlsOf(keys)),
        catch: (error) =>
          new KeysRefused({ file: join(folder, `${name}.pem`), reason: (error as Error).message })
      })
    )
  )
}

/** Why the holder of this certificate is not this node; undefined if it is. */
export const isNotNode = ({ subject }: PeerCertificate, node: string): string | undefined =>
  subject?.OU === "node" && subject.CN === node
    ? undefined
    : `its certificate names ${subject?.OU ?? "nothing"} ${subject?.CN ?? ""}, not node ${node}`

/** Why a certificate is revoked; undefined if it is not. */
export const isRevoked = (
  keys: Keys | undefined,
  { serialNumber }: Pick<PeerCertificate, "serialNumber">
): string | undefined =>
  keys?.revoked?.includes(serialNumber) === true
    ? `its certificate (number ${serialNumber}) was revoked`
    : undefined

/**
 * Why the holder of this certificate may not send this hello; undefined if it may. The certificate
 * determines the endpoint: a node's identity begins with the certificate's name, and so does a
 * client's endpoint, `NAME.` followed by a suffix of its own.
 */
export const isImpostor = (
  { subject }: Pick<PeerCertificate, "subject">,
  { endpoint, role }: Pick<Hello, "endpoint" | "role">
): string | undefined => {
  if (subject?.OU !== role) {
    return `its certificate names ${subject?.OU ?? "nothing"} ${subject?.CN ?? ""}, but it claims to be ${role}`
  }
  const isBound =
    role === "node" ? nameOf(endpoint) === subject.CN : isEndpointOf(String(subject.CN), endpoint)
  return isBound
    ? undefined
    : `its certificate names ${role} ${subject.CN}, but it calls itself ${endpoint}`
}

/**
 * The name of an endpoint of this client. No endpoint of a client with another name begins like
 * this.
 */
export const endpointFor = (client: string, own: string): string => `${client}.${own}`

const isEndpointOf = (client: string, endpoint: string): boolean =>
  endpoint.startsWith(`${client}.`) && /^[\w-]+$/.test(endpoint.slice(client.length + 1))

/** The name and the role in the certificate of these keys. */
export const holderOf = ({ cert }: Keys): Holder => {
  const fields = new X509Certificate(cert).subject.split("\n").map((line) => line.split("=", 2))
  const field = (name: string) => fields.find(([key]) => key === name)?.[1] ?? ""
  return { name: field("CN"), role: field("OU") as Role }
}

/**
 * Whether the holder of this certificate, signed by one of our authorities, may change the
 * configuration.
 */
export const mayReconfigure = ({ subject }: Pick<PeerCertificate, "subject">): boolean =>
  subject?.OU === "administrator"

/** A hint for a user without the administrator's certificate that the command needs. */
export const administratorsKeys =
  "use an administrator's keys (quorate certificates --administrators NAME)"

/**
 * Whether the holder of these keys may change the configuration. (Nodes decide; a client uses this
 * to fail early.)
 */
export const areAdministrators = (keys: Keys): boolean => holderOf(keys).role === "administrator"

/**
 * Why the holder of this certificate may not send this message of the protocol; undefined if it
 * may.
 */
export const refusesReconfiguration =
  ({ reconfigures }: Pick<Reconfiguration, "reconfigures">) =>
  (message: unknown, certificate: PeerCertificate | undefined): string | undefined =>
    certificate === undefined || mayReconfigure(certificate) || !reconfigures(message)
      ? undefined
      : `reconfiguration requires an administrator's certificate; this one names ${certificate.subject?.OU ?? "nothing"} ${certificate.subject?.CN ?? ""}`
