/**
 * Configurations (tutorial section 3): the set of storage nodes that comprise the system, and the
 * quorums that suffice to read and to write.
 *
 * Majority replication requires only that every read quorum intersects every write quorum. A
 * configuration that violates this is rejected when it is built and when it is decoded.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { setOf, union, without, writtenBytes } from "../kernel/data.ts"
import { maxCounted } from "../kernel/node.ts"
import { ClientId, Members, maxMembers, type ServerId, ServerSet } from "../nodes/nodes.ts"
import {
  containsQuorum,
  countsMembers,
  maxExaminedMembers,
  maxListed,
  maxNamed,
  maxToldMembers,
  maxWeight,
  QuorumSystem,
  subsets,
  tooFewShared
} from "./quorums.ts"
import { crashFaults, type ToleratedFaults } from "./tolerated-faults.ts"

/**
 * The maximum size of a configuration as JSON, in bytes: enough for the maximum number of members.
 * A message that carries a value and the maximum number of active configurations has room for this
 * much of each.
 */
export const maxConfigurationBytes = 28 * 2 ** 10

/** The maximum number of a floor: half of all numbers stay for the writes above it. */
export const maxFloor = Math.floor(maxCounted / 2)

/**
 * The floor of a configuration whose members may forget removed registers: the data that they may
 * forget has smaller timestamps, and later writes have larger ones (`rambo/floor.ts`). It is a
 * timestamp: a number, made unique by the client that raised the floor.
 */
export const Floor = Schema.Struct({
  number: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: maxFloor })),
  client: ClientId
})
export type Floor = typeof Floor.Type

/**
 * At least one member, and the quorums for reading (Get phases) and writing (Set phases).
 *
 * The Schema requires read and write quorums to intersect. A node accepts configurations from any
 * sender; if their quorums did not intersect, it would acknowledge writes that no read finds.
 */
export const Configuration = Schema.Struct({
  members: Members.check(Schema.isMinLength(1)),
  read: QuorumSystem,
  write: QuorumSystem,
  floor: Schema.optionalKey(Floor)
}).check(
  Schema.makeFilter(
    (configuration) => refusalOf(configuration, crashFaults, maxToldMembers)?.message
  )
)
export type Configuration = typeof Configuration.Type

/** The fields of a configuration that its quorums depend on. */
interface Parts {
  readonly members: ServerSet
  readonly read: QuorumSystem
  readonly write: QuorumSystem
}

/** The two kinds of access to a configuration, each with its own quorum system. */
export type Access = "read" | "write"

/** A configuration was rejected: two of its quorums share too few members. */
export class QuorumsDoNotIntersect extends Schema.TaggedError<QuorumsDoNotIntersect>()(
  "QuorumsDoNotIntersect",
  {
    readQuorum: ServerSet,
    writeQuorum: ServerSet,
    /** The minimum number of members they must share. */
    minShared: Schema.Int
  }
) {
  override get message(): string {
    const quorums = `read quorum ${listed(this.readQuorum)} and write quorum ${listed(this.writeQuorum)}`
    return this.minShared === 1
      ? `${quorums} have no member in common: a read could miss a completed write`
      : `${quorums} share fewer than ${this.minShared} members: all that they share could be faulty`
  }
}

/** A configuration was rejected: it is malformed, or too large to examine. */
export class ConfigurationIllFormed extends Schema.TaggedError<ConfigurationIllFormed>()(
  "ConfigurationIllFormed",
  {
    reason: Schema.String
  }
) {
  override get message(): string {
    return this.reason
  }
}

export type ConfigurationRefused = QuorumsDoNotIntersect | ConfigurationIllFormed

/** The configuration of these members with majority quorums. */
export const majority = (members: Iterable<ServerId>): Configuration => ({
  members: setOf(members),
  read: { _tag: "Majority" },
  write: { _tag: "Majority" }
})

/** The configuration of these members with the quorums that a fault model requires. */
export const tolerating = (
  { quorums }: ToleratedFaults,
  members: Iterable<ServerId>
): Configuration => ({
  members: setOf(members),
  read: quorums,
  write: quorums
})

/**
 * The successor of a configuration with other members. It keeps the floor, and quorums that count
 * members. Quorums that name members may name removed ones, so majorities replace them.
 */
export const withMembers = (
  { read, write, floor }: Configuration,
  members: Iterable<ServerId>
): Configuration => ({
  ...(countsMembers(read) && countsMembers(write)
    ? { members: setOf(members), read, write }
    : majority(members)),
  ...(floor === undefined ? {} : { floor })
})

/**
 * True if both quorum systems count members. Then it does not matter which members answer first.
 */
export const countsOnly = ({ read, write }: Configuration): boolean =>
  countsMembers(read) && countsMembers(write)

/**
 * The configuration of these members with these quorum systems (`write` defaults to `read`). Fails
 * with two quorums that share too few members for the fault model, or with a reason if a system is
 * malformed.
 */
export const make = (
  members: Iterable<ServerId>,
  read: QuorumSystem,
  write: QuorumSystem = read,
  faults: ToleratedFaults = crashFaults
): Result.Result<Configuration, ConfigurationRefused> => {
  const configuration: Configuration = {
    members: setOf(members),
    read: canonicalSystem(read),
    write: canonicalSystem(write)
  }
  const refusal = refusalOf(configuration, faults)
  return refusal === undefined ? Result.succeed(configuration) : Result.fail(refusal)
}

/** Why these members and quorum systems do not form a configuration; undefined if they do. */
const refusalOf = (
  configuration: Parts,
  faults: ToleratedFaults,
  maxExamined = maxExaminedMembers
): ConfigurationRefused | undefined => {
  const { members, read, write } = configuration
  const reason =
    illFormed(configuration, "read", maxExamined) ?? illFormed(configuration, "write", maxExamined)
  if (reason !== undefined) return new ConfigurationIllFormed({ reason })
  const minShared = faults.minShared(members.length)
  const apart = tooFewShared(read, write, members, minShared)
  return (
    apart && new QuorumsDoNotIntersect({ readQuorum: apart[0], writeQuorum: apart[1], minShared })
  )
}

/** The system with its sets in canonical form, so that equal configurations are equal data. */
const canonicalSystem = (system: QuorumSystem): QuorumSystem => {
  switch (system._tag) {
    case "Majority":
    case "Supermajority":
    case "Masking":
      return system
    case "Weighted":
      return { ...system, weights: setOf(system.weights) }
    case "Explicit":
      return { ...system, quorums: setOf(system.quorums.map((quorum) => setOf(quorum))) }
  }
}

const illFormed = (
  { members, ...systems }: Parts,
  access: Access,
  maxExamined: number
): string | undefined => {
  const system = systems[access]
  if (members.length === 0) return "a configuration needs at least one member"
  if (members.length > maxMembers) {
    return `a configuration has at most ${maxMembers} members, not ${members.length}`
  }
  // A quorum of a system that counts members is never empty and never larger than all members.
  if (countsMembers(system)) return tooLong(members, systems)
  if (members.length > maxExamined) {
    return `quorums that do not count members are examined set by set, for at most ${maxExamined} members, not ${members.length}`
  }
  const named =
    system._tag === "Weighted"
      ? system.weights.map(({ server }) => server)
      : system._tag === "Explicit"
        ? system.quorums.flat()
        : []
  const stranger = named.find((server) => !members.includes(server))
  if (system._tag === "Weighted" && system.weights.some(({ weight }) => weight < 0)) {
    return `a weight of the ${access} quorums is negative`
  }
  if (system._tag === "Weighted" && system.weights.some(({ weight }) => weight > maxWeight)) {
    return `a weight of the ${access} quorums is larger than ${maxWeight}`
  }
  if (system._tag === "Explicit" && system.quorums.length > maxListed) {
    return `at most ${maxListed} ${access} quorums are examined, not ${system.quorums.length}`
  }
  if (named.length > maxNamed) {
    return `the ${access} quorums have at most ${maxNamed} members together, not ${named.length}`
  }
  if (stranger !== undefined) return `the ${access} quorums name ${stranger}, which is not a member`
  const long = tooLong(members, systems)
  if (long !== undefined) return long
  if (!containsQuorum(system, members, members)) {
    return `all members together do not form a ${access} quorum, so no ${access} could ever complete`
  }
  return containsQuorum(system, members, [])
    ? `the empty set would be a ${access} quorum`
    : undefined
}

/**
 * The problem with a configuration of too many bytes. JSON takes at most six bytes for a character
 * of a name.
 */
const tooLong = (members: ServerSet, systems: Omit<Parts, "members">): string | undefined => {
  const names = members.reduce((length, member) => length + member.length, 0)
  const isSmall =
    countsMembers(systems.read) &&
    countsMembers(systems.write) &&
    6 * names < maxConfigurationBytes / 2
  const bytes = isSmall ? 0 : writtenBytes({ members, ...systems })
  return bytes > maxConfigurationBytes
    ? `a configuration has at most ${maxConfigurationBytes} bytes as JSON, not ${bytes}: shorten the names`
    : undefined
}

/** True if `nodes` contain a quorum of the configuration for this access. */
export const isQuorum = (configuration: Configuration, access: Access, nodes: ServerSet): boolean =>
  containsQuorum(configuration[access], configuration.members, nodes)

/** True if these nodes suffice to read and write in the configuration. */
export const isServedBy = (configuration: Configuration, nodes: ServerSet): boolean =>
  isQuorum(configuration, "read", nodes) && isQuorum(configuration, "write", nodes)

/**
 * True if `nodes` and some `more` members contain a quorum of the configuration for this access.
 */
export const isQuorumWith = (
  configuration: Configuration,
  access: Access,
  nodes: ServerSet,
  more: number
): boolean => {
  const others = without(configuration.members, nodes)
  return subsets(others, Math.min(more, others.length)).some((some) =>
    isQuorum(configuration, access, union(nodes, some))
  )
}

/**
 * The members after a change (tutorial 3.1). Adding a present node or removing an absent one has no
 * effect. A node that is both added and removed is removed.
 */
export const changedMembers = (members: ServerSet, add: ServerSet, remove: ServerSet): ServerSet =>
  without(union(members, add), remove)

/** `{s1,s2}`, for users. */
export const listed = (members: ReadonlyArray<string>): string => `{${members.join(",")}}`
