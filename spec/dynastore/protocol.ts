/**
 * DynaStore: reconfigurable atomic storage without consensus (tutorial 6).
 */
import { directory } from "../directory/directory.ts"
import type { NoChoice } from "../kernel/process.ts"
import type { Protocol } from "../kernel/protocol.ts"
import { dynamicLiveness, termination } from "../liveness/liveness.ts"
import { readKind, reconfigureKind, type StorageOperation, writeKind } from "../register/operation.ts"
import { atomic, timestampsGrow, timestampsNameValues } from "../register/properties.ts"
import { client } from "./client.ts"
import { describeMessage, Message, onlyWithDirectory } from "./messages.ts"
import {
  desiredGrows,
  frontIsDesired,
  reconfigurationIsDone,
  storedViewsFormAChain,
  storesWhatIsDesired,
  timestampsFollowTime,
  viewsGrow
} from "./properties.ts"
import { type ServerState, server } from "./server.ts"
import type { ClientState } from "./state.ts"
import { type VariantName, variants } from "./variants.ts"

export const dynastore: Protocol<VariantName, ServerState, ClientState, StorageOperation, Message, NoChoice> =
  {
    name: "dynastore",
    about: "Reconfigurable atomic storage without consensus: a graph of configurations (tutorial 6).",
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
      storedViewsFormAChain,
      viewsGrow,
      timestampsFollowTime,
      desiredGrows,
      frontIsDesired,
      storesWhatIsDesired,
      reconfigurationIsDone,
      termination,
      dynamicLiveness
    ],
    describe: describeMessage
  }
