/**
 * The ring (protocols.md 8.2; Karger et al., "Consistent hashing and random trees"): nodes and
 * objects have identifiers on one circle, and an object is kept by the first nodes that follow it.
 *
 * Here a name is its own place on the circle, and names are compared as texts. A runtime names
 * nodes by identifiers that the membership service assigns, and objects by their hashes: all in the
 * same number of digits, so that texts compare as numbers do.
 */
import { setOf } from "../kernel/data.ts"
import type { ServerId, ServerSet } from "../nodes/nodes.ts"

/** A place on the circle. */
export type Place = string

/** How many replicas an object has where so many of them may lie. */
export const replicasOf = (liars: number): number => 3 * liars + 1

/** The members that follow a place on the circle, the nearest first; all of them, each once. */
export const clockwise = (members: Iterable<ServerId>, place: Place): ReadonlyArray<ServerId> => {
  const around = [...setOf(members)].sort((left, right) => (left < right ? -1 : 1))
  const first = around.findIndex((member) => member >= place)
  return first <= 0 ? around : [...around.slice(first), ...around.slice(0, first)]
}

/**
 * The replica group of the object at this place: the first members that follow it, as many as
 * tolerate so many liars. A function of the members and the place, so whoever knows the epoch knows
 * the group, and nobody has to be asked for it.
 */
export const replicaGroup = (members: Iterable<ServerId>, place: Place, liars: number): ServerSet =>
  setOf(clockwise(members, place).slice(0, replicasOf(liars)))
