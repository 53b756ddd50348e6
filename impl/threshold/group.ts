/**
 * The group of the keys: BLS12-381, with keys in G1 (48 bytes) and signatures in G2 (96 bytes), as
 * in Ethereum and the draft of the IRTF. @noble/curves does all arithmetic.
 *
 * Input is decoded here: a scalar below the order of the group, a point on the curve and in the
 * subgroup. Invalid input decodes to undefined.
 */
import { createHash } from "node:crypto"
import { bls12_381 } from "@noble/curves/bls12-381.js"

export const scalars = bls12_381.fields.Fr
export const G1 = bls12_381.G1.Point
export type G1 = InstanceType<typeof G1>
export const signatures = bls12_381.longSignatures
export type G2 = ReturnType<typeof signatures.hash>

/**
 * The tag of the ciphersuite with proofs of possession. The default of @noble/curves is another
 * one, with which other libraries do not verify. (Keys are not added up here, so nothing relies on
 * these proofs.)
 */
export const ciphersuite = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_"

export const scalarBytes = 32
export const pointBytes = 48
export const signatureBytes = 96

/** The sum of these points. */
export const sumOf = (points: ReadonlyArray<G1>): G1 =>
  points.reduce((sum, point) => sum.add(point), G1.ZERO)

/** Multiplies by a public scalar: faster, but in a time that depends on the scalar. */
export const timesPublic = (point: G1, scalar: bigint): G1 =>
  scalar === 0n ? G1.ZERO : point.multiplyUnsafe(scalar)

/**
 * Dealing mostly computes multiples of the generator. A larger table, made with the first of them,
 * saves two fifths of the time.
 */
G1.BASE.precompute(8)

/** The public half of a secret scalar. */
export const publicHalf = (secret: bigint): G1 =>
  secret === 0n ? G1.ZERO : G1.BASE.multiply(secret)

/** The public half of a scalar that everybody may know, in half the time. */
export const publicHalfOfPublic = (scalar: bigint): G1 => timesPublic(G1.BASE, scalar)

export const encodeScalar = (scalar: bigint): Uint8Array => scalars.toBytes(scalar)

export const decodeScalar = (bytes: Uint8Array): bigint | undefined =>
  attempt(() => scalars.fromBytes(bytes))

/** A point of G1 other than infinity. */
export const decodePoint = (bytes: Uint8Array): G1 | undefined =>
  bytes.length === pointBytes
    ? attempt(() => {
        const point = G1.fromBytes(bytes)
        return point.is0() ? undefined : point
      })
    : undefined

/** A point of G2 other than infinity. */
export const decodeSignature = (bytes: Uint8Array): G2 | undefined =>
  bytes.length === signatureBytes
    ? attempt(() => {
        const point = signatures.Signature.fromBytes(bytes)
        return point.is0() ? undefined : point
      })
    : undefined

/**
 * A scalar determined by these parts: a hash of 512 bits, so that all scalars are equally likely.
 */
export const scalarFrom = (
  purpose: string,
  ...parts: ReadonlyArray<Uint8Array | string>
): bigint => {
  const wide = [0, 1].map((half) => {
    const hash = createHash("sha256").update(`quorate ${purpose} ${half}`)
    for (const part of parts) hash.update(framed(part))
    return hash.digest("hex")
  })
  return scalars.create(BigInt(`0x${wide.join("")}`))
}

/**
 * A part of the hashed input, with its length, so that no two lists of parts have the same hash
 * input.
 */
export const framed = (part: Uint8Array | string): Buffer => {
  const bytes = Buffer.from(part)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** The library's decoders throw; the error says only that the input is invalid. */
const attempt = <A>(decode: () => A): A | undefined => {
  try {
    return decode()
  } catch {
    return undefined
  }
}
