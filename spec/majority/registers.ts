/**
 * Many registers over a static set of storage nodes. The combinator `keyed` (`kernel/keyed.ts`),
 * which a runtime runs too, replicates each one separately; registers share no state.
 */
import { About, type Keyed, keyed, partOf } from "../kernel/keyed.ts"
import { type ContextOf, type Protocol, systemOf } from "../kernel/protocol.ts"
import { refinesSingle } from "../kernel/refinement.ts"
import { staticLiveness, termination } from "../liveness/liveness.ts"
import { type AccessObservation, registers } from "../register/operation.ts"
import { atomicEach } from "../register/properties.ts"
import { StorageParameters, serversAndClients } from "../storage/parameters.ts"
import { type ClientState, client } from "./client.ts"
import { describeMessage, Message } from "./messages.ts"
import { majority } from "./protocol.ts"
import type { Rules } from "./rules.ts"
import { server } from "./server.ts"
import { variants } from "./variants.ts"

interface Roles {
  readonly server: Keyed
  readonly client: Keyed
}

/** The processes of one register. */
export const parts = { server: partOf(server), client: partOf(client) }

type Context = ContextOf<StorageParameters, Rules>

/** The system of one register with the same parameters. */
const single = (context: Context) =>
  systemOf(majority, context, { ...majority.variants[0], rules: context.rules })

const operationIn = (role: string, state: unknown) => {
  const client = state as ClientState
  return role === "client" && client._tag !== "Idle" ? client.operation : undefined
}

export const majorityRegisters: Protocol<
  StorageParameters,
  Rules,
  Roles,
  AccessObservation,
  About<Message>
> = {
  name: "majority-registers",
  about:
    "Majority replication of several registers over a static set of storage nodes (tutorial 2.3).",
  variants,
  objects: [registers],
  Message: About(Message),
  roles: { server: keyed(parts.server), client: keyed(parts.client) },
  Parameters: StorageParameters,
  nodes: serversAndClients,
  properties: [atomicEach, termination, staticLiveness, refinesSingle(single, operationIn)],
  describe: ({ key, message }) => `${key}: ${describeMessage(message)}`
}
