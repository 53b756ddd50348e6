/**
 * Quorum systems (tutorial section 8).
 *
 * A quorum system says which sets of nodes suffice. Majorities are one; weights and explicit lists of sets are
 * others, and they tolerate other failures: the tutorial's example of five nodes survives the loss of a majority of
 * them, and does not survive the loss of a certain minority.
 */
import * as Schema from "effect/Schema"
import { SetOf } from "../kernel/node.ts"
import { ServerId, type ServerSet } from "../nodes/nodes.ts"

/** More than half of the members. */
export const Majority = Schema.TaggedStruct("Majority", {})
/** So many members that any two such sets share at least a third of all: a correct node, where fewer are faulty. */
export const Supermajority = Schema.TaggedStruct("Supermajority", {})
/** Members whose weights add up to more than half of all weight, or to the threshold if there is one. */
export const Weighted = Schema.TaggedStruct("Weighted", {
  weights: SetOf(
    Schema.Struct({ server: ServerId, weight: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)) })
  ),
  threshold: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0)))
})
/** Any superset of one of the listed sets. */
export const Explicit = Schema.TaggedStruct("Explicit", { quorums: SetOf(SetOf(ServerId)) })

export const QuorumSystem = Schema.Union([Majority, Supermajority, Weighted, Explicit])
export type QuorumSystem = typeof QuorumSystem.Type

/** True when only the number of members matters, not which they are. */
export const countsMembers = ({ _tag }: QuorumSystem): boolean =>
  _tag === "Majority" || _tag === "Supermajority"

/** The smallest number of members that is more than half of `size`. */
export const majorityOf = (size: number): number => Math.floor(size / 2) + 1

/** The smallest number of members such that two sets of so many share at least a third of `size`. */
export const supermajorityOf = (size: number): number => Math.ceil((size + Math.ceil(size / 3)) / 2)

/** True when `nodes`, as far as they are members, contain a quorum of the system. */
export const containsQuorum = (system: QuorumSystem, members: ServerSet, nodes: ServerSet): boolean => {
  const present = members.filter((member) => nodes.includes(member))
  switch (system._tag) {
    case "Majority":
      return present.length >= majorityOf(members.length)
    case "Supermajority":
      return present.length >= supermajorityOf(members.length)
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
 * Two quorums, one of each system, that share fewer than `leastShared` members; undefined if every two share so many.
 *
 * Of systems that count members the sizes tell. Containing a quorum is monotone: so for all others two such quorums exist
 * exactly if the members can be split in two parts that contain one each when both also get some `leastShared - 1` members
 * more. All of them are tried.
 */
export const tooFewShared = (
  first: QuorumSystem,
  second: QuorumSystem,
  members: ServerSet,
  leastShared = 1
): readonly [ServerSet, ServerSet] | undefined => {
  const [size, otherSize] = [sizeOf(first, members.length), sizeOf(second, members.length)]
  if (size !== undefined && otherSize !== undefined) {
    const isEnough = size + otherSize - members.length >= leastShared
    return isEnough ? undefined : [members.slice(0, size), members.slice(members.length - otherSize)]
  }
  for (const shared of subsets(members, Math.min(leastShared - 1, members.length))) {
    for (let split = 0; split < 2 ** members.length; split++) {
      const part = members.filter((_, index) => Math.floor(split / 2 ** index) % 2 === 1)
      const rest = members.filter((member) => !part.includes(member))
      const [left, right] = [
        [...part, ...shared],
        [...rest, ...shared]
      ]
      if (containsQuorum(first, members, left) && containsQuorum(second, members, right))
        return [leastQuorum(first, members, left), leastQuorum(second, members, right)]
    }
  }
  return undefined
}

/** The size of the smallest quorums of a system that counts members. */
const sizeOf = ({ _tag }: QuorumSystem, members: number): number | undefined =>
  _tag === "Majority" ? majorityOf(members) : _tag === "Supermajority" ? supermajorityOf(members) : undefined

/** All sets of `size` of these members. */
const subsets = (members: ServerSet, size: number): ReadonlyArray<ServerSet> =>
  size <= 0
    ? [[]]
    : members.flatMap((first, index) =>
        subsets(members.slice(index + 1), size - 1).map((rest) => [first, ...rest])
      )

/** A quorum within `nodes` from which no member can be spared; `nodes` must contain a quorum. */
const leastQuorum = (system: QuorumSystem, members: ServerSet, nodes: ServerSet): ServerSet =>
  members
    .filter((member) => nodes.includes(member))
    .reduce<ServerSet>(
      (kept, node) => {
        const fewer = kept.filter((member) => member !== node)
        return containsQuorum(system, members, fewer) ? fewer : kept
      },
      members.filter((member) => nodes.includes(member))
    )
