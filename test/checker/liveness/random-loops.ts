/**
 * Random small protocols in which things can go on for ever: messages that lead to messages, steps that can be taken again
 * and again. They make no sense.
 */
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import type { Model } from "../../../checker/network/model.ts"
import { majority } from "../../../spec/configuration/configuration.ts"
import { client, type NodeId, server } from "../../../spec/kernel/node.ts"
import type { Input, Step } from "../../../spec/kernel/process.ts"
import type { AnyProtocol, Setup } from "../../../spec/kernel/protocol.ts"
import { premise, staticLiveness, termination } from "../../../spec/liveness/liveness.ts"
import type { Operation } from "../../../spec/register/operation.ts"

type Kind = "A" | "B"
/** What one input does: where it leads, one message at most, and whether a pending operation ends. */
interface Effect {
  readonly at: number
  readonly send: { readonly kind: Kind; readonly to: "sender" | "server" | "client" } | null
  readonly ends: boolean
}
interface Row {
  readonly A: Effect
  readonly B: Effect
  readonly invoke: Effect
  readonly choices: ReadonlyArray<Effect>
}
interface Local {
  readonly at: number
  readonly pending: Operation | null
}

const effects: fc.Arbitrary<Effect> = fc.record({
  at: fc.nat(1),
  send: fc.option(
    fc.record({
      kind: fc.constantFrom<Kind>("A", "B"),
      to: fc.constantFrom("sender" as const, "sender" as const, "server" as const, "client" as const)
    }),
    { freq: 2 }
  ),
  ends: fc.boolean()
})
const rows: fc.Arbitrary<Row> = fc.record({
  A: effects,
  B: effects,
  invoke: effects.map((effect) => ({ ...effect, ends: false })),
  // A step of its own sends nothing here: it could do so again and again.
  choices: fc.array(
    effects.map((effect) => ({ ...effect, send: null })),
    { maxLength: 1 }
  )
})
const tables = fc.tuple(rows, rows)

const roleOf = (role: "server" | "client", table: readonly [Row, Row]): AnyProtocol["server"] => {
  const take = (setup: Setup<string>, local: Local, from: NodeId, { at, send, ends }: Effect) => {
    const to = { sender: from, server: setup.servers[0], client: setup.clients[0] }[send?.to ?? "sender"]
    const step: Step<Local, Operation, unknown> = {
      state: { at, pending: ends ? null : local.pending },
      sends: send === null ? [] : [{ to: to as NodeId, message: { _tag: send.kind } }],
      observations:
        ends && local.pending !== null ? [{ _tag: "Response", operation: local.pending, result: null }] : []
    }
    return step
  }
  return {
    role,
    State: Schema.Any,
    durable: false,
    perRegister: [],
    initial: (): Local => ({ at: 0, pending: null }),
    ready: (_: unknown, __: unknown, { pending }: Local) => role === "client" && pending === null,
    choices: (_: unknown, __: unknown, { at }: Local) => (table[at] as Row).choices.map((_, index) => index),
    step: (
      setup: Setup<string>,
      self: NodeId,
      local: Local,
      input: Input<Operation, { readonly _tag: Kind }, number>
    ) => {
      const row = table[local.at] as Row
      switch (input._tag) {
        case "Receive":
          return take(setup, local, input.from, row[input.message._tag])
        case "Choose":
          return take(setup, local, self, row.choices[input.choice] as Effect)
        case "Invoke": {
          const { operation } = input
          const step = take(setup, { ...local, pending: operation }, setup.servers[0] as NodeId, row.invoke)
          return { ...step, observations: [{ _tag: "Invocation", operation }] }
        }
      }
    }
  } as AnyProtocol["server"]
}

/** Models in which runs need not end; some have infinitely many states. */
export const loopingModels: fc.Arbitrary<Model> = fc
  .record({
    server: tables,
    client: tables,
    servers: fc.constantFrom(1, 2),
    clients: fc.constantFrom(1, 1, 2),
    crashes: fc.constantFrom({ server: 0, client: 0 }, { server: 1, client: 0 }, { server: 1, client: 1 }),
    isBounded: fc.boolean()
  })
  .map(({ server: serverTable, client: clientTable, servers, clients, crashes, isBounded }) => {
    const ids = Array.from({ length: servers }, (_, index) => server(`s${index + 1}`))
    const protocol = {
      name: "loops",
      about: "nothing in particular",
      variants: [{ name: "correct", kind: "correct", about: "the only one" }],
      operations: [],
      Message: Schema.Union([Schema.TaggedStruct("A", {}), Schema.TaggedStruct("B", {})]),
      server: roleOf("server", serverTable),
      client: roleOf("client", clientTable),
      properties: [termination, staticLiveness],
      describe: String
    } as AnyProtocol
    const setup = {
      servers: ids,
      clients: Array.from({ length: clients }, (_, index) => client(`c${index + 1}`)),
      configuration: majority(ids),
      variant: "correct"
    }
    const scripts = setup.clients.map(() => [{ _tag: "Read" } as const])
    const model = { protocol, setup, scripts, crashes, properties: [termination, staticLiveness] }
    return isBounded ? { ...model, crashPremise: premise("static-liveness") } : model
  })
