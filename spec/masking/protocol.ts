/**
 * Masking replication: majority replication (tutorial 2.3) over quorums that mask lies, without
 * signatures: fewer than a quarter of the storage nodes may lie (Malkhi and Reiter, "Byzantine
 * quorum systems").
 */
import type * as Result from "effect/Result"
import {
  type Configuration,
  type ConfigurationRefused,
  make
} from "../configuration/configuration.ts"
import type { QuorumSystem } from "../configuration/quorums.ts"
import { maskingFaults, type Tolerant } from "../configuration/tolerated-faults.ts"
import type { Protocol } from "../kernel/protocol.ts"
import { livenessOf } from "../liveness/liveness.ts"
import { describeMessage, Message } from "../majority/messages.ts"
import type { ServerState } from "../majority/server.ts"
import type { ServerId } from "../nodes/nodes.ts"
import { register } from "../register/operation.ts"
import { atomic, timestampsGrow, timestampsNameValues } from "../register/properties.ts"
import { onlyWrittenValues } from "../register/written-values.ts"
import { StorageParameters, serversAndClients } from "../storage/parameters.ts"
import { type ClientState, client } from "./client.ts"
import { type MaskingObservation, timestampsCountWrites } from "./properties.ts"
import type { Rules } from "./rules.ts"
import { server } from "./server.ts"
import { variants } from "./variants.ts"

/** The states of the processes, by role. */
interface Roles {
  readonly server: ServerState
  readonly client: ClientState
}

/**
 * A configuration of these members for this protocol: masking quorums, or other quorums any two of
 * which share more correct members than liars. Fails if two of them might not.
 */
export const configure = (
  members: Iterable<ServerId>,
  read: QuorumSystem = maskingFaults.quorums,
  write: QuorumSystem = read
): Result.Result<Configuration, ConfigurationRefused> => make(members, read, write, maskingFaults)

const { staticLiveness, termination } = livenessOf(maskingFaults)

export const masking: Protocol<StorageParameters, Rules, Roles, MaskingObservation, Message> &
  Tolerant = {
  name: "masking",
  about:
    "Replication of one register, unsigned, over masking quorums of a static set of storage nodes, some of which are faulty (tutorial 7).",
  tolerates: maskingFaults,
  variants,
  objects: [register],
  Message,
  roles: { server, client },
  Parameters: StorageParameters,
  nodes: serversAndClients,
  properties: [
    atomic,
    onlyWrittenValues,
    timestampsGrow,
    timestampsNameValues,
    timestampsCountWrites,
    termination,
    staticLiveness
  ],
  describe: describeMessage
}
