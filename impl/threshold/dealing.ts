/**
 * Deals a key in shares, and reshares the key to other holders, who then hold the same key
 * (Herzberg et al., 1997; Wong, Wang, Wing, 2002; Schultz, Liskov, Liskov, 2008).
 *
 * To reshare, each holder deals its share as the secret of a polynomial of its own. Take the values
 * of these polynomials at one place, weighted by their dealers. Their sum is a share of the key at
 * that place, of a polynomial that no process knows. All receivers must use the same dealers: the
 * log decides them, and the caller passes them in.
 */
import { type G1, publicHalf, scalarFrom, scalars } from "./group.ts"
import {
  type Commitment,
  commitmentDigest,
  commitmentTo,
  placeOf,
  polynomialOf,
  publicValueAt,
  valueAt,
  weightedSum,
  weightsOf
} from "./polynomial.ts"
import { isReadingHalf, isSealed, open, type Sealing, seal } from "./sealing.ts"

/** The first dealing of a key, by a trusted dealer that then forgets the key. */
export interface FirstDealing {
  /** Public: the first element is the public key. */
  readonly commitment: Commitment
  /** Each holder's share, confidential to it. */
  readonly shares: ReadonlyMap<string, bigint>
}

/** Deals a new key. `random` is 32 bytes or more, secret and used for nothing else. */
export const dealFirst = (
  holders: ReadonlyArray<string>,
  threshold: number,
  random: Uint8Array
): FirstDealing => {
  if (new Set(holders).size < threshold)
    throw new RangeError(`${holders.length} holders cannot sign together with ${threshold} shares`)
  const polynomial = polynomialOf(scalarFrom("key", random), threshold, random)
  return {
    commitment: commitmentTo(polynomial),
    shares: new Map(holders.map((holder) => [holder, valueAt(polynomial, placeOf(holder))]))
  }
}

/** Whether this is the holder's share of the dealing. */
export const isShare = (commitment: Commitment, holder: string, share: bigint): boolean =>
  publicHalf(share).equals(publicValueAt(commitment, placeOf(holder)))

/** A receiver of a share, and its X25519 key for sealing: 32 bytes. */
export interface Receiver {
  readonly name: string
  readonly readingHalf: Uint8Array
}

/** One holder's resharing of its share; all of it is public. */
export interface Redealing {
  readonly dealer: string
  readonly commitment: Commitment
  readonly sealed: ReadonlyArray<{ readonly receiver: string; readonly sealed: Uint8Array }>
}

/** What all nodes know of a dealing in advance. */
export interface Expected {
  /** The number of the dealing: a part of one dealing is of no use in another. */
  readonly number: number
  /** The commitment to the dealing before, of which the dealers hold shares. */
  readonly before: Commitment
  /** The number of shares of the new dealing that make a signature. */
  readonly threshold: number
  readonly receivers: ReadonlyArray<Receiver>
}

/** The context in which a part is sealed. */
const sealingFor = (
  dealer: string,
  number: number,
  commitment: Commitment,
  { name, readingHalf }: Receiver
): Sealing => ({
  receiver: readingHalf,
  publicHalf: publicValueAt(commitment, placeOf(name)),
  context: JSON.stringify([number, dealer, name, commitmentDigest(commitment)])
})

/**
 * A holder reshares its share. `random` is 32 bytes or more and secret; equal bytes give equal
 * results.
 */
export const redeal = (
  dealer: string,
  share: bigint,
  { number, threshold, receivers }: Omit<Expected, "before">,
  random: Uint8Array
): Redealing => {
  const polynomial = polynomialOf(share, threshold, random)
  const commitment = commitmentTo(polynomial)
  return {
    dealer,
    commitment,
    sealed: receivers.map((receiver) => ({
      receiver: receiver.name,
      sealed: sealPart(
        dealer,
        number,
        commitment,
        receiver,
        valueAt(polynomial, placeOf(receiver.name)),
        random
      )
    }))
  }
}

/** Seals one receiver's part. */
export const sealPart = (
  dealer: string,
  number: number,
  commitment: Commitment,
  receiver: Receiver,
  part: bigint,
  random: Uint8Array
): Uint8Array => seal(sealingFor(dealer, number, commitment, receiver), part, random)

/** What is wrong with a dealing: a complaint that every node can verify. */
export type Complaint =
  | { readonly dealer: string; readonly about: "threshold" | "receivers" | "another secret" }
  | { readonly dealer: string; readonly about: "sealed"; readonly receiver: string }

/**
 * The first fault of a dealing; undefined if there is none, and then each receiver can open its
 * part. Every node computes the same result, so all exclude the dealer without relying on any
 * node's word.
 */
export const complaintOf = (redealing: Redealing, expected: Expected): Complaint | undefined => {
  const { dealer, commitment, sealed } = redealing
  const { number, before, threshold, receivers } = expected
  if (commitment.length !== threshold) return { dealer, about: "threshold" }
  if (
    sealed.length !== receivers.length ||
    new Set(sealed.map(({ receiver }) => receiver)).size < receivers.length
  )
    return { dealer, about: "receivers" }
  if (!commitment[0].equals(publicValueAt(before, placeOf(dealer))))
    return { dealer, about: "another secret" }
  for (const receiver of receivers) {
    const part = sealed.find((one) => one.receiver === receiver.name)
    if (part === undefined) return { dealer, about: "receivers" }
    if (!isSealed(sealingFor(dealer, number, commitment, receiver), part.sealed))
      return { dealer, about: "sealed", receiver: receiver.name }
  }
  return undefined
}

/** An opened part of a dealing. */
export interface Part {
  readonly dealer: string
  readonly commitment: Commitment
  readonly value: bigint
}

/**
 * Opens a receiver's part; undefined if the part is invalid, in which case `complaintOf` returns a
 * complaint.
 */
export const openPart = (
  { dealer, commitment, sealed }: Redealing,
  number: number,
  receiver: Receiver,
  secret: Uint8Array
): Part | undefined => {
  const part = sealed.find((one) => one.receiver === receiver.name)
  if (part === undefined || !isReadingHalf(receiver.readingHalf)) return undefined
  const value = open(sealingFor(dealer, number, commitment, receiver), secret, part.sealed)
  return value === undefined ? undefined : { dealer, commitment, value }
}

/**
 * The commitment to the new dealing that these dealers make. They must be the same for all
 * receivers, and at least the threshold of the previous dealing. The result is undefined if there
 * are fewer, if one occurs twice, if their thresholds differ, or if they do not make this key.
 */
export const redealtCommitment = (
  publicKey: G1,
  needed: number,
  dealers: ReadonlyArray<Omit<Part, "value">>
): Commitment | undefined => {
  const [first] = dealers
  const names = new Set(dealers.map(({ dealer }) => dealer))
  if (first === undefined || names.size < dealers.length || names.size < needed) return undefined
  if (dealers.some(({ commitment }) => commitment.length !== first.commitment.length))
    return undefined
  const commitment = weightedSum(
    dealers.map((one) => one.commitment),
    weightsOf(dealers.map(({ dealer }) => placeOf(dealer)))
  )
  return commitment[0].equals(publicKey) ? commitment : undefined
}

/** A holder's share of the new dealing, and the commitment to it. */
export interface Redealt {
  readonly commitment: Commitment
  readonly share: bigint
}

/**
 * The share that these parts make at the holder's place; undefined in the same cases as
 * `redealtCommitment`.
 */
export const redealtShare = (
  publicKey: G1,
  needed: number,
  holder: string,
  parts: ReadonlyArray<Part>
): Redealt | undefined => {
  const commitment = redealtCommitment(publicKey, needed, parts)
  if (commitment === undefined) return undefined
  const weights = weightsOf(parts.map(({ dealer }) => placeOf(dealer)))
  const share = parts.reduce(
    (sum, { value }, at) => scalars.add(sum, scalars.mul(value, weights[at] ?? 0n)),
    0n
  )
  return isShare(commitment, holder, share) ? { commitment, share } : undefined
}
