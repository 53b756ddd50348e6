/**
 * Whether two quorum systems intersect, by comparing every quorum of the one with every quorum of the other. It has
 * its own idea of what a quorum is, so that a mistake in `spec/configuration/quorums.ts` is not made here again.
 */
import type { QuorumSystem } from "../../../spec/configuration/quorums.ts"
import type { ServerId, ServerSet } from "../../../spec/kernel/node.ts"

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

export const areDisjoint = (left: ServerSet, right: ServerSet): boolean =>
  !left.some((member: ServerId) => right.includes(member))

/** Whether every quorum of the one system meets every quorum of the other. */
export const intersect = (first: QuorumSystem, second: QuorumSystem, members: ServerSet): boolean => {
  const subsets = subsetsOf(members)
  const firstQuorums = subsets.filter((nodes) => suffices(first, members, nodes))
  const secondQuorums = subsets.filter((nodes) => suffices(second, members, nodes))
  return firstQuorums.every((left) => secondQuorums.every((right) => !areDisjoint(left, right)))
}
