/**
 * Two clients, one of which answers the other's only question, and crashes, if at all, after it has answered: then its
 * answer is on its way, and may be lost.
 */
import * as Schema from "effect/Schema"
import type { Model } from "../../../checker/network/model.ts"
import { majority } from "../../../spec/configuration/configuration.ts"
import { client, type NodeId, servers } from "../../../spec/kernel/node.ts"
import type { Event, Observer } from "../../../spec/kernel/observer.ts"
import type { Input } from "../../../spec/kernel/process.ts"
import type { AnyProtocol } from "../../../spec/kernel/protocol.ts"
import { type Premise, termination } from "../../../spec/liveness/liveness.ts"
import type { Operation } from "../../../spec/register/operation.ts"

const Message = Schema.Union([Schema.TaggedStruct("Ask", {}), Schema.TaggedStruct("Answer", {})])
type Message = typeof Message.Type
const [c1, c2] = [client("c1"), client("c2")]
const operation: Operation = { _tag: "Read" }

const take = (self: NodeId, input: Input<Operation, Message, undefined>) => {
  if (input._tag === "Invoke") {
    return {
      state: { asks: true },
      sends: [{ to: c1, message: { _tag: "Ask" } }],
      observations: [{ _tag: "Invocation", operation }]
    }
  }
  return self === c1
    ? {
        state: { asks: false },
        sends: [{ to: c2, message: { _tag: "Answer" } }],
        observations: [{ _tag: "Note", name: "answered", detail: null }]
      }
    : { state: { asks: false }, sends: [], observations: [{ _tag: "Response", operation, result: null }] }
}

const common = { State: Schema.Any, durable: false, perRegister: [], choices: () => [] }
const protocol = {
  name: "last-words",
  about: "a client that another one needs",
  variants: [{ name: "correct", kind: "correct", about: "the only one" }],
  operations: [],
  Message,
  server: {
    ...common,
    role: "server",
    initial: () => ({}),
    ready: () => false,
    step: (_: unknown, __: unknown, state: unknown) => ({ state, sends: [], observations: [] })
  },
  client: {
    ...common,
    role: "client",
    initial: () => ({ asks: false }),
    ready: (_: unknown, __: unknown, { asks }: { readonly asks: boolean }) => !asks,
    step: (_: unknown, self: NodeId, __: unknown, input: Input<Operation, Message, undefined>) =>
      take(self, input)
  },
  properties: [termination],
  describe: ({ _tag }: Message) => _tag.toLowerCase()
} as unknown as AnyProtocol

interface Seen {
  readonly answered: boolean
  readonly isRight: boolean
}

/** Nobody crashes before the answer is given. */
const notBefore = {
  name: "static-liveness",
  observer: (): Observer<Seen, Operation> => ({
    name: "answered",
    initial: { answered: false, isRight: true },
    observe: (seen, event: Event<Operation>) =>
      event._tag === "Crashed"
        ? { ...seen, isRight: seen.isRight && seen.answered }
        : { ...seen, answered: seen.answered || event.observation._tag === "Note" },
    allowsEarlierResponses: false,
    mentionsServers: false,
    violation: () => undefined
  }),
  holds: ({ isRight }: Seen) => isRight
} as unknown as Premise

/** c1 may crash once it has answered, or may not. */
export const lastWords = (mayCrash: boolean): Model => ({
  protocol,
  setup: {
    servers: servers("s1"),
    clients: [c1, c2],
    configuration: majority(servers("s1")),
    variant: "correct"
  },
  scripts: [[], [operation]],
  crashes: { server: 0, client: mayCrash ? 1 : 0 },
  mayCrash: [c1],
  crashPremise: notBefore,
  properties: [termination]
})
