/**
 * A share that is sealed for its holder, so that everybody can verify what is in it and only the
 * holder can read it (Stadler, 1996; Camenisch and Damgård, 2000).
 *
 * What is in it is a scalar whose public half everybody knows. The dealer makes 128 pairs of random
 * scalars `r` and `z = r + secret`, and encrypts each `z`. A hash of all of it says of each pair
 * which half to show. Where it is `z`, everybody makes the ciphertext again and sees that it is
 * right; where it is `r`, the ciphertext stays closed, and the holder, who can open it, has
 * `z - r`. Neither half says anything of the secret. A dealer who cheats must have foretold the
 * hash: for the holder to find nothing, each ciphertext that stays closed is wrong and each that is
 * shown is right, which one guess in 2^128 achieves.
 *
 * So nobody need complain of a dealer: whoever orders what was dealt leaves out what does not
 * verify, and all who do so leave out the same.
 *
 * Encryption is X25519 and ChaCha20-Poly1305 of `node:crypto`. The key pair of the sender is a
 * function of the scalar that is encrypted, which nobody knows: so it can be made again by whoever
 * is shown that scalar, and by nobody else.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  type KeyObject
} from "node:crypto"
import { normalizeZ } from "@noble/curves/abstract/curve.js"
import {
  decodeScalar,
  encodeScalar,
  framed,
  type G1,
  G1 as Point,
  publicHalf,
  scalarBytes,
  scalarFrom,
  scalars
} from "./group.ts"
import { Recent } from "./recent.ts"

/** How many pairs: a dealer cheats with a probability of two to the minus this. */
export const rounds = 128

const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16
const boxBytes = keyBytes + scalarBytes + tagBytes
const challengeBytes = rounds / 8

/** The most bytes that a sealed share has. */
export const maxSealedBytes = challengeBytes + rounds * (scalarBytes + boxBytes)

/** What is sealed, for whom, and in which connection; all of it is public. */
export interface Sealing {
  /** The key of X25519 of who may open it, 32 bytes. */
  readonly receiver: Uint8Array
  /** The public half of what is sealed. */
  readonly publicHalf: G1
  /** Who deals what to whom when: it opens in this connection only. */
  readonly context: string
}

/** What stands before a raw key of X25519 in PKCS #8 and in SPKI (RFC 8410). */
const pkcs8 = Buffer.from("302e020100300506032b656e04220420", "hex")
const spki = Buffer.from("302a300506032b656e032100", "hex")

const privateKeyFrom = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: "der", type: "pkcs8" })
const publicKeyFrom = (raw: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([spki, raw]), format: "der", type: "spki" })
const rawPublicKey = (key: KeyObject): Buffer =>
  createPublicKey(key).export({ format: "der", type: "spki" }).subarray(spki.length)

/** The public half of a key to read with: 32 bytes of the one, and of the other. */
export const readingHalf = (secret: Uint8Array): Uint8Array => rawPublicKey(privateKeyFrom(secret))

/** A key of X25519 with which sealing has a secret: the others give everybody the same. */
export const isReadingHalf = (raw: Uint8Array): boolean => {
  if (raw.length !== keyBytes) return false
  try {
    diffieHellman({
      privateKey: privateKeyFrom(Buffer.alloc(32, 1)),
      publicKey: publicKeyFrom(raw)
    })
    return true
  } catch {
    return false
  }
}

/** The digest of all that is public of a sealing. */
const digestOf = ({ receiver, publicHalf, context }: Sealing): Buffer =>
  createHash("sha256")
    .update("quorate sealing")
    .update(framed(receiver))
    .update(framed(publicHalf.toBytes(true)))
    .update(framed(context))
    .digest()

/** Encrypts a scalar that nobody could guess: the same again each time. */
const box = (receiver: KeyObject, digest: Buffer, scalar: bigint): Buffer => {
  const plain = encodeScalar(scalar)
  const seed = createHash("sha256").update("quorate sender").update(digest).update(plain).digest()
  const sender = privateKeyFrom(seed)
  const raw = rawPublicKey(sender)
  const { key, nonce } = agreed(sender, receiver, raw, digest)
  const cipher = createCipheriv("chacha20-poly1305", key, nonce, { authTagLength: tagBytes })
  const boxed = Buffer.concat([raw, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  for (const secret of [plain, seed, key]) secret.fill(0)
  return boxed
}

const unbox = (own: KeyObject, digest: Buffer, boxed: Uint8Array): bigint | undefined => {
  try {
    const raw = boxed.subarray(0, keyBytes)
    const { key, nonce } = agreed(own, publicKeyFrom(raw), raw, digest)
    const cipher = createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: tagBytes })
    cipher.setAuthTag(boxed.subarray(-tagBytes))
    const plain = Buffer.concat([
      cipher.update(boxed.subarray(keyBytes, -tagBytes)),
      cipher.final()
    ])
    const scalar = decodeScalar(plain)
    for (const secret of [plain, key]) secret.fill(0)
    return scalar
  } catch {
    return undefined
  }
}

/** Key and nonce that both ends agree upon; of one sender, and so of one box. */
const agreed = (
  privateKey: KeyObject,
  publicKey: KeyObject,
  sender: Uint8Array,
  digest: Buffer
): { readonly key: Buffer; readonly nonce: Buffer } => {
  const shared = diffieHellman({ privateKey, publicKey })
  const info = Buffer.concat([Buffer.from("quorate box"), digest])
  const bytes = Buffer.from(hkdfSync("sha256", shared, sender, info, keyBytes + nonceBytes))
  shared.fill(0)
  return { key: bytes.subarray(0, keyBytes), nonce: bytes.subarray(keyBytes) }
}

/** What the hash of all pairs says: of each, whether `z` is shown. */
const challenge = (
  digest: Buffer,
  halves: ReadonlyArray<G1>,
  boxes: ReadonlyArray<Uint8Array>
): Buffer => {
  const hash = createHash("sha256").update("quorate challenge").update(digest)
  for (const half of normalizeZ(Point, [...halves])) {
    // Encoding a point tests whether it is in the subgroup, which takes longer than making it:
    // these are multiples of the generator. Its place and the side that it is on say which.
    const { x, y } = half.toAffine()
    hash.update(`${x.toString(16)} ${y & 1n} `)
  }
  for (const boxed of boxes) hash.update(boxed)
  return hash.digest().subarray(0, challengeBytes)
}

const isShown = (bits: Uint8Array, round: number): boolean =>
  (((bits[round >> 3] ?? 0) >> (round & 7)) & 1) === 1

/**
 * Seals a scalar. `random` is 32 bytes or more that nobody else knows; the same give the same.
 * Throws if the receiver's key is none (`isReadingHalf`).
 */
export const seal = (sealing: Sealing, secret: bigint, random: Uint8Array): Uint8Array => {
  if (random.length < 32) throw new RangeError("32 random bytes are needed")
  if (!isReadingHalf(sealing.receiver)) throw new RangeError("the receiver's key is none of X25519")
  const digest = digestOf(sealing)
  const receiver = publicKeyFrom(sealing.receiver)
  const masks = Array.from({ length: rounds }, (_, round) =>
    scalarFrom("mask", random, digest, String(round))
  )
  const boxes = masks.map((mask) => box(receiver, digest, scalars.add(mask, secret)))
  const bits = challenge(digest, masks.map(publicHalf), boxes)
  const shown = masks.flatMap((mask, round) =>
    isShown(bits, round)
      ? [encodeScalar(scalars.add(mask, secret))]
      : [encodeScalar(mask), boxes[round] as Buffer]
  )
  return Buffer.concat([bits, ...shown])
}

/** A pair as it was shown: `z`, or `r` with the box that stays closed. */
type Shown =
  | { readonly isOpen: true; readonly scalar: bigint }
  | { readonly isOpen: false; readonly scalar: bigint; readonly boxed: Uint8Array }

const parse = (
  sealed: Uint8Array
): { readonly bits: Uint8Array; readonly pairs: ReadonlyArray<Shown> } | undefined => {
  if (sealed.length > maxSealedBytes) return undefined
  const bits = sealed.subarray(0, challengeBytes)
  const pairs: Array<Shown> = []
  let at = challengeBytes
  for (let round = 0; round < rounds; round++) {
    const isOpen = isShown(bits, round)
    const scalar = decodeScalar(sealed.subarray(at, at + scalarBytes))
    at += scalarBytes
    if (scalar === undefined) return undefined
    if (isOpen) {
      pairs.push({ isOpen, scalar })
      continue
    }
    const boxed = sealed.subarray(at, at + boxBytes)
    at += boxBytes
    if (boxed.length < boxBytes) return undefined
    pairs.push({ isOpen, scalar, boxed })
  }
  return at === sealed.length ? { bits, pairs } : undefined
}

/** Whether the receiver will find in it what it should: the secret of the public half. */
export const isSealed = (sealing: Sealing, sealed: Uint8Array): boolean => {
  if (sealed.length > maxSealedBytes) return false
  const digest = digestOf(sealing)
  const shown = [digest, sealed].map((bytes) => Buffer.from(bytes).toString("base64url")).join()
  return verdicts.of(shown, () => areRight(sealing, digest, sealed))
}

/** Everybody in a process verifies the same, and it takes long. */
const verdicts = new Recent<boolean>()

const areRight = (sealing: Sealing, digest: Buffer, sealed: Uint8Array): boolean => {
  const parsed = parse(sealed)
  if (parsed === undefined || !isReadingHalf(sealing.receiver)) return false
  const receiver = publicKeyFrom(sealing.receiver)
  const minus = sealing.publicHalf.negate()
  const halves = parsed.pairs.map(({ isOpen, scalar }) => {
    const half = publicHalf(scalar)
    return isOpen ? half.add(minus) : half
  })
  if (halves.some((half) => half.is0())) return false
  const boxes = parsed.pairs.map((pair) =>
    pair.isOpen ? box(receiver, digest, pair.scalar) : pair.boxed
  )
  return challenge(digest, halves, boxes).equals(parsed.bits)
}

/**
 * What is sealed, for who has the receiver's secret: 32 bytes, of which `sealing.receiver` is the
 * other half. Undefined if it is not what it should be; never, if it verifies.
 */
export const open = (
  sealing: Sealing,
  secret: Uint8Array,
  sealed: Uint8Array
): bigint | undefined => {
  const parsed = parse(sealed)
  if (parsed === undefined || secret.length !== keyBytes) return undefined
  const digest = digestOf(sealing)
  const own = privateKeyFrom(secret)
  for (const pair of parsed.pairs) {
    if (pair.isOpen) continue
    const sum = unbox(own, digest, pair.boxed)
    if (sum === undefined) continue
    const found = scalars.sub(sum, pair.scalar)
    if (publicHalf(found).equals(sealing.publicHalf)) return found
  }
  return undefined
}
