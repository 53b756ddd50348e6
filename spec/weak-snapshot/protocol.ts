/**
 * The stand-alone weak snapshot (tutorial 6): a static set of storage nodes, and clients that
 * update and scan.
 *
 * In DynaStore every configuration has a weak snapshot, which holds its possible successors.
 */

import { equals } from "../kernel/data.ts"
import type { Sometimes } from "../kernel/property.ts"
import type { Protocol } from "../kernel/protocol.ts"
import type { GlobalState } from "../kernel/system.ts"
import { staticLiveness, termination } from "../liveness/liveness.ts"
import { StorageParameters, serversAndClients } from "../storage/parameters.ts"
import { type ClientState, client } from "./client.ts"
import { describeMessage, Message } from "./messages.ts"
import { type SnapshotObservation, snapshot } from "./operation.ts"
import {
  columnsHaveOneChange,
  endorsementsAreFinal,
  integrity,
  monotonicity,
  nonEmptyIntersection,
  validity
} from "./properties.ts"
import type { Rules } from "./rules.ts"
import { type ServerState, server } from "./server.ts"
import { variants } from "./variants.ts"

interface Roles {
  readonly server: ServerState
  readonly client: ClientState
}

/** The difficult case occurs: storage nodes endorse different changes. */
const endorsementsDiffer: Sometimes<unknown, GlobalState<Roles, Message>> = {
  _tag: "Sometimes",
  name: "endorsements-differ",
  isSymmetric: true,
  about: "at some time two storage nodes have endorsed different changes",
  holds: (_context, { nodes }) => {
    const endorsed = Object.values(nodes.server).flatMap((server) => server.endorsed ?? [])
    return endorsed.some((one) => !equals(one, endorsed[0]))
  }
}

export const weakSnapshot: Protocol<StorageParameters, Rules, Roles, SnapshotObservation, Message> =
  {
    name: "weak-snapshot",
    about: "The weak snapshot of one configuration, the building block of DynaStore (tutorial 6).",
    variants,
    objects: [snapshot],
    Message,
    roles: { server, client },
    Parameters: StorageParameters,
    nodes: serversAndClients,
    properties: [
      integrity,
      validity,
      monotonicity,
      nonEmptyIntersection,
      endorsementsAreFinal,
      columnsHaveOneChange,
      endorsementsDiffer,
      termination,
      staticLiveness
    ],
    describe: describeMessage
  }
