/**
 * Two clients: one answers the other's only question, and may crash only after it has answered. The
 * answer is then in flight, and may be lost.
 */
import * as Schema from "effect/Schema"
import type { Model } from "../../../checker/network/model.ts"
import { majority } from "../../../spec/configuration/configuration.ts"
import { crash, type Premise } from "../../../spec/kernel/fault.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { AnyObservation } from "../../../spec/kernel/observation.ts"
import type { Event, Observer } from "../../../spec/kernel/observer.ts"
import type { AnyProcess, Input } from "../../../spec/kernel/process.ts"
import type { AnyProperty } from "../../../spec/kernel/property.ts"
import { termination } from "../../../spec/liveness/liveness.ts"
import { client, server, servers } from "../../../spec/nodes/nodes.ts"
import { type Access, register } from "../../../spec/register/operation.ts"

const Message = Schema.Union([Schema.TaggedStruct("Ask", {}), Schema.TaggedStruct("Answer", {})])
type Message = typeof Message.Type
const [s1, c1, c2] = [server("s1"), client("c1"), client("c2")]
const operation: Access = { _tag: "Read" }

const take = (self: NodeId, input: Input<Access, Message, undefined>) => {
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
    : {
        state: { asks: false },
        sends: [],
        observations: [{ _tag: "Response", operation, result: null }]
      }
}

const common = { State: Schema.Any, durable: false, choices: () => [] }
const serving = {
  ...common,
  initial: () => ({}),
  ready: () => false,
  step: (_: unknown, __: unknown, state: unknown) => ({ state, sends: [], observations: [] })
} as AnyProcess
const asking = {
  ...common,
  initial: () => ({ asks: false }),
  ready: (_: unknown, __: unknown, { asks }: { readonly asks: boolean }) => !asks,
  step: (_: unknown, self: NodeId, __: unknown, input: Input<Access, Message, undefined>) =>
    take(self, input)
} as AnyProcess

interface Seen {
  readonly answered: boolean
  readonly isRight: boolean
}

/** No node crashes before the answer is given. */
const notBefore: Premise<unknown, Seen> = {
  name: "static-liveness",
  observer: (): Observer<Seen, AnyObservation> => ({
    name: "answered",
    initial: { answered: false, isRight: true },
    observe: (seen, event: Event<AnyObservation>) =>
      event._tag === "Fault"
        ? { ...seen, isRight: seen.isRight && seen.answered }
        : { ...seen, answered: seen.answered || event.observation._tag === "Note" },
    allowsEarlierResponses: false,
    mentionsServers: false,
    violation: () => undefined
  }),
  holds: ({ isRight }: Seen) => isRight
}

const properties: ReadonlyArray<AnyProperty> = [termination as AnyProperty]
const parameters = {
  servers: servers("s1"),
  clients: [c1, c2],
  configuration: majority(servers("s1"))
}

/** c1 may crash once it has answered, or may not. */
export const lastWords = (mayCrash: boolean): Model => ({
  protocol: {
    name: "last-words",
    about: "a client that another one needs",
    Message,
    objects: [register],
    properties,
    describe: (message) => (message as Message)._tag.toLowerCase()
  },
  system: {
    nodes: [
      { id: s1, role: "server", process: serving },
      { id: c1, role: "client", process: asking },
      { id: c2, role: "client", process: asking }
    ],
    context: parameters,
    parameters
  },
  scripts: { [c2]: [operation] },
  faults: {
    budgets: [{ fault: crash, nodes: [c1], most: mayCrash ? 1 : 0 }],
    premise: notBefore as Premise<unknown, unknown>
  },
  properties
})
