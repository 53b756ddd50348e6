/**
 * A gateway that combines the operations of its users, on majority replication (tutorial 2.3). The
 * last client of the system does without it: it is a plain client of majority replication.
 *
 * Combining needs of the register below only that it is atomic: a runtime uses the same queue with
 * every protocol.
 */
import type { Protocol } from "../kernel/protocol.ts"
import { staticLiveness, termination } from "../liveness/liveness.ts"
import type { ClientState } from "../majority/client.ts"
import type { ServerState } from "../majority/server.ts"
import { type AccessObservation, register } from "../register/operation.ts"
import { atomic } from "../register/properties.ts"
import { StorageParameters } from "../storage/parameters.ts"
import { type GatewayState, gateway } from "./gateway.ts"
import { describeMessage, Message } from "./messages.ts"
import { client, server } from "./replication.ts"
import { type Rules, variants } from "./rules.ts"
import { gatewayId, type UserState, user } from "./user.ts"

/** The states of the processes, by role. */
interface Roles {
  readonly server: ServerState
  readonly user: UserState
  readonly gateway: GatewayState
  readonly client: ClientState
}

export const combining: Protocol<StorageParameters, Rules, Roles, AccessObservation, Message> = {
  name: "combining",
  about:
    "Majority replication of one register behind a gateway, which combines the requests that wait.",
  variants,
  objects: [register],
  Message,
  roles: { server, user, gateway, client },
  Parameters: StorageParameters,
  nodes: ({ servers, clients }) => [
    ...servers.map((id) => ({ id, role: "server" })),
    ...clients.slice(0, -1).map((id) => ({ id, role: "user" })),
    ...clients.slice(-1).map((id) => ({ id, role: "client" })),
    { id: gatewayId, role: "gateway" }
  ],
  properties: [atomic, termination, staticLiveness],
  describe: describeMessage
}
