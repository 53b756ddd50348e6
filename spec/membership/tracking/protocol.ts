/**
 * The membership service tracks the members of the system, and gives applications a sequence of
 * consistent views (Rodrigues, Liskov, Chen, Liskov, Schultz, "Automatic reconfiguration for
 * large-scale reliable storage systems"; only the abstract is at hand, the rest is reconstructed).
 */
import { byzantineFaults, type Tolerant } from "../../configuration/tolerated-faults.ts"
import type { Protocol } from "../../kernel/protocol.ts"
import { livenessOf } from "../../liveness/liveness.ts"
import { type StorageParameters, serversAndClients } from "../../storage/parameters.ts"
import { logOf } from "../log.ts"
import { epochs, rounds } from "./bounds.ts"
import { type ClientState, client } from "./client.ts"
import { type LogState, log } from "./log.ts"
import { describeMessage, Message } from "./messages.ts"
import type { TrackingObservation } from "./observation.ts"
import { views } from "./operation.ts"
import {
  evictedWereMissed,
  membersAreAdmitted,
  refinesSequence,
  viewsAgree,
  viewsAreConsecutive,
  viewsAreOfLog
} from "./properties.ts"
import type { Rules } from "./rules.ts"
import { type ServerState, server } from "./server.ts"
import { variants } from "./variants.ts"

/** The states of the processes, by role. The log is the administrator, which alone chooses. */
interface Roles {
  readonly server: ServerState
  readonly client: ClientState
  readonly administrator: LogState
}

const { termination } = livenessOf(byzantineFaults)

export const membership: Protocol<StorageParameters, Rules, Roles, TrackingObservation, Message> &
  Tolerant = {
  name: "membership",
  about:
    "A membership service admits nodes, probes them, evicts those that do not answer, and gives clients a sequence of certified views.",
  tolerates: byzantineFaults,
  variants,
  objects: [views],
  Message,
  roles: { server, client, administrator: log },
  // No parameters to rename: the log refers to nodes by name.
  nodes: (parameters) => [
    ...serversAndClients(parameters),
    { id: logOf(parameters), role: "administrator" }
  ],
  bounds: [epochs, rounds],
  unused: ({ bounds, clients, servers, configuration }) => [
    ...(bounds?.[rounds.name] === 1 ? ["Begin", "Ping", "Pong", "Propose", "Agree"] : []),
    ...(servers.length === configuration.members.length ? ["Join"] : []),
    ...(clients.length < 2 ? ["Certificate"] : [])
  ],
  properties: [
    viewsAgree,
    viewsAreOfLog,
    viewsAreConsecutive,
    membersAreAdmitted,
    evictedWereMissed,
    refinesSequence,
    termination
  ],
  describe: describeMessage
}
