/**
 * The nodes of a storage system (tutorial 2.1): storage nodes, called servers here, store the data,
 * and client nodes invoke operations.
 */
import * as Schema from "effect/Schema"
import { setOf } from "../kernel/data.ts"
import { identityOf, NodeId, SetOf } from "../kernel/node.ts"

/** The identity of a storage node. */
export const ServerId = NodeId.pipe(Schema.brand("ServerId")).annotate(identityOf("server"))
export type ServerId = typeof ServerId.Type

/** The identity of a client. */
export const ClientId = NodeId.pipe(Schema.brand("ClientId")).annotate(identityOf("client"))
export type ClientId = typeof ClientId.Type

/** The identity of the administrator, which chooses configurations (7.2). */
export const AdministratorId = NodeId.pipe(Schema.brand("AdministratorId")).annotate(
  identityOf("administrator")
)
export type AdministratorId = typeof AdministratorId.Type

export const ServerSet = SetOf(ServerId)
export type ServerSet = typeof ServerSet.Type

/**
 * The maximum number of members of a configuration. A message that carries a value and the active
 * configurations has room for this many.
 */
export const maxMembers = 128

/** The members of a configuration in a message. */
export const Members = ServerSet.check(Schema.isMaxLength(maxMembers))

// Names in programs are not checked; names read from outside are.
const asGiven = { disableChecks: true } as const
export const server: (name: string) => ServerId = Schema.decodeSync(ServerId, asGiven)
export const client: (name: string) => ClientId = Schema.decodeSync(ClientId, asGiven)
export const administrator: (name: string) => AdministratorId = Schema.decodeSync(
  AdministratorId,
  asGiven
)
/** The set of servers with these names. */
export const servers = (...names: ReadonlyArray<string>): ServerSet =>
  setOf(names.map((name) => server(name)))
