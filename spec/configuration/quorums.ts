/**
 * Quorum systems (tutorial section 8).
 *
 * A quorum system says which sets of nodes suffice. Majorities are one; weights and explicit lists of sets are
 * others, and they tolerate other failures: the tutorial's example of five nodes survives the loss of a majority of
 * them, and does not survive the loss of a certain minority.
 */
import * as Schema from "effect/Schema"
import { ServerId, type ServerSet, SetOf } from "../kernel/node.ts"

/** More than half of the members. */
export const Majority = Schema.TaggedStruct("Majority", {})
/** Members whose weights add up to more than half of all weight, or to the threshold if there is one. */
export const Weighted = Schema.TaggedStruct("Weighted", {
  weights: SetOf(
    Schema.Struct({ server: ServerId, weight: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)) })
  ),
  threshold: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0)))
})
/** Any superset of one of the listed sets. */
export const Explicit = Schema.TaggedStruct("Explicit", { quorums: SetOf(SetOf(ServerId)) })

export const QuorumSystem = Schema.Union([Majority, Weighted, Explicit])
export type QuorumSystem = typeof QuorumSystem.Type

/** The smallest number of members that is more than half of `size`. */
export const majorityOf = (size: number): number => Math.floor(size / 2) + 1

/** True when `nodes`, as far as they are members, contain a quorum of the system. */
export const containsQuorum = (system: QuorumSystem, members: ServerSet, nodes: ServerSet): boolean => {
  const present = members.filter((member) => nodes.includes(member))
  switch (system._tag) {
    case "Majority":
      return present.length >= majorityOf(members.length)
    case "Weighted":
      return weightOf(system, present) >= thresholdOf(system)
    case "Explicit":
      return system.quorums.some((quorum) => quorum.every((member) => present.includes(member)))
  }
}

/** The weight that a quorum must reach. */
export const thresholdOf = (system: typeof Weighted.Type): number =>
  system.threshold ?? majorityOf(system.weights.reduce((sum, { weight }) => sum + weight, 0))

const weightOf = (system: typeof Weighted.Type, nodes: ServerSet): number =>
  system.weights.reduce((sum, { server, weight }) => (nodes.includes(server) ? sum + weight : sum), 0)

/** The most members for which a pair of systems that are not both majorities is examined set by set. */
export const mostExaminedMembers = 20

/**
 * Two quorums, one of each system, that have no member in common; undefined if every two meet.
 *
 * Containing a quorum is monotone, so two disjoint ones exist exactly if the members can be split in two parts that
 * each contain one: every split is tried, unless both are majorities (which always meet).
 */
export const disjointQuorums = (
  first: QuorumSystem,
  second: QuorumSystem,
  members: ServerSet
): readonly [ServerSet, ServerSet] | undefined => {
  if (first._tag === "Majority" && second._tag === "Majority") return undefined
  for (let split = 0; split < 2 ** members.length; split++) {
    const part = members.filter((_, index) => Math.floor(split / 2 ** index) % 2 === 1)
    const rest = members.filter((member) => !part.includes(member))
    if (containsQuorum(first, members, part) && containsQuorum(second, members, rest)) {
      return [leastQuorum(first, members, part), leastQuorum(second, members, rest)]
    }
  }
  return undefined
}

/** A quorum within `nodes` from which no member can be spared; `nodes` must contain a quorum. */
const leastQuorum = (system: QuorumSystem, members: ServerSet, nodes: ServerSet): ServerSet =>
  nodes.reduce((kept, node) => {
    const fewer = kept.filter((member) => member !== node)
    return containsQuorum(system, members, fewer) ? fewer : kept
  }, nodes)
