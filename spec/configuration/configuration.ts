/**
 * Configurations (tutorial section 3): the set of storage nodes that comprise the system, and which
 * subsets of it suffice to read and to write.
 *
 * The only thing that majority replication asks of them is that every read quorum meets every write
 * quorum. A configuration in which that fails is refused when it is built, and wherever it is read.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { setOf, union, without, writtenBytes } from "../kernel/data.ts"
import { Members, mostMembers, type ServerId, ServerSet } from "../nodes/nodes.ts"
import {
  containsQuorum,
  countsMembers,
  mostExaminedMembers,
  mostListed,
  mostNamed,
  mostToldMembers,
  mostWeight,
  QuorumSystem,
  subsets,
  tooFewShared
} from "./quorums.ts"
import { crashFaults, type ToleratedFaults } from "./tolerated-faults.ts"

/**
 * The most bytes of a configuration as JSON: room for as many members as there may be. A message
 * that carries a value and as many active configurations as there may be has room for so much of
 * each.
 */
export const mostConfigurationBytes = 28 * 2 ** 10

/**
 * Members, at least one, and the quorums with which to read (Get phases) and to write (Set phases).
 *
 * The Schema says that read and write quorums meet. A node takes configurations from whoever sends
 * it a message: in one whose quorums do not meet it would acknowledge writes that nobody finds.
 */
export const Configuration = Schema.Struct({
  members: Members.check(Schema.isMinLength(1)),
  read: QuorumSystem,
  write: QuorumSystem
}).check(
  Schema.makeFilter(
    (configuration) => refusalOf(configuration, crashFaults, mostToldMembers)?.message
  )
)
export type Configuration = typeof Configuration.Type

/** What a configuration is made of. */
interface Parts {
  readonly members: ServerSet
  readonly read: QuorumSystem
  readonly write: QuorumSystem
}

/** Which of a configuration's two quorum systems an access needs. */
export type Access = "read" | "write"

/** A configuration was refused because two of its quorums share too few members. */
export class QuorumsDoNotIntersect extends Schema.TaggedError<QuorumsDoNotIntersect>()(
  "QuorumsDoNotIntersect",
  {
    readQuorum: ServerSet,
    writeQuorum: ServerSet,
    /** How many members they must share. */
    leastShared: Schema.Int
  }
) {
  override get message(): string {
    const quorums = `read quorum ${listed(this.readQuorum)} and write quorum ${listed(this.writeQuorum)}`
    return this.leastShared === 1
      ? `${quorums} have no member in common: a read could miss a completed write`
      : `${quorums} share fewer than ${this.leastShared} members: all that they share could be faulty`
  }
}

/** A configuration was refused because it is not made of its own members, or cannot be examined. */
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

/** A configuration of these members whose quorums are the majorities. */
export const majority = (members: Iterable<ServerId>): Configuration => ({
  members: setOf(members),
  read: { _tag: "Majority" },
  write: { _tag: "Majority" }
})

/** A configuration of these members with the quorums that a fault model asks for. */
export const tolerating = (
  { quorums }: ToleratedFaults,
  members: Iterable<ServerId>
): Configuration => ({
  members: setOf(members),
  read: quorums,
  write: quorums
})

/**
 * What becomes of a configuration that other members take over: its quorums, if they count members;
 * majorities, if they name members that may be gone.
 */
export const withMembers = (
  { read, write }: Configuration,
  members: Iterable<ServerId>
): Configuration =>
  countsMembers(read) && countsMembers(write)
    ? { members: setOf(members), read, write }
    : majority(members)

/**
 * True when both quorum systems count members: then it does not matter which of them answer first.
 */
export const countsOnly = ({ read, write }: Configuration): boolean =>
  countsMembers(read) && countsMembers(write)

/**
 * A configuration of these members with these quorum systems (`write` defaults to `read`). Fails
 * with two quorums that share too few members for the fault model if there are any, and with a
 * reason if a system is not about its members.
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

/** Why these members and quorum systems are no configuration; undefined if they are one. */
const refusalOf = (
  configuration: Parts,
  faults: ToleratedFaults,
  mostExamined = mostExaminedMembers
): ConfigurationRefused | undefined => {
  const { members, read, write } = configuration
  const reason =
    illFormed(configuration, "read", mostExamined) ??
    illFormed(configuration, "write", mostExamined)
  if (reason !== undefined) return new ConfigurationIllFormed({ reason })
  const leastShared = faults.leastShared(members.length)
  const apart = tooFewShared(read, write, members, leastShared)
  return (
    apart && new QuorumsDoNotIntersect({ readQuorum: apart[0], writeQuorum: apart[1], leastShared })
  )
}

/**
 * The system with its sets in their canonical form, so that equal configurations are equal data.
 */
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
  mostExamined: number
): string | undefined => {
  const system = systems[access]
  if (members.length === 0) return "a configuration needs at least one member"
  if (members.length > mostMembers) {
    return `a configuration has at most ${mostMembers} members; here are ${members.length}`
  }
  // So many members as are counted are never none and never more than all.
  if (countsMembers(system)) return tooLong(members, systems)
  if (members.length > mostExamined) {
    return `quorums other than majorities are examined set by set, for at most ${mostExamined} members; here are ${members.length}`
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
  if (system._tag === "Weighted" && system.weights.some(({ weight }) => weight > mostWeight)) {
    return `a weight of the ${access} quorums is larger than ${mostWeight}`
  }
  if (system._tag === "Explicit" && system.quorums.length > mostListed) {
    return `at most ${mostListed} ${access} quorums are examined; here are ${system.quorums.length}`
  }
  if (named.length > mostNamed) {
    return `the ${access} quorums have at most ${mostNamed} members together; here are ${named.length}`
  }
  if (stranger !== undefined) return `the ${access} quorums name ${stranger}, which is not a member`
  const long = tooLong(members, systems)
  if (long !== undefined) return long
  if (!containsQuorum(system, members, members)) {
    return `all members together are no ${access} quorum, so no ${access} could ever complete`
  }
  return containsQuorum(system, members, [])
    ? `the empty set would be a ${access} quorum`
    : undefined
}

/**
 * What is wrong with a configuration that takes too many bytes. JSON writes at most six for a
 * character of a name.
 */
const tooLong = (members: ServerSet, systems: Omit<Parts, "members">): string | undefined => {
  const names = members.reduce((length, member) => length + member.length, 0)
  const isSmall =
    countsMembers(systems.read) &&
    countsMembers(systems.write) &&
    6 * names < mostConfigurationBytes / 2
  const bytes = isSmall ? 0 : writtenBytes({ members, ...systems })
  return bytes > mostConfigurationBytes
    ? `a configuration has at most ${mostConfigurationBytes} bytes as JSON; here are ${bytes}: shorten the names`
    : undefined
}

/** True when `nodes` contain a quorum of the configuration for this access. */
export const isQuorum = (configuration: Configuration, access: Access, nodes: ServerSet): boolean =>
  containsQuorum(configuration[access], configuration.members, nodes)

/** True when the configuration can be read and written with these nodes alone. */
export const isServedBy = (configuration: Configuration, nodes: ServerSet): boolean =>
  isQuorum(configuration, "read", nodes) && isQuorum(configuration, "write", nodes)

/**
 * True when `nodes` and some `more` members contain a quorum of the configuration for this access.
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
 * The members after adding and removing (tutorial 3.1). Additions of nodes that are present and
 * removals of nodes that are absent have no effect; a node that is both added and removed is
 * removed.
 */
export const changedMembers = (members: ServerSet, add: ServerSet, remove: ServerSet): ServerSet =>
  without(union(members, add), remove)

/** `{s1,s2}`, for messages to people. */
export const listed = (members: ReadonlyArray<string>): string => `{${members.join(",")}}`
