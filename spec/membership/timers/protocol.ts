/**
 * When rounds of probing and epochs begin: the timers of the membership service's replicas, some of
 * which lie.
 */
import { byzantineFaults, type Tolerant } from "../../configuration/tolerated-faults.ts"
import type { Protocol } from "../../kernel/protocol.ts"
import { type StorageParameters, serversAndClients } from "../../storage/parameters.ts"
import { configurable } from "../../storage/reconfiguration.ts"
import { logOf } from "../log.ts"
import { epochs, rounds } from "./bounds.ts"
import { type LogState, log } from "./log.ts"
import { describeMessage, Message } from "./messages.ts"
import type { TimersObservation } from "./observation.ts"
import { begunWasDue, epochsCanBeCertified, staysLargeEnough } from "./properties.ts"
import { type ReplicaState, replica } from "./replica.ts"
import type { Rules } from "./rules.ts"
import { variants } from "./variants.ts"

/** The states of the processes, by role. */
interface Roles {
  readonly server: ReplicaState
  readonly administrator: LogState
}

export const membershipTimers: Protocol<
  StorageParameters,
  Rules,
  Roles,
  TimersObservation,
  Message
> &
  Tolerant = {
  name: "membership-timers",
  about:
    "A round of probing, and an epoch, begin when more replicas of a membership service than may lie say that they are due.",
  tolerates: byzantineFaults,
  variants,
  objects: [configurable],
  Message,
  roles: { server: replica, administrator: log },
  nodes: (parameters) => [
    ...serversAndClients(parameters),
    { id: logOf(parameters), role: "administrator" }
  ],
  bounds: [epochs, rounds],
  properties: [begunWasDue, epochsCanBeCertified, staysLargeEnough],
  describe: describeMessage
}
