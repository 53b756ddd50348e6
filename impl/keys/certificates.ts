/**
 * Development certificates: an authority, and the certificates that it signs for nodes and clients.
 * A certificate's common name is the name of its holder, and its organisational unit is the role:
 * `node`, `client` or `administrator` (a client that may reconfigure).
 */
import {
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign
} from "node:crypto"
import {
  bits,
  identifier,
  integer,
  octets,
  sequence,
  set,
  tagged,
  text,
  time,
  truth
} from "./der.ts"

export type HolderRole = "node" | "client" | "administrator"
export type Role = HolderRole | "authority"

/** A certificate and its private key, in PEM. */
export interface Certified {
  readonly certificate: string
  readonly key: string
}

const commonName = "2.5.4.3"
const organisationalUnit = "2.5.4.11"
const ecdsaWithSha256 = sequence(identifier("1.2.840.10045.4.3.2"))
const dayMilliseconds = 86_400_000

const nameOf = (name: string, role: Role): Buffer =>
  sequence(
    set(sequence(identifier(organisationalUnit), text(role))),
    set(sequence(identifier(commonName), text(name)))
  )

const extension = (dotted: string, content: Buffer): Buffer =>
  sequence(identifier(dotted), truth, octets(content))

/**
 * What the key may be used for: signing certificates, or authentication at either end of a
 * connection.
 */
const usesOf = (role: Role): Buffer =>
  role === "authority"
    ? sequence(
        extension("2.5.29.19", sequence(truth)),
        extension("2.5.29.15", bits(Buffer.from([0b0000_0100]), 2))
      )
    : sequence(
        extension("2.5.29.19", sequence()),
        extension("2.5.29.15", bits(Buffer.from([0b1000_0000]), 7)),
        extension(
          "2.5.29.37",
          sequence(identifier("1.3.6.1.5.5.7.3.1"), identifier("1.3.6.1.5.5.7.3.2"))
        )
      )

const authorityName = "quorate development authority"

const issue = (
  name: string,
  role: Role,
  days: number,
  now: Date,
  issuer: KeyObject | undefined
): Certified => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  const signed = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(randomBytes(16)),
    ecdsaWithSha256,
    nameOf(authorityName, "authority"),
    sequence(
      time(new Date(now.getTime() - dayMilliseconds)),
      time(new Date(now.getTime() + days * dayMilliseconds))
    ),
    nameOf(name, role),
    publicKey.export({ type: "spki", format: "der" }),
    tagged(3, usesOf(role))
  )
  const signature = sign("sha256", signed, issuer ?? privateKey)
  return {
    certificate: pem("CERTIFICATE", sequence(signed, ecdsaWithSha256, bits(signature))),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString()
  }
}

const pem = (label: string, der: Buffer): string =>
  [
    `-----BEGIN ${label}-----`,
    ...(der.toString("base64").match(/.{1,64}/g) ?? []),
    `-----END ${label}-----`,
    ""
  ].join("\n")

/** A new authority, valid for this many days. */
export const makeAuthority = (days: number, now: Date): Certified =>
  issue(authorityName, "authority", days, now, undefined)

/** A certificate for the holder of this name, signed with the authority's key (in PEM). */
export const certify = (
  authorityKey: string,
  name: string,
  role: HolderRole,
  days: number,
  now: Date
): Certified => issue(name, role, days, now, createPrivateKey(authorityKey))
