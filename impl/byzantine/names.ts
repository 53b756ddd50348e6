/**
 * Names that say whose keys they are.
 *
 * The administrator's name ends with its public key: whoever knows the name needs nothing else to
 * verify what it signed. A client's endpoint ends with its public key, with the administrator's
 * signature for it, and with something that no other run of the client has: so what it signs can be
 * verified by everybody, and nobody speaks for a client that the administrator does not know of.
 */
import { randomBytes } from "node:crypto"
import { isSignedBy } from "../memory/identity.ts"

/** The characters of a public key and of a signature of Ed25519, in base64url. */
export const publicKeyLength = 43
export const signatureLength = 86
/** What tells one run of a client from another: 72 bits. */
const runLength = 12
const tail = new RegExp(`\\.[\\w-]{${publicKeyLength + signatureLength + runLength}}$`)

/** The longest name of a client: its processes have to fit into an identity. */
export const maxClientNameLength = 40

export const administratorNamed = (name: string, publicKey: string): string =>
  `${name}.${publicKey}`

/** The public key of an administrator. */
export const keyOfAdministrator = (administrator: string): string =>
  administrator.slice(-publicKeyLength)

/** Whether the name ends with what can be a public key. */
export const isAdministrator = (name: string): boolean =>
  new RegExp(`^[^/]+\\.[\\w-]{${publicKeyLength}}$`).test(name)

/** What an administrator signs to make somebody a client. */
export const clientClaim = (name: string, publicKey: string): string =>
  JSON.stringify(["quorate client", name, publicKey])

/** A new endpoint of a client with this name and key, which the administrator has signed. */
export const clientEndpoint = (
  name: string,
  publicKey: string,
  signature: string,
  run: Uint8Array = randomBytes(9)
): string => `${name}.${publicKey}${signature}${Buffer.from(run).toString("base64url")}`

/**
 * The public key of the client that runs this process; undefined if the administrator has not
 * signed it.
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
