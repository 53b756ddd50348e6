/**
 * The ring (protocols.md 8.2; Karger et al., "Consistent hashing and random trees"): nodes and
 * objects have identifiers on one circle, and the first nodes that follow an object keep it.
 *
 * By default a name is its own place on the circle, and places are compared as strings. A runtime
 * uses the hashes of nodes and objects as places, all with the same number of digits, so that
 * strings compare as numbers do.
 */
import { setOf } from "../kernel/data.ts"
import type { ServerId, ServerSet } from "../nodes/nodes.ts"

/** A place on the circle. */
export type Place = string

/** The number of replicas of an object, f of which may lie. */
export const replicasOf = (liars: number): number => 3 * liars + 1

/** The place of a node on the circle: its identifier. No two nodes share one. */
export type Identifier = (node: ServerId) => Place

/** A name as its own place. */
export const byName: Identifier = (node) => node

/**
 * All members in the order in which they follow a place on the circle, nearest first, each once.
 */
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
 * The replica group of the object at this place: the first members that follow it, enough to
 * tolerate the given number of liars. The group is a function of the members and the place, so a
 * node that knows the epoch knows the group without asking.
 */
export const replicaGroup = (
  members: Iterable<ServerId>,
  place: Place,
  liars: number,
  identifier: Identifier = byName
): ServerSet => setOf(clockwise(members, place, identifier).slice(0, replicasOf(liars)))
