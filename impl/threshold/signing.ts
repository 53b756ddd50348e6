/**
 * Signatures of a key that several nodes hold in shares (Boldyreva, 2003).
 *
 * A partial signature is a plain signature made with a share. The partial signatures of any
 * holders, as many as the threshold, combine to the signature that the key itself would have made.
 * That signature is a function of key and content and takes no randomness, and late partial
 * signatures combine as well.
 */
import {
  ciphersuite,
  decodeSignature,
  encodeScalar,
  type G1,
  type G2,
  signatures
} from "./group.ts"
import { type Commitment, publicValueAt, weightsOf } from "./polynomial.ts"

/**
 * The point that represents a content. (Computing it takes a third of the time of signing: keep
 * it.)
 */
export const hashToPoint = (content: Uint8Array | string): G2 =>
  signatures.hash(Buffer.from(content), ciphersuite)

/** Signs with a key, or with a share: 96 bytes. */
export const signWith = (secret: bigint, point: G2): Uint8Array => {
  const bytes = encodeScalar(secret)
  const signature = signatures.sign(point, bytes).toBytes(true)
  bytes.fill(0)
  return signature
}

/** Whether the secret with this public half made this signature. */
export const verifies = (publicHalf: G1, point: G2, signature: Uint8Array): boolean => {
  const decoded = decodeSignature(signature)
  return decoded !== undefined && !publicHalf.is0() && signatures.verify(decoded, point, publicHalf)
}

/** Whether the share at this place, of the dealing with this commitment, made this signature. */
export const verifiesPartial = (
  commitment: Commitment,
  place: bigint,
  point: G2,
  signature: Uint8Array
): boolean => verifies(publicValueAt(commitment, place), point, signature)

/** A partial signature, and the place of the share that made it. */
export interface PlacedSignature {
  readonly place: bigint
  readonly signature: Uint8Array
}

/**
 * The signature that these combine to; undefined if they are fewer than the threshold, if two have
 * the same place, or if one is not a point. It is the key's signature if each was made with its
 * share; a caller that does not know that verifies it with the public key.
 */
export const combine = (
  threshold: number,
  partials: ReadonlyArray<PlacedSignature>
): Uint8Array | undefined => {
  const used = partials.slice(0, threshold)
  const places = used.map(({ place }) => place)
  if (used.length < Math.max(1, threshold) || new Set(places).size < places.length) return undefined
  const weights = weightsOf(places)
  const points: Array<G2> = []
  for (const [at, { signature }] of used.entries()) {
    const point = decodeSignature(signature)
    const weight = weights[at]
    if (point === undefined || weight === undefined) return undefined
    points.push(point.multiplyUnsafe(weight))
  }
  return points.reduce((sum, point) => sum.add(point)).toBytes(true)
}
