/**
 * The messages and states of processes match their Schemas exactly: hosts reject data that does
 * not, and disks and wires keep no field outside a Schema.
 *
 * Random runs of the shipped scenarios, without faults.
 */
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { quickNames } from "../../checker/command/shipped.ts"
import type { Model } from "../../checker/network/model.ts"
import { canonical } from "../../spec/kernel/data.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import { protocols, type StorageProtocol } from "../../spec/protocols.ts"
import { isOfVariant, shipped } from "../checker/shipped.ts"

/** Calls back with each state and each message of a run. */
const run = (
  { system, scripts }: Model,
  seed: number,
  become: (role: string, state: unknown) => void,
  send: (message: unknown) => void
): void => {
  const { context } = system
  const nodes = system.nodes
  const states = new Map(nodes.map(({ id, process }) => [id, process.initial(context, id)]))
  const left = new Map(Object.entries(scripts).map(([id, script]) => [id as NodeId, [...script]]))
  const underway: Array<{ readonly to: NodeId; readonly input: unknown }> = []
  let random = seed
  for (let step = 0; step < 250; step++) {
    const possible = nodes.flatMap(({ id, process }) => {
      const state = states.get(id)
      const [operation] = left.get(id) ?? []
      const invoked =
        operation !== undefined && process.ready(context, id, state, operation)
          ? [{ id, take: () => ({ _tag: "Invoke", operation: left.get(id)?.shift() }) }]
          : []
      const choices = process.choices(context, id, state)
      return [
        ...invoked,
        ...choices.map((choice) => ({ id, take: () => ({ _tag: "Choose", choice }) }))
      ]
    })
    const received = underway.map(({ to, input }, index) => ({
      id: to,
      take: () => {
        underway.splice(index, 1)
        return input
      }
    }))
    const all = [...possible, ...received]
    if (all.length === 0) return
    random = (random * 48_271) % 2_147_483_647
    const { id, take } = all[random % all.length] as (typeof all)[number]
    const node = nodes.find((one) => one.id === id) as (typeof nodes)[number]
    const after = node.process.step(context, id, states.get(id), take() as never)
    states.set(id, after.state)
    become(node.role, after.state)
    for (const { to, message } of after.sends) {
      send(message)
      underway.push({ to, input: { _tag: "Receive", from: id, message } })
    }
  }
}

const tagsIn = (value: unknown): ReadonlyArray<string> =>
  typeof value !== "object" || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) =>
        key === "_tag" ? [String(inner)] : key === "message" ? tagsIn(inner) : []
      )

/** Mutants may break them: that can be their point. */
const scenariosOf = (protocol: StorageProtocol) =>
  quickNames()
    .filter((name) =>
      protocol.variants.some(
        (variant) => variant.kind === "correct" && isOfVariant(name, protocol, variant.name)
      )
    )
    .map(shipped)

describe.each(protocols.map((protocol) => ({ name: protocol.name, protocol })))(
  "the messages and states of $name",
  ({ protocol }) => {
    it("match its Schemas exactly", () => {
      const exactly = (schema: Schema.Top) => {
        const decode = Schema.decodeUnknownExit(schema as Schema.Codec<unknown>)
        const known = new Set<string>()
        return (value: unknown): void => {
          const text = canonical(value)
          if (known.has(text)) return
          known.add(text)
          const exit = decode(value, { onExcessProperty: "error" })
          expect(Exit.isSuccess(exit), `${text}: ${exit}`).toBe(true)
        }
      }
      const message = exactly(protocol.Message)
      const stateOf = new Map(
        Object.entries(protocol.roles).map(([role, { State }]) => [role, exactly(State)])
      )
      const seen = new Set<string>()
      scenariosOf(protocol).forEach(({ model }, number) => {
        for (const seed of [number + 1, number + 1001])
          run(
            model,
            seed,
            (role, state) => stateOf.get(role)?.(state),
            (sent) => {
              for (const tag of tagsIn(sent)) seen.add(tag)
              message(sent)
            }
          )
      })
      // Questions and answers, of two kinds at least, or whatever kinds there are.
      const { Message } = protocol as {
        readonly Message: { readonly members?: ReadonlyArray<unknown> }
      }
      expect(seen.size).toBeGreaterThanOrEqual(Math.min(4, Message.members?.length ?? 4))
    })
  }
)
