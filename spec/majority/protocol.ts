/**
 * Majority replication (tutorial 2.3; Attiya, Bar-Noy, Dolev, here with any number of writers).
 */
import { equals } from "../kernel/data.ts"
import type { Observed, PairInvariant, StepInvariant } from "../kernel/property.ts"
import type { Protocol, Setup } from "../kernel/protocol.ts"
import { atomicity } from "../register/atomicity.ts"
import { type Access, type Operation, readKind, writeKind } from "../register/operation.ts"
import { isLarger } from "../register/pair.ts"
import { type ClientState, client } from "./client.ts"
import { describeMessage, Message } from "./messages.ts"
import { type ServerState, server } from "./server.ts"
import { type VariantName, variants } from "./variants.ts"

type Context = Setup<VariantName>

/** What a storage node holds never grows older. */
export const timestampsGrow: StepInvariant<Context, "server", ServerState> = {
  _tag: "Step",
  name: "timestamps-grow",
  about: "no storage node ever replaces its vt-pair by one with a smaller timestamp",
  role: "server",
  holds: (_context, _self, before, after) => !isLarger(before.pair.timestamp, after.pair.timestamp)
}

/** "Then chooses a higher unique timestamp": a timestamp names one value. */
export const timestampsNameValues: PairInvariant<Context, "server", ServerState> = {
  _tag: "Pair",
  name: "timestamps-name-values",
  about: "two storage nodes with the same timestamp hold the same value",
  role: "server",
  holds: (_context, left, right) =>
    !equals(left.pair.timestamp, right.pair.timestamp) || equals(left.pair.value, right.pair.value)
}

export const atomic: Observed<unknown, Operation> = {
  _tag: "Observed",
  name: "atomicity",
  about: "each operation appears to take place instantaneously between its invocation and its response",
  observer: () => atomicity
}

export const majority: Protocol<VariantName, ServerState, ClientState, Access, Message, never> = {
  name: "majority",
  about: "Majority replication of one register over a static set of storage nodes (tutorial 2.3).",
  variants,
  operations: [writeKind, readKind],
  Message,
  server,
  client,
  properties: [atomic, timestampsGrow, timestampsNameValues],
  describe: describeMessage
}
