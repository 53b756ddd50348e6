/**
 * Names that contain their owner's keys.
 *
 * The administrator's name ends with its public key, so the name alone suffices to verify what it
 * signed. A client's endpoint ends with the client's public key, the administrator's signature for
 * it, and a part that is unique to this run. So every node can verify what the client signed, and
 * no process can speak for a client that the administrator has not certified.
 */
import { randomBytes } from "node:crypto"
import { isSignedBy } from "../memory/identity.ts"

/** The length of an Ed25519 public key and of a signature, in base64url. */
export const publicKeyLength = 43
export const signatureLength = 86
/** The part that distinguishes the runs of a client: 72 bits. */
const runLength = 12
const tail = new RegExp(`\\.[\\w-]{${publicKeyLength + signatureLength + runLength}}$`)

/**
 * The maximum length of a client's name: the names of its processes have to fit into an identity.
 */
export const maxClientNameLength = 40

export const administratorNamed = (name: string, publicKey: string): string =>
  `${name}.${publicKey}`

/** The public key of an administrator. */
export const keyOfAdministrator = (administrator: string): string =>
  administrator.slice(-publicKeyLength)

/** Whether the name ends with a possible public key. */
export const isAdministrator = (name: string): boolean =>
  new RegExp(`^[^/]+\\.[\\w-]{${publicKeyLength}}$`).test(name)

/** The text that an administrator signs to certify a client. */
export const clientClaim = (name: string, publicKey: string): string =>
  JSON.stringify(["quorate client", name, publicKey])

/** A new endpoint of a client with this name and key, certified by the administrator. */
export const clientEndpoint = (
  name: string,
  publicKey: string,
  signature: string,
  run: Uint8Array = randomBytes(9)
): string => `${name}.${publicKey}${signature}${Buffer.from(run).toString("base64url")}`

/**
 * The public key of the client that runs this process; undefined if the administrator has not
 * certified it.
 */
export const keyOfClient = (administrator: string, process: string): string | undefined => {
  const [endpoint = ""] = process.split("/", 1)
  if (!tail.test(endpoint)) return undefined
  const own = endpoint.slice(-(publicKeyLength + signatureLength + runLength))
  const name = endpoint.slice(0, -own.length - 1)
  const publicKey = own.slice(0, publicKeyLength)
  const signature = own.slice(publicKeyLength, publicKeyLength + signatureLength)
  const claim = clientClaim(name, publicKey)
  return isSignedBy(keyOfAdministrator(administrator), claim, signature) ? publicKey : undefined
}
