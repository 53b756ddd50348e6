/**
 * Whether two quorum systems intersect, by comparing every quorum of the one with every quorum of
 * the other. It has its own idea of what a quorum is, so that a mistake in
 * `spec/configuration/quorums.ts` is not repeated here.
 */
import type { QuorumSystem } from "../../../spec/configuration/quorums.ts"
import type { ServerSet } from "../../../spec/nodes/nodes.ts"

export const subsetsOf = (members: ServerSet): ReadonlyArray<ServerSet> =>
  members.reduce<ReadonlyArray<ServerSet>>(
    (subsets, member) => [...subsets, ...subsets.map((subset) => [...subset, member])],
    [[]]
  )

/** Whether these nodes suffice, by the words of the definitions. */
export const suffices = (system: QuorumSystem, members: ServerSet, nodes: ServerSet): boolean => {
  const absent = members.filter((member) => !nodes.includes(member))
  switch (system._tag) {
    case "Majority":
      return members.length - absent.length > absent.length
    case "Supermajority": {
      // Any two sets of this size share at least this many: what both of them leave out is out of
      // the rest.
      const shared = members.length - 2 * absent.length
      return 3 * shared >= members.length
    }
    case "Masking": {
      // What any two sets of this size share: with at most f liars, fewer than a quarter, still
      // more than f tell the truth.
      const shared = members.length - 2 * absent.length
      const liars = Math.max(
        ...members.map((_, index) => index).filter((few) => 4 * few < members.length)
      )
      return shared - liars > liars
    }
    case "Weighted": {
      const weight = (of: ServerSet) =>
        of
          .flatMap((id) => system.weights.filter(({ server }) => server === id))
          .reduce((sum, one) => sum + one.weight, 0)
      return system.threshold === undefined
        ? weight(nodes) > weight(absent)
        : weight(nodes) >= system.threshold
    }
    case "Explicit":
      return system.quorums.some((quorum) => !quorum.some((member) => absent.includes(member)))
  }
}

/** How many nodes are in both. */
export const shared = (left: ServerSet, right: ServerSet): number =>
  left.filter((member) => right.includes(member)).length

/**
 * Whether every quorum of the one system shares this many members with every quorum of the other.
 */
export const intersect = (
  first: QuorumSystem,
  second: QuorumSystem,
  members: ServerSet,
  minShared = 1
): boolean => {
  const subsets = subsetsOf(members)
  const firstQuorums = subsets.filter((nodes) => suffices(first, members, nodes))
  const secondQuorums = subsets.filter((nodes) => suffices(second, members, nodes))
  return firstQuorums.every((left) =>
    secondQuorums.every((right) => shared(left, right) >= minShared)
  )
}
