/**
 * The membership service moves: its replicas are replaced while it runs, and former replicas cannot
 * speak for it (Rodrigues, Liskov, Chen, Liskov, Schultz, "Automatic reconfiguration for
 * large-scale reliable storage systems"; only the abstract is at hand, the rest is reconstructed).
 */
import type { Noted } from "../../administrator/observation.ts"
import { premises } from "../../administrator/premises.ts"
import { byzantineFaults, type Tolerant } from "../../configuration/tolerated-faults.ts"
import type { Protocol } from "../../kernel/protocol.ts"
import { livenessOf } from "../../liveness/liveness.ts"
import { StorageParameters, serversAndClients } from "../../storage/parameters.ts"
import { configurable, type StorageObservation } from "../../storage/reconfiguration.ts"
import { logOf } from "../log.ts"
import { epochs } from "./bounds.ts"
import { type ClientState, client } from "./client.ts"
import { type LogState, log } from "./log.ts"
import { describeMessage, Message } from "./messages.ts"
import { type Advanced, type EpochObservation, epoch } from "./operation.ts"
import {
  clientsFollowLog,
  epochsAreConsecutive,
  fewShares,
  fresh,
  freshSystem,
  replicasFollowLog
} from "./properties.ts"
import { type ReplicaState, replica } from "./replica.ts"
import type { Rules } from "./rules.ts"
import { variants } from "./variants.ts"

/** The states of the processes, by role. The log is the administrator, which alone chooses. */
interface Roles {
  readonly server: ReplicaState
  readonly client: ClientState
  readonly administrator: LogState
}

const { termination } = livenessOf(byzantineFaults)

export const membershipMove: Protocol<
  StorageParameters,
  Rules,
  Roles,
  StorageObservation | EpochObservation | Noted | Advanced,
  Message
> &
  Tolerant = {
  name: "membership-move",
  about:
    "The replicas of a membership service are replaced: the key of the service is dealt anew by those who leave, who erase their shares; clients ask which epoch is the current one.",
  tolerates: byzantineFaults,
  premises,
  variants,
  objects: [epoch, configurable],
  Message,
  roles: { server: replica, client, administrator: log },
  Parameters: StorageParameters,
  nodes: (parameters) => [
    ...serversAndClients(parameters),
    { id: logOf(parameters), role: "administrator" }
  ],
  bounds: [epochs],
  unused: ({ administrator, bounds, clients }) => [
    ...((bounds?.[epochs.name] ?? 1) === 1 ? ["Advance"] : []),
    ...(administrator === undefined ? ["Move", "Certify", "Deal", "Dealt", "Erased", "Begin"] : []),
    ...(clients.length === 0 ? ["Ask", "Answer"] : [])
  ],
  properties: [
    fewShares,
    clientsFollowLog,
    replicasFollowLog,
    epochsAreConsecutive,
    fresh,
    freshSystem,
    termination
  ],
  describe: describeMessage
}
