/**
 * Reconfiguration by a trusted administrator when storage nodes may lie (tutorial 7.1): the
 * protocol that the "I still work here" attack targets.
 */
import type { Tolerant } from "../configuration/tolerated-faults.ts"
import { byzantineFaults } from "../configuration/tolerated-faults.ts"
import type { WithDirectory } from "../directory/directory.ts"
import type { Protocol } from "../kernel/protocol.ts"
import type { Member } from "../kernel/system.ts"
import { livenessOf } from "../liveness/liveness.ts"
import { register } from "../register/operation.ts"
import { atomic } from "../register/properties.ts"
import { onlyWrittenValues } from "../register/written-values.ts"
import { StorageParameters, serversAndClients } from "../storage/parameters.ts"
import { configurable, type StorageObservation } from "../storage/reconfiguration.ts"
import { timestampsGrow, timestampsNameValues } from "../supermajority/properties.ts"
import { type AdministratorState, administrator } from "./administrator.ts"
import { type ClientState, client } from "./client.ts"
import { describeMessage, Message } from "./messages.ts"
import { describeNote, type Noted } from "./observation.ts"
import { premises } from "./premises.ts"
import { noLatePhase } from "./properties.ts"
import type { Rules } from "./rules.ts"
import { type ServerState, server } from "./server.ts"
import { trustedServer } from "./trusted-server.ts"
import { variants } from "./variants.ts"
import type { View } from "./view.ts"

/** The states of the processes, by role. */
export interface Roles {
  readonly server: ServerState
  readonly client: ClientState
  readonly administrator: AdministratorState
  readonly directory: View
}

/** The storage nodes, the clients, the administrator, and the trusted server, if present. */
export const everybody = (parameters: StorageParameters): ReadonlyArray<Member> => [
  ...serversAndClients(parameters),
  ...(parameters.administrator === undefined
    ? []
    : [{ id: parameters.administrator, role: "administrator" }]),
  ...trusted(parameters)
]

const trusted = ({ directory }: WithDirectory): ReadonlyArray<Member> =>
  directory === undefined ? [] : [{ id: directory, role: "directory" }]

const { dynamicLiveness, staticLiveness, termination } = livenessOf(byzantineFaults)

export const administered: Protocol<
  StorageParameters,
  Rules,
  Roles,
  StorageObservation | Noted,
  Message
> &
  Tolerant = {
  name: "administered",
  about:
    "Super-majority replication that a trusted administrator reconfigures; removed storage nodes may claim that they still work here (tutorial 7.1).",
  tolerates: byzantineFaults,
  premises,
  variants,
  objects: [register, configurable],
  Message,
  roles: { server, client, administrator, directory: trustedServer },
  Parameters: StorageParameters,
  nodes: everybody,
  unused: ({ administrator, directory }) => [
    ...(administrator === undefined ? ["NewView", "Begin", "Notice"] : []),
    ...(administrator === undefined || directory === undefined ? ["Announce", "Announced"] : []),
    ...(directory === undefined ? ["Ask", "Current"] : [])
  ],
  properties: [
    atomic,
    onlyWrittenValues,
    timestampsGrow,
    timestampsNameValues,
    noLatePhase,
    staticLiveness,
    dynamicLiveness,
    termination
  ],
  describe: describeMessage,
  describeNote
}
