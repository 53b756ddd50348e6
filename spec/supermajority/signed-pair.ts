/**
 * Signed vt-pairs, which a lying storage node cannot make up.
 *
 * A writer signs the value and the timestamp of its pair together. Every node knows the initial
 * pair, so it is not signed: before the first write there is no pair at all, and the answer
 * "nothing was written" needs no proof.
 */
import * as Schema from "effect/Schema"
import { type Cryptography, forged, Signed, type SigningKey } from "../kernel/cryptography.ts"
import { ClientId } from "../nodes/nodes.ts"
import { Value } from "../register/operation.ts"
import { describePair, initialPair, isLarger, Pair, Timestamp } from "../register/pair.ts"

/** A vt-pair with the signature of its writer. */
export const SignedPair = Signed(ClientId, Pair)
export type SignedPair = typeof SignedPair.Type

/**
 * A value with the signature of its writer, next to an unsigned timestamp. No correct protocol
 * believes one.
 */
export const StampedValue = Schema.Struct({ timestamp: Timestamp, signed: Signed(ClientId, Value) })
export type StampedValue = typeof StampedValue.Type

/** What storage nodes keep and send: the written pair, or null before the first write. */
export const Written = Schema.NullOr(Schema.Union([SignedPair, StampedValue]))
export type Written = typeof Written.Type

/** The vt-pair that it represents. */
export const pairOf = (written: Written): Pair => {
  if (written === null) return initialPair
  if ("content" in written) return written.content
  return { value: written.signed.content, timestamp: written.timestamp }
}

/** Whether the left of two pairs is newer. */
export type IsNewer = (left: Written, right: Written) => boolean

/**
 * True when the left pair has the larger timestamp, or the same timestamp and the larger value.
 * Only a lying client signs two values under one timestamp. Every node considers the same one
 * newer, so they count as two writes, one after the other, and storage nodes do not differ forever.
 */
export const isNewerPair = (left: Pair, right: Pair): boolean =>
  isLarger(left.timestamp, right.timestamp) ||
  (!isLarger(right.timestamp, left.timestamp) && isAbove(left.value, right.value))

/** The same for what storage nodes keep. */
export const isNewer: IsNewer = (left, right) => isNewerPair(pairOf(left), pairOf(right))

/** An order of values: null, then numbers, then strings. */
const isAbove = (left: Value, right: Value): boolean => {
  if (typeof left === typeof right) return left !== null && right !== null && left > right
  return typeof left === "string" || (typeof left === "number" && typeof right !== "string")
}

/** The newer of the two; the first if they are the same. */
export const newer = <W extends Written>(first: W, second: W, than: IsNewer = isNewer): W =>
  than(second, first) ? second : first

/** The writer signs its pair: value and timestamp together. */
export const sign = (cryptography: Cryptography, key: SigningKey<ClientId>, pair: Pair): Written =>
  cryptography.sign(key, pair)

/**
 * True when nothing was written, or when the client that the timestamp names has signed the pair.
 */
export const isGenuine = (cryptography: Cryptography, written: Written): boolean =>
  written === null ||
  ("content" in written &&
    written.signer === written.content.timestamp.client &&
    cryptography.verifies(written))

/** A short description, for people, which shows whether the signature is valid. */
export const describeWritten = (written: Written): string => {
  if (written === null) return "nothing"
  const { signer, signature } = "content" in written ? written : written.signed
  const name = signature === forged ? `forged as ${signer}'s` : `signed by ${signer}`
  return `${describePair(pairOf(written))} ${name}`
}
