/**
 * Premises on corruption across epochs: the fault window (protocols.md 8.2).
 *
 * At most f members of a replica group are or have been corrupt while the group counts: from before
 * its epoch begins until
 *
 *  - every correct replica of the next epoch that needs the data has copied it. The reconstruction
 *    says this, and it is not enough: a client that has not learned of the change still asks the
 *    old group, whose members may by then all lie together ("I still work here");
 *  - that, and every client has moved to a later epoch. A runtime ensures this with leases: a
 *    client that has not heard from the service for the length of its lease asks no node.
 */
import * as Schema from "effect/Schema"
import { byzantineFaults } from "../configuration/tolerated-faults.ts"
import { including, setOf, without } from "../kernel/data.ts"
import type { Premise } from "../kernel/fault.ts"
import { Count, SetOf } from "../kernel/node.ts"
import type { AnyObservation } from "../kernel/observation.ts"
import type { Event } from "../kernel/observer.ts"
import { ClientId, ServerId, ServerSet } from "../nodes/nodes.ts"
import type { StorageParameters } from "../storage/parameters.ts"
import { epochsOf, groupIn, isAmong, type Placed } from "./epoch.ts"
import type { Noted } from "./observation.ts"

/**
 * Which replicas have copied the data of which epoch, the epoch of each client, and the corrupt
 * nodes; whether these are too many.
 */
const Window = Schema.Struct({
  copied: SetOf(Schema.Struct({ server: ServerId, number: Count })),
  moved: SetOf(Schema.Struct({ client: ClientId, number: Count })),
  corrupt: ServerSet,
  isBroken: Schema.Boolean
})
type Window = typeof Window.Type
type Context = StorageParameters & { readonly rules: Placed }

/**
 * `awaitsClients`: whether a group counts as long as some client is in its epoch or an earlier one.
 */
const window = (name: string, awaitsClients: boolean): Premise<Context, Window> => ({
  name,
  observer: (context) => ({
    name,
    State: Window,
    initial: {
      copied: [],
      moved: setOf(context.clients.map((client) => ({ client, number: 0 }))),
      corrupt: [],
      isBroken: false
    },
    observe: (state, event) => judged(context, after(context, state, event), awaitsClients),
    allowsEarlierResponses: true,
    mentionsServers: true,
    violation: () => undefined
  }),
  holds: ({ isBroken }) => !isBroken
})

const after = (
  { servers, clients }: Context,
  state: Window,
  event: Event<AnyObservation>
): Window => {
  const server = servers.find((one) => one === event.node)
  const client = clients.find((one) => one === event.node)
  if (event._tag === "Fault") {
    if (event.fault !== "corruption") return state
    // No other node may be corrupt: only storage nodes count.
    return server === undefined
      ? { ...state, isBroken: true }
      : { ...state, corrupt: including(state.corrupt, server) }
  }
  if (event.observation._tag !== "Note") return state
  const { number } = event.observation.detail as Noted["detail"]
  if (server !== undefined) return { ...state, copied: including(state.copied, { server, number }) }
  if (client === undefined) return state
  const others = state.moved.filter((one) => one.client !== client)
  return { ...state, moved: including(others, { client, number }) }
}

/** Whether too many members of a group that still counts are corrupt. */
const judged = (context: Context, state: Window, awaitsClients: boolean): Window => {
  const epochs = epochsOf(context)
  const groups = epochs.map((epoch) => groupIn(context.rules, epoch))
  const isBroken = epochs.some(({ number }, index) => {
    const group = groups[index] ?? []
    const isAwaited = awaitsClients && state.moved.some((one) => one.number <= number)
    const next = groups[index + 1]
    const needs = next === undefined ? [] : without(without(next, group), state.corrupt)
    const isCopied = (server: ServerId) =>
      state.copied.some((one) => one.server === server && one.number === number + 1)
    const counts = isAwaited || next === undefined || !needs.every(isCopied)
    const corrupt = group.filter((member) => isAmong(state.corrupt, member))
    return counts && corrupt.length > byzantineFaults.maxFaulty(group.length)
  })
  return isBroken ? { ...state, isBroken } : state
}

/** Lifted when the correct replicas of the next epoch have the data. */
export const boundedUntilCopied = window("bounded-until-copied", false)
/** Lifted when, in addition, no client is in the epoch any more. */
export const boundedUntilLeft = window("bounded-until-left", true)

export const premises = [boundedUntilCopied, boundedUntilLeft]
