/**
 * Naive reconfiguration (tutorial section 4): what goes wrong when the steps of a reconfiguration are taken while
 * clients go on, and what it costs to make them stop.
 */
import { equals } from "../kernel/data.ts"
import type { NoChoice } from "../kernel/process.ts"
import type { Sometimes, Whole } from "../kernel/property.ts"
import type { Protocol, Setup } from "../kernel/protocol.ts"
import { dynamicLiveness, termination } from "../liveness/liveness.ts"
import { type Operation, readKind, reconfigureKind, writeKind } from "../register/operation.ts"
import { atomic, timestampsGrow, timestampsNameValues } from "../register/properties.ts"
import { type ClientState, client } from "./client.ts"
import { describeMessage, Message } from "./messages.ts"
import { type ServerState, server } from "./server.ts"
import { type VariantName, variants } from "./variants.ts"

/** "At a given time, different clients may be executing with different configurations": the danger is real. */
const clientsDiffer: Sometimes<Setup<VariantName>, Whole<ServerState, ClientState, Message>> = {
  _tag: "Sometimes",
  name: "clients-differ",
  isSymmetric: true,
  about: "at some time two clients know different configurations",
  holds: (_context, { clients }) => {
    const [first, ...rest] = Object.values<ClientState>(clients)
    return rest.some(({ configuration }) => !equals(configuration, first?.configuration))
  }
}

export const naive: Protocol<VariantName, ServerState, ClientState, Operation, Message, NoChoice> = {
  name: "naive",
  about: "Reconfiguration by populate, stop and inform, as section 4 of the tutorial warns against it.",
  variants,
  operations: [writeKind, readKind, reconfigureKind],
  Message,
  server,
  client,
  properties: [atomic, timestampsGrow, timestampsNameValues, clientsDiffer, termination, dynamicLiveness],
  describe: describeMessage
}
