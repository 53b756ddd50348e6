/**
 * A store of many registers that is reconfigured along an agreed sequence of configurations
 * (tutorial, section 5): the parts that a runtime runs, as a protocol for the checker.
 */
import { ballots } from "../../consensus/bounds.ts"
import { About, type Keyed, keyed } from "../../kernel/keyed.ts"
import type { Protocol } from "../../kernel/protocol.ts"
import { dynamicLiveness, termination } from "../../liveness/liveness.ts"
import { registers } from "../../register/operation.ts"
import { atomicEach } from "../../register/properties.ts"
import { StorageParameters, serversAndClients } from "../../storage/parameters.ts"
import { configurable, type Reconfigure } from "../../storage/reconfiguration.ts"
import { placesFollowTime } from "../places.ts"
import { describeMessage, Message, wholeNode } from "./messages.ts"
import { parts } from "./parts.ts"
import { reclaimable } from "./reclaimable.ts"
import { reclaimingVariants } from "./reclaiming-variants.ts"
import type { Rules } from "./rules.ts"
import { describeNote, type StoreObservation } from "./state.ts"
import { variants } from "./variants.ts"

/**
 * A client of all registers. In the checker it begins no operation while it reconfigures; other
 * clients cover that case. (Otherwise a script of four operations has millions of states. In a
 * runtime a client may begin any operation at any time.)
 */
const client = keyed(parts.client)
const ofWholeNode: Reconfigure = { _tag: "Reconfigure", add: [], remove: [] }
const reconfiguringAlone: typeof client = {
  ...client,
  ready: (context, self, state, operation) =>
    client.ready(context, self, state, operation) && client.ready(context, self, state, ofWholeNode)
}

/** The states of the roles. */
interface Roles {
  readonly server: Keyed
  readonly client: Keyed
}

/** What the registers of a store and the reclaiming of their memory share. */
const common = {
  Message: About(Message),
  roles: { server: keyed(parts.server), client: reconfiguringAlone },
  Parameters: StorageParameters,
  nodes: serversAndClients,
  bounds: [ballots],
  properties: [atomicEach, placesFollowTime, termination, dynamicLiveness],
  describe: ({ key, message }: About<Message>) =>
    key === wholeNode ? describeMessage(message) : `${key}: ${describeMessage(message)}`,
  describeNote
}

export const ramboRegisters: Protocol<
  StorageParameters,
  Rules,
  Roles,
  StoreObservation,
  About<Message>
> = {
  ...common,
  name: "rambo-registers",
  about: "Several registers reconfigured together, as in a store of many registers (tutorial 5).",
  variants,
  objects: [registers, configurable]
}

export const ramboReclaiming: Protocol<
  StorageParameters,
  Rules,
  Roles,
  StoreObservation,
  About<Message>
> = {
  ...common,
  name: "rambo-reclaiming",
  about:
    "The same, where the memory of removed registers is reclaimed while the system runs (not in the tutorial).",
  variants: reclaimingVariants,
  objects: [registers, configurable, reclaimable]
}
