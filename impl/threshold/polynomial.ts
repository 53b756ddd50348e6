/**
 * Secrets as the values of polynomials (Shamir, 1979), and commitments to these (Feldman, 1987).
 *
 * A dealing is a polynomial of degree `threshold - 1`. Its value at zero is the shared secret; its
 * value at the place of a holder is the holder's share. The commitment has the public half of each
 * coefficient, so any process can compute the public half of every share.
 */
import {
  decodePoint,
  framed,
  type G1,
  G1 as Point,
  pointBytes,
  publicHalf,
  scalarFrom,
  scalars,
  sumOf,
  timesPublic
} from "./group.ts"

/** The maximum threshold of a dealing: 2f+1 of 3f+1 with f = 21. */
export const maxThreshold = 43

/** The coefficients, from degree zero on. */
export type Polynomial = readonly [bigint, ...ReadonlyArray<bigint>]

/** The public half of each coefficient. */
export type Commitment = readonly [G1, ...ReadonlyArray<G1>]

/**
 * The place of a holder's share on every polynomial: a function of its name, so that the holders do
 * not have to agree on numbers. It is never zero, and no two names with the same place are known.
 */
export const placeOf = (holder: string): bigint => {
  const place = scalarFrom("place of a holder", holder)
  return place === 0n ? 1n : place
}

/**
 * The polynomial with this value at zero, whose other coefficients are determined by `random`: 32
 * bytes or more, secret and used for nothing else.
 */
export const polynomialOf = (secret: bigint, threshold: number, random: Uint8Array): Polynomial => {
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > maxThreshold)
    throw new RangeError(`a threshold is 1 to ${maxThreshold}, not ${threshold}`)
  if (random.length < 32) throw new RangeError("32 random bytes are needed")
  return [
    secret,
    ...Array.from({ length: threshold - 1 }, (_, at) =>
      scalarFrom("coefficient", random, String(at + 1))
    )
  ]
}

/** The value of a polynomial. */
export const valueAt = (polynomial: Polynomial, place: bigint): bigint =>
  polynomial.reduceRight((value, coefficient) =>
    scalars.add(scalars.mul(value, place), coefficient)
  )

export const commitmentTo = ([secret, ...others]: Polynomial): Commitment => [
  publicHalf(secret),
  ...others.map(publicHalf)
]

/** The public half of the polynomial's value, from the commitment to the polynomial. */
export const publicValueAt = (commitment: Commitment, place: bigint): G1 =>
  commitment.reduceRight((value, coefficient) => timesPublic(value, place).add(coefficient))

/** The weight of each of these values in the value at zero (Lagrange). */
export const weightsOf = (places: ReadonlyArray<bigint>): ReadonlyArray<bigint> =>
  places.map((place) =>
    places
      .filter((other) => other !== place)
      .reduce(
        (weight, other) => scalars.mul(weight, scalars.div(other, scalars.sub(other, place))),
        scalars.ONE
      )
  )

/** The commitment to the weighted sum of these polynomials. */
export const weightedSum = (
  commitments: ReadonlyArray<Commitment>,
  weights: ReadonlyArray<bigint>
): Commitment => {
  const [first] = commitments
  if (first === undefined) throw new RangeError("a sum of no commitments")
  const [secret, ...others] = first.map((_, degree) =>
    sumOf(commitments.map((one, at) => timesPublic(one[degree] ?? Point.ZERO, weights[at] ?? 0n)))
  )
  return [secret ?? Point.ZERO, ...others]
}

export const areEqual = (one: Commitment, other: Commitment): boolean =>
  one.length === other.length && one.every((point, at) => point.equals(other[at] ?? Point.ZERO))

export const encodeCommitment = (commitment: Commitment): Uint8Array =>
  Buffer.concat(commitment.map((point) => point.toBytes(true)))

/** The commitment; undefined if these bytes are not one, or if its threshold exceeds the bound. */
export const decodeCommitment = (bytes: Uint8Array): Commitment | undefined => {
  const threshold = bytes.length / pointBytes
  if (!Number.isInteger(threshold) || threshold > maxThreshold) return undefined
  const points: Array<G1> = []
  for (let at = 0; at < threshold; at++) {
    const point = decodePoint(bytes.subarray(at * pointBytes, (at + 1) * pointBytes))
    if (point === undefined) return undefined
    points.push(point)
  }
  const [secret, ...others] = points
  return secret === undefined ? undefined : [secret, ...others]
}

/** A short text that identifies a commitment. */
export const commitmentDigest = (commitment: Commitment): string =>
  scalarFrom("commitment", framed(encodeCommitment(commitment))).toString(36)
