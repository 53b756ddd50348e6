/**
 * The weak snapshot by itself (tutorial 6): a static set of storage nodes, clients that update and scan.
 *
 * In DynaStore every configuration has one, and it holds the configurations that may follow.
 */

import { equals } from "../kernel/data.ts"
import type { NoChoice } from "../kernel/process.ts"
import type { Sometimes, Whole } from "../kernel/property.ts"
import type { Protocol, Setup } from "../kernel/protocol.ts"
import { staticLiveness, termination } from "../liveness/liveness.ts"
import { type SnapshotOperation, scanKind, updateKind } from "../register/operation.ts"
import { type ClientState, client } from "./client.ts"
import { describeMessage, Message } from "./messages.ts"
import { integrity, monotonicity, nonEmptyIntersection, validity } from "./properties.ts"
import { type ServerState, server } from "./server.ts"
import { type VariantName, variants } from "./variants.ts"

/** What makes it difficult does happen: storage nodes endorse different changes. */
const endorsementsDiffer: Sometimes<Setup<VariantName>, Whole<ServerState, ClientState, Message>> = {
  _tag: "Sometimes",
  name: "endorsements-differ",
  isSymmetric: true,
  about: "at some time two storage nodes have endorsed different changes",
  holds: (_context, { servers }) => {
    const endorsed = Object.values<ServerState>(servers).flatMap((server) => server.endorsed ?? [])
    return endorsed.some((one) => !equals(one, endorsed[0]))
  }
}

export const weakSnapshot: Protocol<
  VariantName,
  ServerState,
  ClientState,
  SnapshotOperation,
  Message,
  NoChoice
> = {
  name: "weak-snapshot",
  about: "The weak snapshot of one configuration, out of which DynaStore is built (tutorial 6).",
  variants,
  operations: [updateKind, scanKind],
  Message,
  server,
  client,
  properties: [
    integrity,
    validity,
    monotonicity,
    nonEmptyIntersection,
    endorsementsDiffer,
    termination,
    staticLiveness
  ],
  describe: describeMessage
}
