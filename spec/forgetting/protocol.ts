/**
 * The forgetting protocol (tutorial 7.2; Martin and Alvisi, "A framework for dynamic Byzantine
 * storage"): reconfiguration by a trusted administrator in which removed storage nodes cannot claim
 * that they still work here, even after they turn corrupt.
 */
import type { AdministratorState } from "../administrator/administrator.ts"
import { describeNote, type Noted } from "../administrator/observation.ts"
import { premises } from "../administrator/premises.ts"
import { noLatePhase, noPhaseCompletes } from "../administrator/properties.ts"
import { everybody } from "../administrator/protocol.ts"
import { byzantineFaults, type Tolerant } from "../configuration/tolerated-faults.ts"
import type { Protocol } from "../kernel/protocol.ts"
import { livenessOf } from "../liveness/liveness.ts"
import { register } from "../register/operation.ts"
import { atomic } from "../register/properties.ts"
import { onlyWrittenValues } from "../register/written-values.ts"
import { StorageParameters } from "../storage/parameters.ts"
import { configurable, type StorageObservation } from "../storage/reconfiguration.ts"
import { administrator } from "./administrator.ts"
import { type ClientState, client } from "./client.ts"
import { describeMessage, Message } from "./messages.ts"
import { confidentiality, fewKeys } from "./properties.ts"
import type { Rules } from "./rules.ts"
import { type ServerState, server } from "./server.ts"
import { variants } from "./variants.ts"

/** The states of the processes, by role. */
interface Roles {
  readonly server: ServerState
  readonly client: ClientState
  readonly administrator: AdministratorState
}

const { dynamicLiveness, staticLiveness, termination } = livenessOf(byzantineFaults)

export const forgetting: Protocol<
  StorageParameters,
  Rules,
  Roles,
  StorageObservation | Noted,
  Message
> &
  Tolerant = {
  name: "forgetting",
  about:
    "Super-majority replication that a trusted administrator reconfigures; storage nodes erase the keys that they need to take part (tutorial 7.2).",
  tolerates: byzantineFaults,
  premises,
  variants,
  objects: [register, configurable],
  Message,
  roles: { server, client, administrator },
  Parameters: StorageParameters,
  nodes: everybody,
  unused: ({ administrator }) => [
    ...["Announce", "Announced", "Ask", "Current"],
    ...(administrator === undefined ? ["NewView", "Begin", "Notice"] : [])
  ],
  properties: [
    atomic,
    onlyWrittenValues,
    noLatePhase,
    noPhaseCompletes,
    fewKeys,
    confidentiality,
    staticLiveness,
    dynamicLiveness,
    termination
  ],
  describe: describeMessage,
  describeNote
}
