/**
 * The capability `Cryptography` of the specification (`spec/kernel/cryptography.ts`) with real
 * keys, all from `node:crypto`: Ed25519, AES-256-GCM, and SHA-256 for keys that are hashed into the
 * next.
 *
 * A term has the same shape as a symbolic one, with the fields `signature`, `public` and
 * `ciphertext` filled in; `secret` is the handle of a secret in the keyring. Every result is a
 * function of the arguments and the secrets, so equal steps have equal results.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPublicKey,
  type KeyObject,
  sign,
  verify
} from "node:crypto"
import type {
  Cryptography,
  Encrypted,
  Signed,
  SigningKey,
  SymmetricKey
} from "../../spec/kernel/cryptography.ts"
import { canonical, equals } from "../../spec/kernel/data.ts"
import { type Keyring, secretBytes, signingKeyFrom } from "./keyring.ts"
import { keyOfAdministrator, keyOfClient } from "./names.ts"
import { notYet } from "./not-yet.ts"

export interface RealOptions {
  readonly keyring: Keyring
  /** The administrator, which every node trusts. */
  readonly administrator: string
  /** The handle of the key that the owner signs with, if it has one from the beginning. */
  readonly own?: string
  /** The handle of the key that the owner shares with the administrator, before any hashing. */
  readonly shared?: string
}

/**
 * The limit on hashing a key. Each configuration hashes the key once, and no system has this many.
 */
const maxHashes = 2 ** 20
const nonceBytes = 12
const tagBytes = 16

export interface RealCryptography extends Cryptography {
  /**
   * The same cryptography for one register: what is signed for this register verifies for no other.
   * What the administrator signs belongs to no register.
   */
  about(register: string): Cryptography
}

/** Real cryptography for the holder of this keyring's secrets. */
export const realCryptography = (options: RealOptions): RealCryptography => {
  const { keyring, administrator, own, shared } = options
  const signers = new Remembered<KeyObject>()
  const clients = new Remembered<string | null>()
  const verdicts = new Remembered<boolean>()

  const secretOf = (what: string, by: SigningKey<unknown>, owner: unknown): Buffer | undefined => {
    const secret = keyring.get(by.secret)
    return (
      secret &&
      createHmac("sha256", secret).update(`quorate ${what}`).update(canonical(owner)).digest()
    )
  }
  const publicKeyOf = (signer: unknown): string | undefined => {
    if (signer === administrator) return keyOfAdministrator(administrator)
    if (typeof signer !== "string") return undefined
    const [endpoint = ""] = signer.split("/", 1)
    return clients.of(endpoint, () => keyOfClient(administrator, endpoint) ?? null) ?? undefined
  }
  const isSignature = (publicKey: string, text: string, signature: string): boolean => {
    const digest = createHash("sha256").update(text).digest("base64url")
    return verdicts.of(`${publicKey} ${signature} ${digest}`, () => {
      const key = signers.of(publicKey, () => verifyingKey(publicKey))
      return verify(null, Buffer.from(text, "utf8"), key, Buffer.from(signature, "base64url"))
    })
  }
  const about = (register: string | undefined): Cryptography => {
    const textOf = (signer: unknown, content: unknown): string =>
      canonical(["quorate", signer === administrator ? null : (register ?? null), signer, content])
    const holds = (publicKey: string | undefined, signed: Signed<unknown, unknown>): boolean => {
      const { signer, content, signature } = signed
      return (
        publicKey !== undefined &&
        signature !== undefined &&
        isKeyShaped(publicKey) &&
        isSignatureShaped(signature) &&
        isSignature(publicKey, textOf(signer, content), signature)
      )
    }
    return {
      ...notYet,
      ownKey: (owner) => (own === undefined ? { owner } : { owner, secret: own }),
      sign: ({ owner, secret }, content) => {
        const key = keyring.signingKey(secret)
        // A signer that no longer has the key makes a signature that verifies nowhere.
        const signature = key === undefined ? "" : signatureBy(key, textOf(owner, content))
        return { signer: owner, content, signature }
      },
      verifies: (signed) => holds(publicKeyOf(signed.signer), signed),
      verifiesWith: (key, signed) => equals(key.owner, signed.signer) && holds(key.public, signed),
      pairFor: (by, owner) => {
        const seed = secretOf("pair of keys", by, owner)
        return seed === undefined
          ? { signing: { owner }, verifying: { owner } }
          : {
              signing: { owner, secret: keyring.add(seed) },
              verifying: { owner, public: publicKeyFrom(seed) }
            }
      },
      ownSharedKey: (owner) =>
        shared === undefined ? { owner, times: 0 } : { owner, times: 0, secret: shared },
      sharedKeyFor: (by, owner) => {
        const secret = secretOf("shared key", by, owner)
        return secret === undefined
          ? { owner, times: 0 }
          : { owner, times: 0, secret: keyring.add(secret) }
      },
      hashed: (key, times) => hashed(keyring, key, times),
      encrypt: (key, content) => encrypted(keyring, key, content),
      decrypt: (key, box) => decrypted(keyring, key, box)
    }
  }
  return { ...about(undefined), about }
}

/** The next key, as a hash of this one. */
export const nextSecret = (secret: Uint8Array): Buffer =>
  createHash("sha256").update("quorate next key").update(secret).digest()

/** The key after this total number of hashings. Each secret is the hash of the one before. */
const hashed = <Owner>(
  keyring: Keyring,
  key: SymmetricKey<Owner>,
  times: number
): SymmetricKey<Owner> | undefined => {
  let secret = keyring.get(key.secret)
  if (secret === undefined || times < key.times || times - key.times > maxHashes) return undefined
  for (let at = key.times; at < times; at++) secret = nextSecret(secret)
  return { owner: key.owner, times, secret: keyring.add(secret) }
}

/**
 * The nonce is a function of key and content: equal contents are encrypted to equal texts, and no
 * two contents share a nonce.
 */
const encrypted = <Owner, Content>(
  keyring: Keyring,
  { owner, times, secret }: SymmetricKey<Owner>,
  content: Content
): Encrypted<Owner, Content> => {
  const key = keyring.get(secret)
  if (key === undefined) return { owner, times, ciphertext: "" }
  const plain = Buffer.from(canonical(withSecrets(content, (one) => secretText(keyring, one))))
  const nonce = createHmac("sha256", key).update("quorate nonce").update(plain).digest()
  const cipher = createCipheriv("aes-256-gcm", key, nonce.subarray(0, nonceBytes))
  cipher.setAAD(Buffer.from(canonical([owner, times])))
  const parts = [nonce.subarray(0, nonceBytes), cipher.update(plain), cipher.final()]
  const ciphertext = Buffer.concat([...parts, cipher.getAuthTag()]).toString("base64url")
  plain.fill(0)
  return { owner, times, ciphertext }
}

const decrypted = <Owner, Content>(
  keyring: Keyring,
  { owner, times, secret }: SymmetricKey<Owner>,
  box: Encrypted<Owner, Content>
): Content | undefined => {
  const key = keyring.get(secret)
  const bytes = Buffer.from(box.ciphertext ?? "", "base64url")
  if (key === undefined || bytes.length < nonceBytes + tagBytes) return undefined
  if (times !== box.times || !equals(owner, box.owner)) return undefined
  try {
    const cipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes))
    cipher.setAAD(Buffer.from(canonical([owner, times])))
    cipher.setAuthTag(bytes.subarray(-tagBytes))
    const plain = Buffer.concat([
      cipher.update(bytes.subarray(nonceBytes, -tagBytes)),
      cipher.final()
    ])
    const content: unknown = JSON.parse(plain.toString("utf8"))
    plain.fill(0)
    return withSecrets(content, (text) => {
      const held = Buffer.from(text, "base64url")
      return held.length === secretBytes ? keyring.add(held) : text
    }) as Content
  } catch {
    return undefined
  }
}

const secretText = (keyring: Keyring, handle: string): string =>
  keyring.get(handle)?.toString("base64url") ?? ""

/** The same data with the texts of its `secret` fields replaced. */
export const withSecrets = (data: unknown, text: (secret: string) => string): unknown => {
  if (typeof data !== "object" || data === null) return data
  if (Array.isArray(data)) return data.map((item) => withSecrets(item, text))
  return Object.fromEntries(
    Object.entries(data).map(([field, value]) => [
      field,
      field === "secret" && typeof value === "string" ? text(value) : withSecrets(value, text)
    ])
  )
}

const isKeyShaped = (text: string): boolean => /^[\w-]{43}$/.test(text)
export const isSignatureShaped = (text: string): boolean => /^[\w-]{86}$/.test(text)

const verifyingKey = (x: string): KeyObject =>
  createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" })

/** The public key of the pair with this secret. */
export const publicKeyFrom = (seed: Uint8Array): string =>
  createPublicKey(signingKeyFrom(seed)).export({ format: "jwk" }).x ?? ""

/** Signs a text with the secret of a pair. */
export const signatureWith = (seed: Uint8Array, text: string): string =>
  signatureBy(signingKeyFrom(seed), text)

const signatureBy = (key: KeyObject, text: string): string =>
  sign(null, Buffer.from(text, "utf8"), key).toString("base64url")

/** A cache of recent results; at its limit it is emptied. */
class Remembered<A> {
  private readonly known = new Map<string, A>()

  of(key: string, compute: () => A): A {
    const found = this.known.get(key)
    if (found !== undefined) return found
    const made = compute()
    if (this.known.size >= maxRemembered) this.known.clear()
    this.known.set(key, made)
    return made
  }
}
const maxRemembered = 4096
