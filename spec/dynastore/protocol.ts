/**
 * DynaStore: reconfigurable atomic storage without consensus (tutorial 6).
 */
import { type Directory, directoryIn, directoryService } from "../directory/directory.ts"
import type { Protocol } from "../kernel/protocol.ts"
import { dynamicLiveness, termination } from "../liveness/liveness.ts"
import { register } from "../register/operation.ts"
import { atomic, timestampsGrow, timestampsNameValues } from "../register/properties.ts"
import { StorageParameters, serversAndClients } from "../storage/parameters.ts"
import { configurable } from "../storage/reconfiguration.ts"
import { client } from "./client.ts"
import { describeMessage, Message, onlyWithDirectory } from "./messages.ts"
import type { DynaStoreObservation } from "./observation.ts"
import {
  desiredGrows,
  frontIsDesired,
  reconfigurationIsDone,
  storedViewsFormAChain,
  storesWhatIsDesired,
  timestampsFollowTime,
  viewsGrow
} from "./properties.ts"
import type { Rules } from "./rules.ts"
import { type ServerState, server } from "./server.ts"
import type { ClientState } from "./state.ts"
import { variants } from "./variants.ts"

interface Roles {
  readonly server: ServerState
  readonly client: ClientState
  readonly directory: Directory
}

export const dynastore: Protocol<StorageParameters, Rules, Roles, DynaStoreObservation, Message> = {
  name: "dynastore",
  about: "Reconfigurable atomic storage without consensus: a graph of configurations (tutorial 6).",
  variants,
  objects: [register, configurable],
  Message,
  roles: { server, client, directory: directoryService<Message>() },
  Parameters: StorageParameters,
  nodes: (parameters) => [...serversAndClients(parameters), ...directoryIn(parameters)],
  unused: ({ directory }) => (directory === undefined ? onlyWithDirectory : []),
  properties: [
    atomic,
    timestampsGrow,
    timestampsNameValues,
    storedViewsFormAChain,
    viewsGrow,
    timestampsFollowTime,
    desiredGrows,
    frontIsDesired,
    storesWhatIsDesired,
    reconfigurationIsDone,
    termination,
    dynamicLiveness
  ],
  describe: describeMessage
}
