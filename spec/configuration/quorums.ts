/**
 * Quorum systems (tutorial section 8).
 *
 * A quorum system says which sets of nodes suffice. Majorities are one; weights and explicit lists
 * of sets are others, and they tolerate other failures: the tutorial's example of five nodes
 * survives the loss of a majority of them, and does not survive the loss of a certain minority.
 */
import * as Schema from "effect/Schema"
import { without } from "../kernel/data.ts"
import { Count, SetOf } from "../kernel/node.ts"
import { ServerId, type ServerSet } from "../nodes/nodes.ts"

/** More than half of the members. */
export const Majority = Schema.TaggedStruct("Majority", {})
/**
 * So many members that any two such sets share at least a third of all: a correct node, where fewer
 * are faulty.
 */
export const Supermajority = Schema.TaggedStruct("Supermajority", {})
/**
 * So many members that of what two such sets share more tell the truth than lie, where fewer than a
 * quarter lie.
 */
export const Masking = Schema.TaggedStruct("Masking", {})
/** The largest weight: sums of all weights stay exact. */
export const mostWeight = 2 ** 32
/**
 * Members whose weights add up to more than half of all weight, or to the threshold if there is
 * one.
 */
export const Weighted = Schema.TaggedStruct("Weighted", {
  weights: SetOf(
    Schema.Struct({
      server: ServerId,
      weight: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: mostWeight }))
    })
  ),
  threshold: Schema.optionalKey(Count.check(Schema.isGreaterThan(0)))
})
/** The most sets of an explicit list: each is examined beside each of another list. */
export const mostListed = 1024
/** The most names in all sets of an explicit list together. */
export const mostNamed = 1024
/** Any superset of one of the listed sets. */
export const Explicit = Schema.TaggedStruct("Explicit", {
  quorums: SetOf(SetOf(ServerId)).check(Schema.isMaxLength(mostListed))
})

export const QuorumSystem = Schema.Union([Majority, Supermajority, Masking, Weighted, Explicit])
export type QuorumSystem = typeof QuorumSystem.Type

/** True when only the number of members matters, not which they are. */
export const countsMembers = (system: QuorumSystem): boolean => quorumSize(system, 1) !== undefined

/** The smallest number of members that is more than half of `size`. */
export const majorityOf = (size: number): number => Math.floor(size / 2) + 1

/**
 * The smallest number of members such that two sets of so many share at least a third of `size`.
 */
const supermajorityOf = (size: number): number => Math.ceil((size + Math.ceil(size / 3)) / 2)

/**
 * The smallest number of members such that two sets of so many share more than twice as many as can
 * lie.
 */
export const maskingOf = (size: number): number =>
  Math.ceil((size + 2 * Math.ceil(size / 4) - 1) / 2)

/** The size of the smallest quorums among so many members, of a system that counts members. */
export const quorumSize = ({ _tag }: QuorumSystem, members: number): number | undefined => {
  switch (_tag) {
    case "Majority":
      return majorityOf(members)
    case "Supermajority":
      return supermajorityOf(members)
    case "Masking":
      return maskingOf(members)
    case "Weighted":
    case "Explicit":
      return undefined
  }
}

/** True when `nodes`, as far as they are members, contain a quorum of the system. */
export const containsQuorum = (
  system: QuorumSystem,
  members: ServerSet,
  nodes: ServerSet
): boolean => {
  const present = members.filter((member) => nodes.includes(member))
  switch (system._tag) {
    case "Majority":
      return present.length >= majorityOf(members.length)
    case "Supermajority":
      return present.length >= supermajorityOf(members.length)
    case "Masking":
      return present.length >= maskingOf(members.length)
    case "Weighted":
      return weightOf(system, present) >= thresholdOf(system)
    case "Explicit":
      return system.quorums.some((quorum) => quorum.every((member) => present.includes(member)))
  }
}

/** The weight that a quorum must reach. */
const thresholdOf = (system: typeof Weighted.Type): number =>
  system.threshold ?? majorityOf(system.weights.reduce((sum, { weight }) => sum + weight, 0))

const weightOf = (system: typeof Weighted.Type, nodes: ServerSet): number =>
  system.weights.reduce(
    (sum, { server, weight }) => (nodes.includes(server) ? sum + weight : sum),
    0
  )

/**
 * The most members for which a pair of systems that are not both majorities is examined set by set.
 */
export const mostExaminedMembers = 20
/**
 * The most of a configuration that somebody tells of: so few that a node can examine as many
 * configurations as one message may carry, and keep nobody waiting.
 */
export const mostToldMembers = 14

/**
 * Two quorums, one of each system, that share fewer than `leastShared` members; undefined if every
 * two share so many.
 *
 * Of systems that count members the sizes tell. Containing a quorum is monotone: so for all others
 * two such quorums exist exactly if the members can be split in two parts that contain one each
 * when both also get some `leastShared - 1` members more. All splits are tried; of a system that
 * lists its quorums, those that have one of them on its side. (Sets are bits of a number here: a
 * node examines what it is told of, and has to be quick.)
 */
export const tooFewShared = (
  first: QuorumSystem,
  second: QuorumSystem,
  members: ServerSet,
  leastShared = 1
): readonly [ServerSet, ServerSet] | undefined => {
  const [size, otherSize] = [quorumSize(first, members.length), quorumSize(second, members.length)]
  if (size !== undefined && otherSize !== undefined) {
    const isEnough = size + otherSize - members.length >= leastShared
    return isEnough
      ? undefined
      : [members.slice(0, size), members.slice(members.length - otherSize)]
  }
  if (first._tag !== "Explicit" && second._tag === "Explicit") {
    const apart = tooFewShared(second, first, members, leastShared)
    return apart === undefined ? undefined : [apart[1], apart[0]]
  }
  const [isFirst, isSecond] = [quorumTest(first, members), quorumTest(second, members)]
  const all = 2 ** members.length - 1
  const listed =
    first._tag === "Explicit" ? first.quorums.map((quorum) => bitsOf(quorum, members)) : undefined
  for (const sharing of subsets(members, Math.min(leastShared - 1, members.length))) {
    const shared = bitsOf(sharing, members)
    const areApart = (part: number) => isFirst(part | shared) && isSecond((all & ~part) | shared)
    const part = listed === undefined ? firstUpTo(all, areApart) : listed.find(areApart)
    if (part === undefined) continue
    const [left, right] = [ofBits(part | shared, members), ofBits((all & ~part) | shared, members)]
    return [leastQuorum(first, members, left), leastQuorum(second, members, right)]
  }
  return undefined
}

/** The least number up to this one that is so. */
const firstUpTo = (last: number, isSo: (number: number) => boolean): number | undefined => {
  for (let number = 0; number <= last; number++) if (isSo(number)) return number
  return undefined
}

/** The nodes as bits: the one of the first member is the lowest. */
const bitsOf = (nodes: ServerSet, members: ServerSet): number =>
  members.reduce((bits, member, index) => (nodes.includes(member) ? bits | (1 << index) : bits), 0)

const ofBits = (bits: number, members: ServerSet): ServerSet =>
  members.filter((_, index) => (bits & (1 << index)) !== 0)

/** `containsQuorum` for sets that are bits. */
const quorumTest = (system: QuorumSystem, members: ServerSet): ((bits: number) => boolean) => {
  const size = quorumSize(system, members.length)
  if (size !== undefined) {
    const count = sumOver(members.map(() => 1))
    return (bits) => count(bits) >= size
  }
  if (system._tag === "Weighted") {
    const weight = sumOver(members.map((member) => weightOf(system, [member])))
    const threshold = thresholdOf(system)
    return (bits) => weight(bits) >= threshold
  }
  if (system._tag === "Explicit") {
    const quorums = system.quorums
      .filter((quorum) => without(quorum, members).length === 0)
      .map((quorum) => bitsOf(quorum, members))
    return (bits) => quorums.some((quorum) => (quorum & bits) === quorum)
  }
  return (bits) => containsQuorum(system, members, ofBits(bits, members))
}

/** What these numbers add up to over a set that is bits: sums over its two halves are looked up. */
const sumOver = (numbers: ReadonlyArray<number>): ((bits: number) => number) => {
  const half = Math.ceil(numbers.length / 2)
  const [low, high] = [sumsOf(numbers.slice(0, half)), sumsOf(numbers.slice(half))]
  const mask = 2 ** half - 1
  return (bits) => (low[bits & mask] ?? 0) + (high[(bits >> half) & mask] ?? 0)
}

/** The sums over all sets of these numbers, by their bits. */
const sumsOf = (numbers: ReadonlyArray<number>): ReadonlyArray<number> =>
  numbers.reduce<ReadonlyArray<number>>(
    (sums, number) => [...sums, ...sums.map((sum) => sum + number)],
    [0]
  )

/** All sets of `size` of these members. */
export const subsets = (members: ServerSet, size: number): ReadonlyArray<ServerSet> =>
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
