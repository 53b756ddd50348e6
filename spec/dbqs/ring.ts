/**
 * The ring (protocols.md 8.2; Karger et al., "Consistent hashing and random trees"): nodes and
 * objects have identifiers on one circle, and an object is kept by the first nodes that follow it.
 *
 * Where nothing is said, a name is its own place on the circle, and places are compared as texts. A
 * runtime places nodes and objects by their hashes: all in the same number of digits, so that texts
 * compare as numbers do.
 */
import { setOf } from "../kernel/data.ts"
import type { ServerId, ServerSet } from "../nodes/nodes.ts"

/** A place on the circle. */
export type Place = string

/** How many replicas an object has where so many of them may lie. */
export const replicasOf = (liars: number): number => 3 * liars + 1

/** Where a node is on the circle: its identifier. No two nodes have the same. */
export type Identifier = (node: ServerId) => Place

/** A name as its own place. */
export const byName: Identifier = (node) => node

/** The members that follow a place on the circle, the nearest first; all of them, each once. */
export const clockwise = (
  members: Iterable<ServerId>,
  place: Place,
  identifier: Identifier = byName
): ReadonlyArray<ServerId> => {
  const around = [...setOf(members)].sort((left, right) =>
    identifier(left) < identifier(right) ? -1 : 1
  )
  const first = around.findIndex((member) => identifier(member) >= place)
  return first <= 0 ? around : [...around.slice(first), ...around.slice(0, first)]
}

/**
 * The replica group of the object at this place: the first members that follow it, as many as
 * tolerate so many liars. A function of the members and the place, so whoever knows the epoch knows
 * the group, and nobody has to be asked for it.
 */
export const replicaGroup = (
  members: Iterable<ServerId>,
  place: Place,
  liars: number,
  identifier: Identifier = byName
): ServerSet => setOf(clockwise(members, place, identifier).slice(0, replicasOf(liars)))
