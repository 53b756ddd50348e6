/**
 * What replicas keep and tell of objects (protocols.md 8.2).
 *
 *  - A public-key object: a value and its version, signed by who owns the object. Who shares the
 *    object are the clients here, each with a key of its own.
 *  - Content-hash objects: data under the hash of it. It proves itself, and there is only one
 *    version of it.
 */
import * as Schema from "effect/Schema"
import type { Value } from "../register/operation.ts"
import {
  describeWritten,
  pairOf,
  Written,
  newer as withLargerTimestamp
} from "../supermajority/signed-pair.ts"
import { Data } from "./content.ts"

/** What is told of one object, or null while there is nothing. */
export const Stored = Schema.NullOr(Schema.Union([...Written.members[0].members, Data]))
export type Stored = typeof Stored.Type

export const isData = (stored: Stored): stored is typeof Data.Type =>
  stored !== null && "_tag" in stored

/** The newer of two; the first if they are equally new. Data is not replaced by other data. */
export const newer = (first: Stored, second: Stored): Stored => {
  if (isData(first) || isData(second)) return first ?? second
  return withLargerTimestamp(first, second)
}

/** The value that is stored; null while nothing is. */
export const valueIn = (stored: Stored): Value =>
  isData(stored) ? stored.value : pairOf(stored).value

export const describeStored = (stored: Stored): string =>
  isData(stored) ? `data ${String(stored.value)}` : describeWritten(stored)
