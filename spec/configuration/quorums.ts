/**
 * Quorum systems (tutorial section 8).
 *
 * A quorum system defines which sets of nodes suffice. Majorities are one. Weights and explicit
 * lists of sets are others, and they tolerate different failures: the tutorial's example of five
 * nodes survives the loss of one majority, but not of one particular minority.
 */
import * as Schema from "effect/Schema"
import { without } from "../kernel/data.ts"
import { Count, SetOf } from "../kernel/node.ts"
import { ServerId, type ServerSet } from "../nodes/nodes.ts"

/** More than half of the members. */
export const Majority = Schema.TaggedStruct("Majority", {})
/**
 * Enough members that any two quorums share at least a third of all members: a correct node, if
 * fewer are faulty.
 */
export const Supermajority = Schema.TaggedStruct("Supermajority", {})
/**
 * Enough members that in the intersection of two quorums the correct nodes outnumber the liars, if
 * fewer than a quarter lie.
 */
export const Masking = Schema.TaggedStruct("Masking", {})
/** The maximum weight, small enough to keep all sums exact. */
export const maxWeight = 2 ** 32
/**
 * Members whose total weight is more than half of all weight, or at least the threshold if there is
 * one.
 */
export const Weighted = Schema.TaggedStruct("Weighted", {
  weights: SetOf(
    Schema.Struct({
      server: ServerId,
      weight: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: maxWeight }))
    })
  ),
  threshold: Schema.optionalKey(Count.check(Schema.isGreaterThan(0)))
})
/**
 * The maximum number of sets in an explicit list. Each is compared with each set of the other list.
 */
export const maxListed = 1024
/** The maximum total number of names in an explicit list. */
export const maxNamed = 1024
/** A superset of one of the listed sets. */
export const Explicit = Schema.TaggedStruct("Explicit", {
  quorums: SetOf(SetOf(ServerId)).check(Schema.isMaxLength(maxListed))
})

export const QuorumSystem = Schema.Union([Majority, Supermajority, Masking, Weighted, Explicit])
export type QuorumSystem = typeof QuorumSystem.Type

/** True if only the number of members matters, not their identity. */
export const countsMembers = (system: QuorumSystem): boolean => quorumSize(system, 1) !== undefined

/** The smallest number of members that is more than half of `size`. */
export const majorityOf = (size: number): number => Math.floor(size / 2) + 1

/** The smallest quorum size such that two quorums share at least a third of `size` members. */
const supermajorityOf = (size: number): number => Math.ceil((size + Math.ceil(size / 3)) / 2)

/**
 * The smallest quorum size such that two quorums share more than twice as many members as can lie.
 */
export const maskingOf = (size: number): number =>
  Math.ceil((size + 2 * Math.ceil(size / 4) - 1) / 2)

/** The quorum size of a system that counts members; undefined for other systems. */
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

/** True if the members among `nodes` contain a quorum of the system. */
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
 * The maximum number of members for which the intersection is examined set by set. Systems that
 * both count members need no examination.
 */
export const maxExaminedMembers = 20
/**
 * The same for a configuration in a message: few enough for a node to examine all configurations of
 * one message without delay.
 */
export const maxToldMembers = 14

/**
 * Two quorums, one of each system, that share fewer than `minShared` members; undefined if there
 * are none.
 *
 * If both systems count members, the sizes decide. Otherwise, since containing a quorum is
 * monotone, two such quorums exist exactly if the members can be split into two parts, each of
 * which contains a quorum once both also get the same `minShared - 1` members. The function tries
 * all splits; if a system lists its quorums, only the splits with one of them as a part. (Sets are
 * bit masks here, since a node examines the configurations it receives and must be fast.)
 */
export const tooFewShared = (
  first: QuorumSystem,
  second: QuorumSystem,
  members: ServerSet,
  minShared = 1
): readonly [ServerSet, ServerSet] | undefined => {
  const [size, otherSize] = [quorumSize(first, members.length), quorumSize(second, members.length)]
  if (size !== undefined && otherSize !== undefined) {
    const isEnough = size + otherSize - members.length >= minShared
    return isEnough
      ? undefined
      : [members.slice(0, size), members.slice(members.length - otherSize)]
  }
  if (first._tag !== "Explicit" && second._tag === "Explicit") {
    const apart = tooFewShared(second, first, members, minShared)
    return apart === undefined ? undefined : [apart[1], apart[0]]
  }
  const [isFirst, isSecond] = [quorumTest(first, members), quorumTest(second, members)]
  const all = 2 ** members.length - 1
  const listed =
    first._tag === "Explicit" ? first.quorums.map((quorum) => bitsOf(quorum, members)) : undefined
  for (const sharing of subsets(members, Math.min(minShared - 1, members.length))) {
    const shared = bitsOf(sharing, members)
    const areApart = (part: number) => isFirst(part | shared) && isSecond((all & ~part) | shared)
    const part = listed === undefined ? firstUpTo(all, areApart) : listed.find(areApart)
    if (part === undefined) continue
    const [left, right] = [ofBits(part | shared, members), ofBits((all & ~part) | shared, members)]
    return [minQuorum(first, members, left), minQuorum(second, members, right)]
  }
  return undefined
}

/** The smallest number up to `last` with this property. */
const firstUpTo = (last: number, holds: (number: number) => boolean): number | undefined => {
  for (let number = 0; number <= last; number++) if (holds(number)) return number
  return undefined
}

/** The nodes as a bit mask; the lowest bit stands for the first member. */
const bitsOf = (nodes: ServerSet, members: ServerSet): number =>
  members.reduce((bits, member, index) => (nodes.includes(member) ? bits | (1 << index) : bits), 0)

const ofBits = (bits: number, members: ServerSet): ServerSet =>
  members.filter((_, index) => (bits & (1 << index)) !== 0)

/** `containsQuorum` for bit masks. */
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

/** The sum of these numbers over a bit mask, from tables for its two halves. */
const sumOver = (numbers: ReadonlyArray<number>): ((bits: number) => number) => {
  const half = Math.ceil(numbers.length / 2)
  const [low, high] = [sumsOf(numbers.slice(0, half)), sumsOf(numbers.slice(half))]
  const mask = 2 ** half - 1
  return (bits) => (low[bits & mask] ?? 0) + (high[(bits >> half) & mask] ?? 0)
}

/** The sums of all subsets of these numbers, indexed by bit mask. */
const sumsOf = (numbers: ReadonlyArray<number>): ReadonlyArray<number> =>
  numbers.reduce<ReadonlyArray<number>>(
    (sums, number) => [...sums, ...sums.map((sum) => sum + number)],
    [0]
  )

/** All subsets of `size` members. */
export const subsets = (members: ServerSet, size: number): ReadonlyArray<ServerSet> =>
  size <= 0
    ? [[]]
    : members.flatMap((first, index) =>
        subsets(members.slice(index + 1), size - 1).map((rest) => [first, ...rest])
      )

/** A minimal quorum within `nodes`, which must contain a quorum. */
const minQuorum = (system: QuorumSystem, members: ServerSet, nodes: ServerSet): ServerSet =>
  members
    .filter((member) => nodes.includes(member))
    .reduce<ServerSet>(
      (kept, node) => {
        const fewer = kept.filter((member) => member !== node)
        return containsQuorum(system, members, fewer) ? fewer : kept
      },
      members.filter((member) => nodes.includes(member))
    )
