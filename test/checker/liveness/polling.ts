/**
 * A client that asks again and again, and a server that is always busy: everything that is sent arrives, for ever, and
 * the operation never ends.
 */
import * as Schema from "effect/Schema"
import type { Model } from "../../../checker/network/model.ts"
import { majority } from "../../../spec/configuration/configuration.ts"
import { client, type NodeId, servers } from "../../../spec/kernel/node.ts"
import type { Input } from "../../../spec/kernel/process.ts"
import type { AnyProtocol } from "../../../spec/kernel/protocol.ts"
import { termination } from "../../../spec/liveness/liveness.ts"
import { type Operation, readKind } from "../../../spec/register/operation.ts"

const Message = Schema.Union([Schema.TaggedStruct("Ask", {}), Schema.TaggedStruct("Busy", {})])
type Message = typeof Message.Type
type Taken = Input<Operation, Message, undefined>

const send = (to: NodeId | undefined, message: Message) => [{ to, message }]
const s1 = servers("s1")[0]

const protocol = {
  name: "polling",
  about: "a client that is never served",
  variants: [{ name: "correct", kind: "correct", about: "the only one" }],
  operations: [readKind],
  Message,
  server: {
    role: "server",
    State: Schema.Struct({}),
    durable: false,
    perRegister: [],
    initial: () => ({}),
    ready: () => false,
    choices: () => [],
    step: (_: unknown, __: unknown, state: unknown, input: Taken) => ({
      state,
      sends: input._tag === "Receive" ? send(input.from, { _tag: "Busy" }) : [],
      observations: []
    })
  },
  client: {
    role: "client",
    State: Schema.Struct({ asks: Schema.Boolean }),
    durable: false,
    perRegister: [],
    initial: () => ({ asks: false }),
    ready: (_: unknown, __: unknown, { asks }: { readonly asks: boolean }) => !asks,
    choices: () => [],
    step: (_: unknown, __: unknown, _state: unknown, input: Taken) => ({
      state: { asks: true },
      sends: send(s1, { _tag: "Ask" }),
      observations: input._tag === "Invoke" ? [{ _tag: "Invocation", operation: input.operation }] : []
    })
  },
  properties: [termination],
  describe: ({ _tag }: Message) => _tag.toLowerCase()
} as unknown as AnyProtocol

export const polling: Model = {
  protocol,
  setup: {
    servers: servers("s1"),
    clients: [client("c1")],
    configuration: majority(servers("s1")),
    variant: "correct"
  },
  scripts: [[{ _tag: "Read" }]],
  crashes: { server: 0, client: 0 },
  properties: [termination]
}
