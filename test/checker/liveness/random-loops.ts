/**
 * Random small protocols that can run forever: messages that lead to messages, steps that stay
 * possible. They make no sense.
 */
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import type { Model } from "../../../checker/network/model.ts"
import { majority } from "../../../spec/configuration/configuration.ts"
import { crash, type FaultModel, type Premise } from "../../../spec/kernel/fault.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { AnyProcess, Input, Step } from "../../../spec/kernel/process.ts"
import type { AnyProperty } from "../../../spec/kernel/property.ts"
import { premise, staticLiveness, termination } from "../../../spec/liveness/liveness.ts"
import { client, server } from "../../../spec/nodes/nodes.ts"
import { type Access, type AccessObservation, register } from "../../../spec/register/operation.ts"
import type { StorageParameters } from "../../../spec/storage/parameters.ts"

type Kind = "A" | "B"
/**
 * The effect of one input: the next state, at most one message, and whether a pending operation
 * ends.
 */
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
  readonly pending: Access | null
}

const effects: fc.Arbitrary<Effect> = fc.record({
  at: fc.nat(1),
  send: fc.option(
    fc.record({
      kind: fc.constantFrom<Kind>("A", "B"),
      to: fc.constantFrom(
        "sender" as const,
        "sender" as const,
        "server" as const,
        "client" as const
      )
    }),
    { freq: 2 }
  ),
  ends: fc.boolean()
})
const rows: fc.Arbitrary<Row> = fc.record({
  A: effects,
  B: effects,
  invoke: effects.map((effect) => ({ ...effect, ends: false })),
  // A step of its own sends nothing here, for the process could repeat it without end.
  choices: fc.array(
    effects.map((effect) => ({ ...effect, send: null })),
    { maxLength: 1 }
  )
})
const tables = fc.tuple(rows, rows)

const processOf = (role: "server" | "client", table: readonly [Row, Row]): AnyProcess => {
  const take = (
    context: StorageParameters,
    local: Local,
    from: NodeId,
    { at, send, ends }: Effect
  ) => {
    const { servers, clients } = context
    const to = { sender: from, server: servers[0], client: clients[0] }[send?.to ?? "sender"]
    const step: Step<Local, AccessObservation, unknown> = {
      state: { at, pending: ends ? null : local.pending },
      sends: send === null ? [] : [{ to: to as NodeId, message: { _tag: send.kind } }],
      observations:
        ends && local.pending !== null
          ? [{ _tag: "Response", operation: local.pending, result: null }]
          : []
    }
    return step
  }
  return {
    State: Schema.Any,
    durable: false,
    initial: (): Local => ({ at: 0, pending: null }),
    ready: (_: unknown, __: unknown, { pending }: Local) => role === "client" && pending === null,
    choices: (_: unknown, __: unknown, { at }: Local) =>
      (table[at] as Row).choices.map((_, index) => index),
    step: (
      context: StorageParameters,
      self: NodeId,
      local: Local,
      input: Input<Access, { readonly _tag: Kind }, number>
    ) => {
      const row = table[local.at] as Row
      switch (input._tag) {
        case "Receive":
          return take(context, local, input.from, row[input.message._tag])
        case "Choose":
          return take(context, local, self, row.choices[input.choice] as Effect)
        case "Invoke": {
          const { operation } = input
          const step = take(
            context,
            { ...local, pending: operation },
            context.servers[0] as NodeId,
            row.invoke
          )
          return { ...step, observations: [{ _tag: "Invocation", operation }] }
        }
      }
    }
  } as AnyProcess
}

const properties = [termination, staticLiveness] as ReadonlyArray<AnyProperty>

/** Models whose runs may be infinite; some have infinitely many states. */
export const loopingModels: fc.Arbitrary<Model> = fc
  .record({
    server: tables,
    client: tables,
    servers: fc.constantFrom(1, 2),
    clients: fc.constantFrom(1, 1, 2),
    crashes: fc.constantFrom(
      { server: 0, client: 0 },
      { server: 1, client: 0 },
      { server: 1, client: 1 }
    ),
    isBounded: fc.boolean()
  })
  .map(
    ({ server: serverTable, client: clientTable, servers, clients, crashes, isBounded }): Model => {
      const ids = Array.from({ length: servers }, (_, index) => server(`s${index + 1}`))
      const clientIds = Array.from({ length: clients }, (_, index) => client(`c${index + 1}`))
      const [serving, asking] = [processOf("server", serverTable), processOf("client", clientTable)]
      const parameters = { servers: ids, clients: clientIds, configuration: majority(ids) }
      const faults: FaultModel = {
        budgets: [
          { fault: crash, nodes: ids, most: crashes.server },
          { fault: crash, nodes: clientIds, most: crashes.client }
        ]
      }
      return {
        protocol: {
          name: "loops",
          about: "nothing in particular",
          Message: Schema.Union([Schema.TaggedStruct("A", {}), Schema.TaggedStruct("B", {})]),
          objects: [register],
          properties,
          describe: String
        },
        system: {
          nodes: [
            ...ids.map((id) => ({ id, role: "server", process: serving })),
            ...clientIds.map((id) => ({ id, role: "client", process: asking }))
          ],
          context: parameters,
          parameters
        },
        scripts: Object.fromEntries(clientIds.map((id) => [id, [{ _tag: "Read" }]])),
        faults: isBounded
          ? { ...faults, premise: premise("static-liveness") as Premise<unknown, unknown> }
          : faults,
        properties
      }
    }
  )
