/**
 * The floor: a timestamp below which storage nodes may have forgotten removed registers. (Not in
 * the tutorial, which removes nothing.)
 *
 * A removed register has the initial value, with the timestamp of its removal. That timestamp
 * distinguishes the Set of an older value that is still in flight from the Set of a new one. One
 * floor for all registers takes the place of these timestamps. It belongs to a configuration, so a
 * client that knows the configuration knows the floor. `registers/reclaiming.ts` has the order of
 * events, and the argument.
 *
 * Readers and writers act on the floor as follows:
 *
 * - A write chooses a timestamp above the floor, as if every node that holds nothing had forgotten
 *   a removal.
 * - A Set carries the floor that the client knew **before** its Get phase. (So the storage node
 *   knows that the client chose the pair after all members had the removals.)
 * - So a Get phase that learns of a higher floor restarts, and so does a read in its Set phase. A
 *   read may restart: it has not yet had an effect that another operation could not have. A write
 *   must not: a second timestamp would make it a second write.
 */
import type { Configuration, Floor } from "../configuration/configuration.ts"
import { initialPair, isLarger, type Timestamp } from "../register/pair.ts"
import { type ConfigurationMap, latest } from "./configuration-map.ts"

/** No floor: all timestamps of writes are above it. */
export const ground: Timestamp = initialPair.timestamp

/** The floor that a client with this cmap knows. Floors only rise along the sequence. */
export const floorOf = (map: ConfigurationMap): Timestamp => latest(map).floor ?? ground

/** The highest floor of these configurations. */
export const highest = (configurations: ReadonlyArray<Configuration>): Timestamp =>
  configurations.reduce((floor, one) => higher(floor, one.floor ?? ground), ground)

/** The higher of two floors, or of a floor and a timestamp. */
export const higher = <One extends Timestamp, Other extends Timestamp>(
  one: One,
  other: Other
): One | Other => (isLarger(other, one) ? other : one)

/** The floor of this cmap as an optional field, left out if there is none. */
export const floorField = (map: ConfigurationMap): { readonly floor?: Floor } => {
  const { floor } = latest(map)
  return floor === undefined ? {} : { floor }
}
