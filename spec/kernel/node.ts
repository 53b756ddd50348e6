/**
 * Nodes (tutorial 2.1): storage nodes, called servers here, keep data; client nodes issue operations. In some systems
 * there is a third: the directory service (3.2), one node that does not fail.
 *
 * A node's identity is told apart from every other string by its type, and its Schema says so in an annotation.
 * Whatever holds identities (a state, a message, an observation) can therefore be renamed by a walk along its
 * Schema (`renaming.ts`); no protocol has to write that walk.
 */
import * as Schema from "effect/Schema"
import { setOf } from "./data.ts"

/** The roles a node can have. */
export const Role = Schema.Literals(["server", "client", "directory"])
export type Role = typeof Role.Type

/** The key of the Schema annotation that marks an identity with its role. */
export const identityAnnotation = "quorate/identity"
/** The key of the Schema annotation that marks an array as a set, to be sorted again after a renaming. */
export const setAnnotation = "quorate/set"

/** The identity of a storage node. */
export const ServerId = Schema.String.pipe(Schema.brand("ServerId")).annotate({
  [identityAnnotation]: "server"
})
export type ServerId = typeof ServerId.Type

/** The identity of a client. */
export const ClientId = Schema.String.pipe(Schema.brand("ClientId")).annotate({
  [identityAnnotation]: "client"
})
export type ClientId = typeof ClientId.Type

/** The identity of the directory service. */
export const DirectoryId = Schema.String.pipe(Schema.brand("DirectoryId")).annotate({
  [identityAnnotation]: "directory"
})
export type DirectoryId = typeof DirectoryId.Type

export type NodeId = ServerId | ClientId | DirectoryId

/** A set of the given items: an array that is kept sorted and free of repetition. */
export const SetOf = <S extends Schema.Top>(item: S) => Schema.Array(item).annotate({ [setAnnotation]: true })

export const ServerSet = SetOf(ServerId)
export type ServerSet = typeof ServerSet.Type

/** The server with this name. */
export const server = (name: string): ServerId => name as ServerId
/** The client with this name. */
export const client = (name: string): ClientId => name as ClientId
/** The directory service with this name. */
export const directory = (name: string): DirectoryId => name as DirectoryId
/** The set of the servers with these names. */
export const servers = (...names: ReadonlyArray<string>): ServerSet => setOf(names.map(server))
