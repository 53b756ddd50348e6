/**
 * The parameters of a storage system, known to all its processes.
 */
import * as Schema from "effect/Schema"
import { Configuration } from "../configuration/configuration.ts"
import { DirectoryId } from "../directory/directory.ts"
import type { Member } from "../kernel/system.ts"
import { AdministratorId, ClientId, ServerSet } from "../nodes/nodes.ts"

export const StorageParameters = Schema.Struct({
  /** All storage nodes, in the initial configuration or not. */
  servers: ServerSet,
  clients: Schema.Array(ClientId),
  /** The initial configuration. */
  configuration: Configuration,
  /** The directory service, if the system has one. */
  directory: Schema.optionalKey(DirectoryId),
  /**
   * The administrator, if the system has one, and the members of the configurations it will choose.
   */
  administrator: Schema.optionalKey(AdministratorId),
  successors: Schema.optionalKey(Schema.Array(ServerSet)),
  /** The bounds of a search, by name. A quantity without an entry is unbounded. */
  bounds: Schema.optionalKey(Schema.Record(Schema.String, Schema.Int))
})
export type StorageParameters = typeof StorageParameters.Type

/** The members of a system of storage nodes and clients. */
export const serversAndClients = ({
  servers,
  clients
}: Pick<StorageParameters, "servers" | "clients">): ReadonlyArray<Member> => [
  ...servers.map((id) => ({ id, role: "server" })),
  ...clients.map((id) => ({ id, role: "client" }))
]
