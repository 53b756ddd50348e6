/**
 * Majority replication (tutorial 2.3; Attiya, Bar-Noy and Dolev, with any number of writers).
 */
import type { Protocol } from "../kernel/protocol.ts"
import { staticLiveness, termination } from "../liveness/liveness.ts"
import { type AccessObservation, register } from "../register/operation.ts"
import { atomic, timestampsGrow, timestampsNameValues } from "../register/properties.ts"
import { StorageParameters, serversAndClients } from "../storage/parameters.ts"
import { type ClientState, client } from "./client.ts"
import { describeMessage, Message } from "./messages.ts"
import { refinesOrderedRegister } from "./refinement.ts"
import type { Rules } from "./rules.ts"
import { type ServerState, server } from "./server.ts"
import { variants } from "./variants.ts"

/** The states of the processes, by role. */
interface Roles {
  readonly server: ServerState
  readonly client: ClientState
}

export const majority: Protocol<StorageParameters, Rules, Roles, AccessObservation, Message> = {
  name: "majority",
  about: "Majority replication of one register over a static set of storage nodes (tutorial 2.3).",
  variants,
  objects: [register],
  Message,
  roles: { server, client },
  Parameters: StorageParameters,
  nodes: serversAndClients,
  properties: [
    atomic,
    timestampsGrow,
    timestampsNameValues,
    termination,
    staticLiveness,
    refinesOrderedRegister
  ],
  describe: describeMessage
}
