/**
 * A client that asks forever, and a server that is always busy: every message arrives, and the
 * operation never ends.
 */
import * as Schema from "effect/Schema"
import type { Model } from "../../../checker/network/model.ts"
import { majority } from "../../../spec/configuration/configuration.ts"
import { noFaults } from "../../../spec/kernel/fault.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { AnyProcess, Input } from "../../../spec/kernel/process.ts"
import type { AnyProperty } from "../../../spec/kernel/property.ts"
import { termination } from "../../../spec/liveness/liveness.ts"
import { client, server, servers } from "../../../spec/nodes/nodes.ts"
import { type Access, register } from "../../../spec/register/operation.ts"

const Message = Schema.Union([Schema.TaggedStruct("Ask", {}), Schema.TaggedStruct("Busy", {})])
type Message = typeof Message.Type
type Taken = Input<Access, Message, undefined>

const send = (to: NodeId, message: Message) => [{ to, message }]
const [s1, c1] = [server("s1"), client("c1")]

const serving = {
  State: Schema.Struct({}),
  durable: false,
  initial: () => ({}),
  ready: () => false,
  choices: () => [],
  step: (_: unknown, __: unknown, state: unknown, input: Taken) => ({
    state,
    sends: input._tag === "Receive" ? send(input.from, { _tag: "Busy" }) : [],
    observations: []
  })
} as AnyProcess

const asking = {
  State: Schema.Struct({ asks: Schema.Boolean }),
  durable: false,
  initial: () => ({ asks: false }),
  ready: (_: unknown, __: unknown, { asks }: { readonly asks: boolean }) => !asks,
  choices: () => [],
  step: (_: unknown, __: unknown, _state: unknown, input: Taken) => ({
    state: { asks: true },
    sends: send(s1, { _tag: "Ask" }),
    observations:
      input._tag === "Invoke" ? [{ _tag: "Invocation", operation: input.operation }] : []
  })
} as AnyProcess

const properties: ReadonlyArray<AnyProperty> = [termination as AnyProperty]
const parameters = { servers: servers("s1"), clients: [c1], configuration: majority(servers("s1")) }

export const polling: Model = {
  protocol: {
    name: "polling",
    about: "a client that is never served",
    Message,
    objects: [register],
    properties,
    describe: (message) => (message as Message)._tag.toLowerCase()
  },
  system: {
    nodes: [
      { id: s1, role: "server", process: serving },
      { id: c1, role: "client", process: asking }
    ],
    context: parameters,
    parameters
  },
  scripts: { [c1]: [{ _tag: "Read" }] },
  faults: noFaults,
  properties
}
