/**
 * How a replica of the membership service that was cut off for long catches up, some of the others
 * being liars.
 */
import { byzantineFaults, type Tolerant } from "../../configuration/tolerated-faults.ts"
import { instance, type ProposeObservation } from "../../consensus/operation.ts"
import type { Protocol } from "../../kernel/protocol.ts"
import { type StorageParameters, serversAndClients } from "../../storage/parameters.ts"
import { logOf } from "../log.ts"
import { type ClientState, client } from "./client.ts"
import { type LogState, log } from "./log.ts"
import { describeMessage, Message } from "./messages.ts"
import { catchesUp, neverGoesBack, statesAreOfLog } from "./properties.ts"
import { type ReplicaState, replica } from "./replica.ts"
import type { Rules } from "./rules.ts"
import { variants } from "./variants.ts"

/** The states of the processes, by role. */
interface Roles {
  readonly server: ReplicaState
  readonly client: ClientState
  readonly administrator: LogState
}

export const membershipCheckpoints: Protocol<
  StorageParameters,
  Rules,
  Roles,
  ProposeObservation,
  Message
> &
  Tolerant = {
  name: "membership-checkpoints",
  about:
    "A replica of a membership service that lacks slots which the others have discarded adopts a state that more of them vouch for than may lie.",
  tolerates: byzantineFaults,
  variants,
  objects: [instance],
  Message,
  roles: { server: replica, client, administrator: log },
  nodes: (parameters) => [
    ...serversAndClients(parameters),
    { id: logOf(parameters), role: "administrator" }
  ],
  properties: [statesAreOfLog, neverGoesBack, catchesUp],
  describe: describeMessage
}
