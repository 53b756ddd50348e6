/**
 * Super-majority replication: majority replication (tutorial 2.3) of signed pairs, in which fewer
 * than a third of the storage nodes may lie (tutorial 7; Malkhi and Reiter, "Byzantine quorum
 * systems").
 */
import type * as Result from "effect/Result"
import {
  type Configuration,
  type ConfigurationRefused,
  make
} from "../configuration/configuration.ts"
import type { QuorumSystem } from "../configuration/quorums.ts"
import { byzantineFaults, type Tolerant } from "../configuration/tolerated-faults.ts"
import type { Protocol } from "../kernel/protocol.ts"
import { livenessOf } from "../liveness/liveness.ts"
import type { ServerId } from "../nodes/nodes.ts"
import { register } from "../register/operation.ts"
import { atomic } from "../register/properties.ts"
import { onlyWrittenValues } from "../register/written-values.ts"
import { StorageParameters, serversAndClients } from "../storage/parameters.ts"
import { type ClientState, client } from "./client.ts"
import { describeMessage, Message } from "./messages.ts"
import { describeNote, type SupermajorityObservation } from "./observation.ts"
import {
  operationsAreOrdered,
  pairsAreSigned,
  timestampsGrow,
  timestampsNameValues
} from "./properties.ts"
import type { Rules } from "./rules.ts"
import { type ServerState, server } from "./server.ts"
import { variants } from "./variants.ts"

/** The states of the processes, by role. */
interface Roles {
  readonly server: ServerState
  readonly client: ClientState
}

/**
 * A configuration of these members for this protocol: super-majorities, or other quorums any two of
 * which share a correct member. Fails if two of them might share only liars.
 */
export const configure = (
  members: Iterable<ServerId>,
  read: QuorumSystem = byzantineFaults.quorums,
  write: QuorumSystem = read
): Result.Result<Configuration, ConfigurationRefused> => make(members, read, write, byzantineFaults)

const { staticLiveness, termination } = livenessOf(byzantineFaults)

export const supermajority: Protocol<
  StorageParameters,
  Rules,
  Roles,
  SupermajorityObservation,
  Message
> &
  Tolerant = {
  name: "supermajority",
  about:
    "Replication of one register of signed pairs over super-majorities of a static set of storage nodes, some of which are faulty (tutorial 7).",
  tolerates: byzantineFaults,
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
    pairsAreSigned,
    operationsAreOrdered,
    termination,
    staticLiveness
  ],
  describe: describeMessage,
  describeNote
}
