/**
 * Reconfiguration with a sequence of configurations that all nodes agree upon (tutorial, section 5). "Its main ideas come
 * from the RAMBO protocol."
 */
import { directory } from "../directory/directory.ts"
import type { Protocol } from "../kernel/protocol.ts"
import { dynamicLiveness, termination } from "../liveness/liveness.ts"
import { readKind, reconfigureKind, type StorageOperation, writeKind } from "../register/operation.ts"
import { atomic, timestampsGrow, timestampsNameValues } from "../register/properties.ts"
import { client } from "./client.ts"
import { describeMessage, Message, onlyWithDirectory, reconfigures } from "./messages.ts"
import { configurationsChange, mapsAreUsable, mapsGrow, oneSuccessor } from "./properties.ts"
import { type ServerState, server } from "./server.ts"
import type { Choice, ClientState } from "./state.ts"
import { type VariantName, variants } from "./variants.ts"

export const rambo: Protocol<VariantName, ServerState, ClientState, StorageOperation, Message, Choice> = {
  name: "rambo",
  about: "Reconfiguration along an agreed sequence of configurations (tutorial 5, after RAMBO).",
  variants,
  operations: [writeKind, readKind, reconfigureKind],
  Message,
  server,
  client,
  directory: directory(),
  onlyWithDirectory,
  properties: [
    atomic,
    timestampsGrow,
    timestampsNameValues,
    mapsAreUsable,
    mapsGrow,
    oneSuccessor,
    configurationsChange,
    termination,
    dynamicLiveness
  ],
  reconfigures,
  describe: describeMessage
}
