/**
 * Majority replication (tutorial 2.3; Attiya, Bar-Noy, Dolev, here with any number of writers).
 */
import type { NoChoice } from "../kernel/process.ts"
import type { Protocol } from "../kernel/protocol.ts"
import { staticLiveness, termination } from "../liveness/liveness.ts"
import { type Access, readKind, writeKind } from "../register/operation.ts"
import { atomic, timestampsGrow, timestampsNameValues } from "../register/properties.ts"
import { type ClientState, client } from "./client.ts"
import { describeMessage, Message } from "./messages.ts"
import { type ServerState, server } from "./server.ts"
import { type VariantName, variants } from "./variants.ts"

export const majority: Protocol<VariantName, ServerState, ClientState, Access, Message, NoChoice> = {
  name: "majority",
  about: "Majority replication of one register over a static set of storage nodes (tutorial 2.3).",
  variants,
  operations: [writeKind, readKind],
  Message,
  server,
  client,
  properties: [atomic, timestampsGrow, timestampsNameValues, termination, staticLiveness],
  describe: describeMessage
}
