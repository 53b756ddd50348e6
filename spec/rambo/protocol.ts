/**
 * Reconfiguration along an agreed sequence of configurations (tutorial, section 5). "Its main ideas
 * come from the RAMBO protocol."
 */
import { ballots } from "../consensus/bounds.ts"
import { type Directory, directoryIn, directoryService } from "../directory/directory.ts"
import type { Protocol } from "../kernel/protocol.ts"
import { dynamicLiveness, termination } from "../liveness/liveness.ts"
import { register } from "../register/operation.ts"
import { atomic, timestampsGrow, timestampsNameValues } from "../register/properties.ts"
import { StorageParameters, serversAndClients } from "../storage/parameters.ts"
import { configurable } from "../storage/reconfiguration.ts"
import { refinesSequence } from "./agreed-sequence.ts"
import { client } from "./client.ts"
import { describeMessage, Message, unused } from "./messages.ts"
import { describeNote, type RamboObservation } from "./observation.ts"
import { placesFollowTime } from "./places.ts"
import {
  configurationsChange,
  configurationsHaveMembers,
  mapsAreUsable,
  mapsGrow,
  oneSuccessor,
  reconfigurationIsDone
} from "./properties.ts"
import type { Rules } from "./rules.ts"
import { type ServerState, server } from "./server.ts"
import type { ClientState } from "./state.ts"
import { variants } from "./variants.ts"

/** The states of the roles. */
export interface Roles {
  readonly server: ServerState
  readonly client: ClientState
  readonly directory: Directory
}

export const rambo: Protocol<StorageParameters, Rules, Roles, RamboObservation, Message> = {
  name: "rambo",
  about: "Reconfiguration along an agreed sequence of configurations (tutorial 5, after RAMBO).",
  variants,
  objects: [register, configurable],
  Message,
  roles: { server, client, directory: directoryService<Message>() },
  Parameters: StorageParameters,
  nodes: (parameters) => [...serversAndClients(parameters), ...directoryIn(parameters)],
  bounds: [ballots],
  unused,
  properties: [
    atomic,
    timestampsGrow,
    timestampsNameValues,
    mapsAreUsable,
    mapsGrow,
    oneSuccessor,
    configurationsChange,
    configurationsHaveMembers,
    reconfigurationIsDone,
    placesFollowTime,
    termination,
    dynamicLiveness,
    refinesSequence
  ],
  describe: describeMessage,
  describeNote
}
