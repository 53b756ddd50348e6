/**
 * Seals a share for its holder. Every node can verify the contents, but only the holder can read
 * them (Stadler, 1996; Camenisch and Damgård, 2000).
 *
 * The sealed share is a scalar with a public half that every node knows. The dealer makes 128 pairs
 * of random scalars `r` and `z = r + secret`, and encrypts each `z`. A hash of all of it decides
 * for each pair which half to reveal. If it is `z`, a verifier encrypts `z` again and compares the
 * ciphertexts. If it is `r`, the ciphertext stays closed, and the holder, who can open it, computes
 * `z - r`. Neither half reveals anything about the secret. A cheating dealer must predict the hash:
 * for the holder to find nothing, each closed ciphertext must be wrong and each revealed one right,
 * which one guess in 2^128 achieves.
 *
 * So no node has to complain about a dealer: a process that orders dealings excludes those that do
 * not verify, and all such processes exclude the same ones.
 *
 * Encryption is X25519 and ChaCha20-Poly1305 of `node:crypto`. The sender's key pair is a function
 * of the encrypted scalar, which is secret. So a process to which the scalar is revealed can make
 * the pair again, and no other process can.
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
  publicHalfOfPublic,
  scalarBytes,
  scalarFrom,
  scalars
} from "./group.ts"
import { Recent } from "./recent.ts"

/** The number of pairs: a dealer cheats with a probability of two to the minus this. */
export const rounds = 128

const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16
const boxBytes = keyBytes + scalarBytes + tagBytes
const challengeBytes = rounds / 8

/** The maximum number of bytes of a sealed share. */
export const maxSealedBytes = challengeBytes + rounds * (scalarBytes + boxBytes)

/** What is sealed, for which receiver, and in which context; all of it is public. */
export interface Sealing {
  /** The receiver's X25519 key, 32 bytes. */
  readonly receiver: Uint8Array
  /** The public half of the sealed secret. */
  readonly publicHalf: G1
  /** The dealer, the receiver and the dealing: the seal opens in this context only. */
  readonly context: string
}

/** The prefixes of a raw X25519 key in PKCS #8 and in SPKI (RFC 8410). */
const pkcs8 = Buffer.from("302e020100300506032b656e04220420", "hex")
const spki = Buffer.from("302a300506032b656e032100", "hex")

const privateKeyFrom = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: "der", type: "pkcs8" })
const publicKeyFrom = (raw: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([spki, raw]), format: "der", type: "spki" })
const rawPublicKey = (key: KeyObject): Buffer =>
  createPublicKey(key).export({ format: "der", type: "spki" }).subarray(spki.length)

/** The public half of a key to read with; both have 32 bytes. */
export const readingHalf = (secret: Uint8Array): Uint8Array => rawPublicKey(privateKeyFrom(secret))

/**
 * Whether sealing with this X25519 key keeps a secret; any other key gives a shared secret that
 * every node can compute.
 */
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

/** The digest of all public data of a sealing. */
const digestOf = ({ receiver, publicHalf, context }: Sealing): Buffer =>
  createHash("sha256")
    .update("quorate sealing")
    .update(framed(receiver))
    .update(framed(publicHalf.toBytes(true)))
    .update(framed(context))
    .digest()

/** Encrypts a scalar that cannot be guessed; the result is the same each time. */
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

/** The key and nonce that both ends derive; they belong to one sender, and so to one box. */
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

/** For each pair, whether the hash of all pairs reveals `z`. */
const challenge = (
  digest: Buffer,
  halves: ReadonlyArray<G1>,
  boxes: ReadonlyArray<Uint8Array>
): Buffer => {
  const hash = createHash("sha256").update("quorate challenge").update(digest)
  for (const half of normalizeZ(Point, [...halves])) {
    // The library's encoding tests whether a point is in the subgroup, which takes longer than
    // making the point. These points are multiples of the generator, so their coordinates and sign
    // suffice.
    const { x, y } = half.toAffine()
    hash.update(`${x.toString(16)} ${y & 1n} `)
  }
  for (const boxed of boxes) hash.update(boxed)
  return hash.digest().subarray(0, challengeBytes)
}

const isShown = (bits: Uint8Array, round: number): boolean =>
  (((bits[round >> 3] ?? 0) >> (round & 7)) & 1) === 1

/**
 * Seals a scalar. `random` is 32 bytes or more and secret; equal bytes give equal results. Throws
 * if the receiver's key is invalid (`isReadingHalf`).
 */
export const seal = (sealing: Sealing, secret: bigint, random: Uint8Array): Uint8Array => {
  if (random.length < 32) throw new RangeError("32 random bytes are needed")
  if (!isReadingHalf(sealing.receiver))
    throw new RangeError("the receiver's key is not an X25519 key")
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

/** A revealed pair: `z`, or `r` with the box that stays closed. */
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

/** Whether the receiver will find the right contents: the secret with this public half. */
export const isSealed = (sealing: Sealing, sealed: Uint8Array): boolean => {
  if (sealed.length > maxSealedBytes) return false
  const digest = digestOf(sealing)
  const shown = [digest, sealed].map((bytes) => Buffer.from(bytes).toString("base64url")).join()
  return verdicts.of(shown, () => areRight(sealing, digest, sealed))
}

/** All nodes in a process verify the same seals, and verifying takes long. */
const verdicts = new Recent<boolean>()

const areRight = (sealing: Sealing, digest: Buffer, sealed: Uint8Array): boolean => {
  const parsed = parse(sealed)
  if (parsed === undefined || !isReadingHalf(sealing.receiver)) return false
  const receiver = publicKeyFrom(sealing.receiver)
  const minus = sealing.publicHalf.negate()
  const halves = parsed.pairs.map(({ isOpen, scalar }) => {
    const half = publicHalfOfPublic(scalar)
    return isOpen ? half.add(minus) : half
  })
  if (halves.some((half) => half.is0())) return false
  const boxes = parsed.pairs.map((pair) =>
    pair.isOpen ? box(receiver, digest, pair.scalar) : pair.boxed
  )
  return challenge(digest, halves, boxes).equals(parsed.bits)
}

/**
 * Opens the seal with the receiver's secret: 32 bytes, of which `sealing.receiver` is the other
 * half. The result is undefined if the contents are wrong, which cannot happen if the seal
 * verifies.
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
