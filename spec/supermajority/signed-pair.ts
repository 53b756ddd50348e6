/**
 * Signed vt-pairs: what a storage node that lies cannot make up.
 *
 * A writer signs its pair, value and timestamp together. Everybody knows the initial pair, so
 * nobody signs it: while nothing was written there is no pair at all, and who says so says nothing
 * that a signature would have to prove.
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
 * A value with the signature of its writer, beside a timestamp that nobody signed. No correct
 * protocol believes one.
 */
export const StampedValue = Schema.Struct({ timestamp: Timestamp, signed: Signed(ClientId, Value) })
export type StampedValue = typeof StampedValue.Type

/** What storage nodes keep and tell: what was written, or null before the first write. */
export const Written = Schema.NullOr(Schema.Union([SignedPair, StampedValue]))
export type Written = typeof Written.Type

/** The vt-pair that it stands for. */
export const pairOf = (written: Written): Pair => {
  if (written === null) return initialPair
  if ("content" in written) return written.content
  return { value: written.signed.content, timestamp: written.timestamp }
}

/** Says of two pairs whether the left one is newer. */
export type IsNewer = (left: Written, right: Written) => boolean

/**
 * True when the left has the larger timestamp, or the same and the larger value. Two values under
 * one timestamp are signed by a client that lies. Everybody takes the same one for the newer, so
 * that they are two writes, one after the other, and no storage nodes differ for ever.
 */
export const isNewerPair = (left: Pair, right: Pair): boolean =>
  isLarger(left.timestamp, right.timestamp) ||
  (!isLarger(right.timestamp, left.timestamp) && isAbove(left.value, right.value))

/** The same of what was written. */
export const isNewer: IsNewer = (left, right) => isNewerPair(pairOf(left), pairOf(right))

/** Values in some order: nothing, then numbers, then texts. */
const isAbove = (left: Value, right: Value): boolean => {
  if (typeof left === typeof right) return left !== null && right !== null && left > right
  return typeof left === "string" || (typeof left === "number" && typeof right !== "string")
}

/** The newer one; the first if they are the same. */
export const newer = <W extends Written>(first: W, second: W, than: IsNewer = isNewer): W =>
  than(second, first) ? second : first

/** The writer signs its pair: value and timestamp in one. */
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

/** What it says in a few words, for people, and whether its signature is one. */
export const describeWritten = (written: Written): string => {
  if (written === null) return "nothing"
  const { signer, signature } = "content" in written ? written : written.signed
  const name = signature === forged ? `forged as ${signer}'s` : `signed by ${signer}`
  return `${describePair(pairOf(written))} ${name}`
}
