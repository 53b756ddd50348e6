/**
 * Timestamps and vt-pairs (tutorial 2.3): a value together with a timestamp that says how fresh it is.
 *
 * "A timestamp consists of a pair with a number and a client-id, ordered lexicographically"; the client's identity is
 * there to make timestamps unique.
 */
import * as Schema from "effect/Schema"
import { ClientId } from "../nodes/nodes.ts"
import { describeValue, Value } from "./operation.ts"

export const Timestamp = Schema.Struct({ number: Schema.Int, client: Schema.NullOr(ClientId) })
export type Timestamp = typeof Timestamp.Type

export const Pair = Schema.Struct({ value: Value, timestamp: Timestamp })
export type Pair = typeof Pair.Type

/** What every storage node holds before the first write. */
export const initialPair: Pair = { value: null, timestamp: { number: 0, client: null } }

/** True when the left timestamp is strictly larger: by number, then by client. */
export const isLarger = (left: Timestamp, right: Timestamp): boolean =>
  left.number !== right.number ? left.number > right.number : (left.client ?? "") > (right.client ?? "")

/** The pair with the larger timestamp; the first if they are equal. */
export const larger = (first: Pair, second: Pair): Pair =>
  isLarger(second.timestamp, first.timestamp) ? second : first

/** `1@2.c1`: value 1 with timestamp (2, c1). */
export const describePair = ({ value, timestamp }: Pair): string =>
  `${describeValue(value)}@${timestamp.number}${timestamp.client === null ? "" : `.${timestamp.client}`}`
