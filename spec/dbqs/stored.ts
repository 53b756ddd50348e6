/**
 * What replicas keep of objects and send (protocols.md 8.2).
 *
 *  - A public-key object: a value and its version, signed by the object's owner. Here the clients
 *    share the object, each with its own key.
 *  - Content-hash objects: data under its hash. The data is self-certifying and has only one
 *    version.
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

/** What a replica sends of one object, or null while it has nothing. */
export const Stored = Schema.NullOr(Schema.Union([...Written.members[0].members, Data]))
export type Stored = typeof Stored.Type

export const isData = (stored: Stored): stored is typeof Data.Type =>
  stored !== null && "_tag" in stored

/** The newer of two; the first if they are equally new. Data is not replaced by other data. */
export const newer = (first: Stored, second: Stored): Stored => {
  if (isData(first) || isData(second)) return first ?? second
  return withLargerTimestamp(first, second)
}

/** The stored value; null while there is none. */
export const valueIn = (stored: Stored): Value =>
  isData(stored) ? stored.value : pairOf(stored).value

export const describeStored = (stored: Stored): string =>
  isData(stored) ? `data ${String(stored.value)}` : describeWritten(stored)
