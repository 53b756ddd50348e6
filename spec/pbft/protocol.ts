/**
 * PBFT (Castro and Liskov, "Practical Byzantine fault tolerance", OSDI 1999): replicas, fewer than
 * a third of them liars, agree on the content of one slot of a log.
 */
import { byzantineFaults, type Tolerant } from "../configuration/tolerated-faults.ts"
import { agreement, validity } from "../consensus/agreement.ts"
import { instance, type ProposeObservation } from "../consensus/operation.ts"
import type { Protocol } from "../kernel/protocol.ts"
import { livenessOf } from "../liveness/liveness.ts"
import { type StorageParameters, serversAndClients } from "../storage/parameters.ts"
import { views } from "./bounds.ts"
import { type ClientState, client } from "./client.ts"
import { describeMessage, Message } from "./messages.ts"
import { decidesRequests, decisionsAreKept, replicasAgree, viewsPrepareOne } from "./properties.ts"
import { type ReplicaState, replica } from "./replica.ts"
import type { Rules } from "./rules.ts"
import { refinesLog } from "./slot.ts"
import { variants } from "./variants.ts"

/** The states of the processes, by role. */
interface Roles {
  readonly server: ReplicaState
  readonly client: ClientState
}

const { termination } = livenessOf(byzantineFaults)

export const pbft: Protocol<StorageParameters, Rules, Roles, ProposeObservation, Message> &
  Tolerant = {
  name: "pbft",
  about: "3f+1 replicas, of which f lie, agree on one slot of a log: normal case and view change.",
  tolerates: byzantineFaults,
  variants,
  objects: [instance],
  Message,
  roles: { server: replica, client },
  // No `Parameters` to rename: replicas take turns as primary in order, so they are not symmetric.
  nodes: serversAndClients,
  bounds: [views],
  unused: ({ bounds }) => (bounds?.[views.name] === 1 ? ["ViewChange"] : []),
  properties: [
    agreement,
    validity,
    replicasAgree,
    decisionsAreKept,
    viewsPrepareOne,
    decidesRequests,
    refinesLog,
    termination
  ],
  describe: describeMessage
}
