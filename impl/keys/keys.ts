/**
 * The keys of an endpoint: `authority.pem`, and `NAME.pem` with `NAME.key`, in one folder. With keys, both ends of every
 * connection prove who they are (mutual TLS); without, nobody but this machine is listened to.
 */
import { X509Certificate } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { PeerCertificate } from "node:tls"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Reconfiguration } from "../protocols.ts"

/** A key or certificate cannot be used. */
export class KeysRefused extends Schema.TaggedError<KeysRefused>()("KeysRefused", {
  file: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `${this.file} cannot be read (${this.reason}) — quorate certificates makes keys for trying`
  }
}

export interface Keys {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** The keys of the endpoint with this name. */
export const loadKeys = (folder: string, name: string): Effect.Effect<Keys, KeysRefused> => {
  const read = (file: string) =>
    Effect.try({
      try: () => readFileSync(join(folder, file), "utf8"),
      catch: (error) =>
        new KeysRefused({ file: join(folder, file), reason: String((error as NodeJS.ErrnoException).code) })
    })
  return Effect.all({ ca: read("authority.pem"), cert: read(`${name}.pem`), key: read(`${name}.key`) })
}

/** Why the holder of this certificate is not this node; undefined if it is. */
export const isNotNode = ({ subject }: PeerCertificate, node: string): string | undefined =>
  subject?.OU === "node" && subject.CN === node
    ? undefined
    : `its certificate is of ${subject?.OU ?? "nothing"} ${subject?.CN ?? ""}, and not of node ${node}`

/** Why the holder of this certificate may not call itself so; undefined if it may. */
export const isImpostor = (
  certificate: PeerCertificate,
  name: string,
  nodes: ReadonlyArray<string>
): string | undefined => {
  if (nodes.includes(name)) return isNotNode(certificate, name)
  return certificate.subject?.OU === "client" || mayReconfigure(certificate)
    ? undefined
    : `its certificate is of ${certificate.subject?.OU ?? "nothing"}, and not of a client`
}

/** Whether the holder of this certificate, which an authority of ours has signed, may change the configuration. */
export const mayReconfigure = ({ subject }: Pick<PeerCertificate, "subject">): boolean =>
  subject?.OU === "administrator"

/** Whether whoever has these keys may change the configuration. (Nodes decide; a client asks in order to say so early.) */
export const areAdministrators = ({ cert }: Keys): boolean =>
  new X509Certificate(cert).subject.split("\n").includes("OU=administrator")

/** Why the holder of this certificate may not send this message of the protocol; undefined if it may. */
export const refusesReconfiguration =
  ({ reconfigures }: Pick<Reconfiguration, "reconfigures">) =>
  (message: unknown, certificate: PeerCertificate | undefined): string | undefined =>
    certificate === undefined || mayReconfigure(certificate) || !reconfigures(message)
      ? undefined
      : "to reconfigure takes the certificate of an administrator"
