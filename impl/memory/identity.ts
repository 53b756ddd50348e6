/**
 * The identity of a node: its name and its memory.
 *
 * "If the hardware of the node recovers later, the hardware restarts as a new node" (tutorial 2.1).
 * So a node's identity is minted when its memory begins, and ends with it: `s2~Vq0ZpXc3mK1sT9aB` is
 * the node s2 whose key has that fingerprint. Only the node's folder holds the key. The members of
 * configurations are identities, not names: a node with another node's name, or one that has lost
 * its memory, is not a member. The specification needs no change for this: there a node's identity
 * is any text, and two incarnations of one name are two nodes.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify
} from "node:crypto"

/** The identity of a node, with the key that proves it. */
export interface Identity {
  readonly id: string
  /** Ed25519, 32 bytes in base64url. */
  readonly publicKey: string
  readonly privateKey: string
}

/** Separates the name from the fingerprint. No name contains it. */
const separator = "~"
/** 96 bits: it is infeasible to find another key with the same fingerprint. */
const fingerprintLength = 16

const idOf = (name: string, publicKey: string): string =>
  `${name}${separator}${createHash("sha256").update(publicKey).digest("base64url").slice(0, fingerprintLength)}`

/** The name in an identity. */
export const nameOf = (id: string): string => id.split(separator, 1)[0] as string

/** Whether the identity was minted. (Identities from before format 2 are names alone.) */
export const isMinted = (id: string): boolean => id.includes(separator)

const mintKeys = (): Omit<Identity, "id"> => {
  const { x: publicKey = "", d: privateKey = "" } = generateKeyPairSync(
    "ed25519"
  ).privateKey.export({
    format: "jwk"
  })
  return { publicKey, privateKey }
}

/** A new identity of a node with this name. */
export const mint = (name: string): Identity => {
  const keys = mintKeys()
  return { id: idOf(name, keys.publicKey), ...keys }
}

/** The identity of a node from before identities: its name alone. */
export const unminted = (name: string): Identity => ({ id: name, ...mintKeys() })

/** Whether this is the public key of the node with this identity. */
export const isKeyOf = (id: string, publicKey: string): boolean =>
  id === idOf(nameOf(id), publicKey)

/** Signs texts with the key of an identity. */
export const signer = ({ publicKey: x, privateKey: d }: Identity): ((text: string) => string) => {
  const key: KeyObject = createPrivateKey({
    key: { kty: "OKP", crv: "Ed25519", x, d },
    format: "jwk"
  })
  return (text) => sign(null, Buffer.from(text, "utf8"), key).toString("base64url")
}

/** Whether the holder of this key signed this text. */
export const isSignedBy = (x: string, text: string, signature: string): boolean => {
  try {
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" })
    return verify(null, Buffer.from(text, "utf8"), key, Buffer.from(signature, "base64url"))
  } catch {
    return false
  }
}
