/**
 * The nodes of a storage system (tutorial 2.1): storage nodes, called servers here, keep data; client nodes issue
 * operations.
 */
import * as Schema from "effect/Schema"
import { setOf } from "../kernel/data.ts"
import { isIdentity, NodeId, SetOf } from "../kernel/node.ts"

/** The identity of a storage node. */
export const ServerId = NodeId.pipe(Schema.brand("ServerId")).annotate(isIdentity)
export type ServerId = typeof ServerId.Type

/** The identity of a client. */
export const ClientId = NodeId.pipe(Schema.brand("ClientId")).annotate(isIdentity)
export type ClientId = typeof ClientId.Type

export const ServerSet = SetOf(ServerId)
export type ServerSet = typeof ServerSet.Type

/** The server with this name. */
export const server: (name: string) => ServerId = Schema.decodeSync(ServerId)
/** The client with this name. */
export const client: (name: string) => ClientId = Schema.decodeSync(ClientId)
/** The set of the servers with these names. */
export const servers = (...names: ReadonlyArray<string>): ServerSet =>
  setOf(names.map((name) => server(name)))
