/**
 * A store of many registers that is reconfigured along an agreed sequence of configurations (tutorial, section 5): what a
 * runtime runs. Each register's part is that of `rambo`; `model.ts` has two of them, to be checked.
 */
import type { Protocol } from "../../kernel/protocol.ts"
import { readKind, reconfigureKind, writeKind } from "../../register/operation.ts"
import { timestampsGrow } from "../../register/properties.ts"
import { type Message as RamboMessage, reconfigures } from "../messages.ts"
import { mapsAreUsable, mapsGrow } from "../properties.ts"
import { client } from "./client.ts"
import { describeMessage, Message } from "./messages.ts"
import { type ServerState, server } from "./server.ts"
import type { Choice, ClientOperation, ClientState } from "./state.ts"
import { type VariantName, variants } from "./variants.ts"

export const ramboOfRegisters: Protocol<
  VariantName,
  ServerState,
  ClientState,
  ClientOperation,
  Message,
  Choice
> = {
  name: "rambo",
  about: "A store of many registers, reconfigured along an agreed sequence of configurations (tutorial 5).",
  variants,
  operations: [writeKind, readKind, reconfigureKind],
  Message,
  server,
  client,
  properties: [timestampsGrow, mapsAreUsable, mapsGrow],
  reconfigures: (message) =>
    message._tag === "List" || message._tag === "Populate" || reconfigures(message as RamboMessage),
  describe: describeMessage
}
