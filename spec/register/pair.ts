/**
 * Timestamps and vt-pairs (tutorial 2.3): a value with the timestamp of its write.
 *
 * "A timestamp consists of a pair with a number and a client-id, ordered lexicographically"; the
 * client's identity makes timestamps unique.
 */
import * as Schema from "effect/Schema"
import { Count } from "../kernel/node.ts"
import { ClientId } from "../nodes/nodes.ts"
import { describeValue, Value } from "./operation.ts"

/**
 * The number 0 is the initial timestamp, which has no client. (A timestamp without a client is not
 * always the initial one: a mutant omits the client from every timestamp.)
 */
export const Timestamp = Schema.Struct({ number: Count, client: Schema.NullOr(ClientId) }).check(
  Schema.makeFilter(({ number, client }) => number > 0 || client === null, {
    expected: "no client where the number is 0"
  })
)
export type Timestamp = typeof Timestamp.Type

export const Pair = Schema.Struct({ value: Value, timestamp: Timestamp })
export type Pair = typeof Pair.Type

/** The pair of every storage node before the first write. */
export const initialPair: Pair = { value: null, timestamp: { number: 0, client: null } }

/** True if the left timestamp is strictly larger: by number, then by client. */
export const isLarger = (left: Timestamp, right: Timestamp): boolean =>
  left.number !== right.number
    ? left.number > right.number
    : (left.client ?? "") > (right.client ?? "")

/** The pair with the larger timestamp; the first if they are equal. */
export const larger = (first: Pair, second: Pair): Pair =>
  isLarger(second.timestamp, first.timestamp) ? second : first

/** `1@2.c1`: value 1 with timestamp (2, c1). */
export const describePair = ({ value, timestamp }: Pair): string =>
  `${describeValue(value)}@${describeTimestamp(timestamp)}`

/** `2.c1`: the timestamp (2, c1). */
export const describeTimestamp = ({ number, client }: Timestamp): string =>
  client === null ? `${number}` : `${number}.${client}`
