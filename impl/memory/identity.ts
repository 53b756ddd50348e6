/**
 * Who a node is: a name that people gave it, and the memory that it has.
 *
 * "If the hardware of the node recovers later, the hardware restarts as a new node" (tutorial 2.1).
 * So a node's identity is minted when its memory begins, and ends with it: `s2~Vq0ZpXc3mK1sT9aB` is
 * the node s2 whose key has that fingerprint. The key is kept in the node's folder and nowhere
 * else. Identities, not names, are members of configurations: a node that was given the name of
 * another, or has lost its memory, is none of them. The specification needs no other notion for
 * that: there a node's identity is any text, and two incarnations of one name are two nodes.
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

/** Stands between the name and the fingerprint. No name has it. */
const separator = "~"
/** 96 bits: nobody finds another key with the same. */
const fingerprintLength = 16

const idOf = (name: string, publicKey: string): string =>
  `${name}${separator}${createHash("sha256").update(publicKey).digest("base64url").slice(0, fingerprintLength)}`

/** The name in an identity. */
export const nameOf = (id: string): string => id.split(separator, 1)[0] as string

/** Whether the identity is one that was minted. (Those of before format 2 are names alone.) */
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

/** The identity of a node whose memory is older than identities: its name alone. */
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
