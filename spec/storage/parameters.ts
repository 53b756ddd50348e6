/**
 * What the processes of a storage system are told at the beginning.
 */
import * as Schema from "effect/Schema"
import { Configuration } from "../configuration/configuration.ts"
import { DirectoryId } from "../directory/directory.ts"
import type { Member } from "../kernel/system.ts"
import { AdministratorId, ClientId, ServerSet } from "../nodes/nodes.ts"

export const StorageParameters = Schema.Struct({
  /** Every storage node that exists, in the initial configuration or not. */
  servers: ServerSet,
  clients: Schema.Array(ClientId),
  /** The configuration that the system begins with. */
  configuration: Configuration,
  /** The directory service, in a system that has one. */
  directory: Schema.optionalKey(DirectoryId),
  /**
   * The administrator, in a system that has one, and the members of the configurations it will
   * choose.
   */
  administrator: Schema.optionalKey(AdministratorId),
  successors: Schema.optionalKey(Schema.Array(ServerSet)),
  /**
   * The bounds of a system whose runs are enumerated, by name. What is not in it is not bounded.
   */
  bounds: Schema.optionalKey(Schema.Record(Schema.String, Schema.Int))
})
export type StorageParameters = typeof StorageParameters.Type

/** The storage nodes and the clients. */
export const serversAndClients = ({
  servers,
  clients
}: Pick<StorageParameters, "servers" | "clients">): ReadonlyArray<Member> => [
  ...servers.map((id) => ({ id, role: "server" })),
  ...clients.map((id) => ({ id, role: "client" }))
]
