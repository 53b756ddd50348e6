/**
 * Configurations (tutorial section 3): the set of storage nodes that comprise the system, and which subsets of
 * it suffice to read and to write.
 *
 * The only thing that majority replication asks of them is that every read quorum meets every write quorum. A
 * configuration in which that fails is refused when it is built.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { setOf, union, without } from "../kernel/data.ts"
import { SetOf } from "../kernel/node.ts"
import { ServerId, ServerSet } from "../nodes/nodes.ts"
import { containsQuorum, countsMembers, mostExaminedMembers, QuorumSystem, tooFewShared } from "./quorums.ts"
import { crashFaults, type ToleratedFaults } from "./tolerated-faults.ts"

/** Members, at least one, and the quorums with which to read (Get phases) and to write (Set phases). */
export const Configuration = Schema.Struct({
  members: SetOf(ServerId).check(Schema.isMinLength(1)),
  read: QuorumSystem,
  write: QuorumSystem
})
export type Configuration = typeof Configuration.Type

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
export const tolerating = ({ quorums }: ToleratedFaults, members: Iterable<ServerId>): Configuration => ({
  members: setOf(members),
  read: quorums,
  write: quorums
})

/**
 * What becomes of a configuration that other members take over: its quorums, if they count members; majorities, if they
 * name members that may be gone.
 */
export const withMembers = ({ read, write }: Configuration, members: Iterable<ServerId>): Configuration =>
  countsMembers(read) && countsMembers(write) ? { members: setOf(members), read, write } : majority(members)

/** True when both quorum systems count members: then it does not matter which of them answer first. */
export const countsOnly = ({ read, write }: Configuration): boolean =>
  countsMembers(read) && countsMembers(write)

/**
 * A configuration of these members with these quorum systems (`write` defaults to `read`).
 * Fails with two quorums that share too few members for the fault model if there are any, and with a reason if a system is
 * not about its members.
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
  const reason = illFormed(configuration, "read") ?? illFormed(configuration, "write")
  if (reason !== undefined) return Result.fail(new ConfigurationIllFormed({ reason }))
  const leastShared = faults.leastShared(configuration.members.length)
  const apart = tooFewShared(read, write, configuration.members, leastShared)
  return apart === undefined
    ? Result.succeed(configuration)
    : Result.fail(new QuorumsDoNotIntersect({ readQuorum: apart[0], writeQuorum: apart[1], leastShared }))
}

/** The system with its sets in their canonical form, so that equal configurations are equal data. */
const canonicalSystem = (system: QuorumSystem): QuorumSystem => {
  switch (system._tag) {
    case "Majority":
    case "Supermajority":
      return system
    case "Weighted":
      return { ...system, weights: setOf(system.weights) }
    case "Explicit":
      return { ...system, quorums: setOf(system.quorums.map((quorum) => setOf(quorum))) }
  }
}

const illFormed = ({ members, ...systems }: Configuration, access: Access): string | undefined => {
  const system = systems[access]
  if (members.length === 0) return "a configuration needs at least one member"
  if (!countsMembers(system) && members.length > mostExaminedMembers) {
    return `quorums other than majorities are examined set by set, for at most ${mostExaminedMembers} members; here are ${members.length}`
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
  if (stranger !== undefined) return `the ${access} quorums name ${stranger}, which is not a member`
  if (!containsQuorum(system, members, members)) {
    return `all members together are no ${access} quorum, so no ${access} could ever complete`
  }
  return containsQuorum(system, members, []) ? `the empty set would be a ${access} quorum` : undefined
}

/** True when `nodes` contain a quorum of the configuration for this access. */
export const isQuorum = (configuration: Configuration, access: Access, nodes: ServerSet): boolean =>
  containsQuorum(configuration[access], configuration.members, nodes)

/**
 * The members after adding and removing (tutorial 3.1). Additions of nodes that are present and removals of nodes
 * that are absent have no effect; a node that is both added and removed is removed.
 */
export const changedMembers = (members: ServerSet, add: ServerSet, remove: ServerSet): ServerSet =>
  without(union(members, add), remove)

/** `{s1,s2}`, for messages to people. */
export const listed = (members: ReadonlyArray<string>): string => `{${members.join(",")}}`
