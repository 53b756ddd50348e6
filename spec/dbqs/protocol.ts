/**
 * dBQS (Rodrigues, Liskov, Chen, Liskov and Schultz, "Automatic reconfiguration for large-scale
 * reliable storage systems"; reconstructed in protocols.md 8): a distributed hash table with atomic
 * semantics "even across changes in replica sets".
 *
 * A system here is one object and its replicas: objects share only the epochs.
 */
import * as Schema from "effect/Schema"
import { Configuration } from "../configuration/configuration.ts"
import { byzantineFaults, type Tolerant } from "../configuration/tolerated-faults.ts"
import { SetOf } from "../kernel/node.ts"
import type { Protocol } from "../kernel/protocol.ts"
import type { Member } from "../kernel/system.ts"
import { livenessOf } from "../liveness/liveness.ts"
import { ServerId } from "../nodes/nodes.ts"
import { register } from "../register/operation.ts"
import { atomic } from "../register/properties.ts"
import { onlyWrittenValues } from "../register/written-values.ts"
import { StorageParameters, serversAndClients } from "../storage/parameters.ts"
import { configurable } from "../storage/reconfiguration.ts"
import { type ClientState, client } from "./client.ts"
import { content, contentFoundAgain, contentKept, contentVerified } from "./content.ts"
import { type ServiceState, service } from "./membership.ts"
import { describeMessage, Message } from "./messages.ts"
import type { Observed } from "./observation.ts"
import { premises } from "./premises.ts"
import { timestampsGrow, timestampsNameValues } from "./properties.ts"
import { replicasOf } from "./ring.ts"
import { correct, type Rules } from "./rules.ts"
import { type ServerState, server } from "./server.ts"
import { variants } from "./variants.ts"

/** The states of the processes, by role. */
interface Roles {
  readonly server: ServerState
  readonly client: ClientState
  readonly administrator: ServiceState
}

/**
 * The members of an epoch. If they are exactly one replica group, they form a set of
 * interchangeable nodes. If there are more, their order on the circle matters.
 */
const Circle = Schema.Union([
  SetOf(ServerId).check(Schema.isMaxLength(replicasOf(correct.liars))),
  Schema.Array(ServerId)
])

const Parameters = Schema.Struct({
  ...StorageParameters.fields,
  configuration: Schema.Struct({ ...Configuration.fields, members: Circle }),
  successors: Schema.optionalKey(Schema.Array(Circle))
})

const everybody = (parameters: StorageParameters): ReadonlyArray<Member> => [
  ...serversAndClients(parameters),
  ...(parameters.administrator === undefined
    ? []
    : [{ id: parameters.administrator, role: "administrator" }])
]

const { dynamicLiveness, termination } = livenessOf(byzantineFaults)

export const dbqs: Protocol<StorageParameters, Rules, Roles, Observed, Message> & Tolerant = {
  name: "dbqs",
  about:
    "A distributed hash table: objects on replica groups of a ring, which a membership service changes from epoch to epoch; some of each group lie.",
  tolerates: byzantineFaults,
  premises,
  variants,
  objects: [register, content, configurable],
  Message,
  roles: { server, client, administrator: service },
  Parameters,
  nodes: everybody,
  unused: ({ administrator }) =>
    administrator === undefined ? ["Notice", "Stale", "Transfer", "Handover", "Complete"] : [],
  properties: [
    atomic,
    onlyWrittenValues,
    contentVerified,
    contentKept,
    contentFoundAgain,
    timestampsGrow,
    timestampsNameValues,
    termination,
    dynamicLiveness
  ],
  describe: describeMessage
}
