/**
 * Naive reconfiguration (tutorial section 4): what goes wrong when a client reconfigures while
 * others read and write, and what it costs to stop them.
 */
import { equals } from "../kernel/data.ts"
import type { Sometimes } from "../kernel/property.ts"
import type { Protocol } from "../kernel/protocol.ts"
import type { GlobalState } from "../kernel/system.ts"
import { dynamicLiveness, termination } from "../liveness/liveness.ts"
import { register } from "../register/operation.ts"
import { atomic, timestampsGrow, timestampsNameValues } from "../register/properties.ts"
import { StorageParameters, serversAndClients } from "../storage/parameters.ts"
import { configurable, type StorageObservation } from "../storage/reconfiguration.ts"
import { type ClientState, client } from "./client.ts"
import { describeMessage, Message } from "./messages.ts"
import type { Rules } from "./rules.ts"
import { type ServerState, server } from "./server.ts"
import { variants } from "./variants.ts"

/** The states of the processes, by role. */
interface Roles {
  readonly server: ServerState
  readonly client: ClientState
}

/** "At a given time, different clients may be executing with different configurations". */
const clientsDiffer: Sometimes<unknown, GlobalState<Roles, Message>> = {
  _tag: "Sometimes",
  name: "clients-differ",
  isSymmetric: true,
  about: "at some time two clients know different configurations",
  holds: (_context, { nodes }) => {
    const [first, ...rest] = Object.values(nodes.client)
    return rest.some(({ configuration }) => !equals(configuration, first?.configuration))
  }
}

export const naive: Protocol<StorageParameters, Rules, Roles, StorageObservation, Message> = {
  name: "naive",
  about:
    "Reconfiguration by populate, stop and inform, as section 4 of the tutorial warns against it.",
  variants,
  objects: [register, configurable],
  Message,
  roles: { server, client },
  Parameters: StorageParameters,
  nodes: serversAndClients,
  properties: [
    atomic,
    timestampsGrow,
    timestampsNameValues,
    clientsDiffer,
    termination,
    dynamicLiveness
  ],
  describe: describeMessage
}
