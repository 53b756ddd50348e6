/**
 * What a walk needs of a network beyond visiting all transitions of a state: to take a single one.
 */
import type { Sink } from "../engine/space.ts"
import type { Network } from "../network/network.ts"
import { crashed } from "../network/process-table.ts"
import type { ReductionName } from "../network/reductions.ts"

/** The reductions that only drop messages: with others on, a transition may be more than one event. */
export const walkReductions = (reductions: ReadonlyArray<ReductionName>): ReadonlyArray<ReductionName> =>
  reductions.filter((name) => name === "obsolete-messages" || name === "dead-requests")

/** Takes one transition. The network's successor must equal the state before; it does so after, if the sink copies it. */
export const takeStep = (network: Network, state: Int32Array, label: number, sink: Sink): void => {
  network.take(state, network.locals.slotOf.items[label] as number, label, sink)
}

/** Sees to it that the transitions of every node are known. */
export const prepare = ({ locals }: Network, state: Int32Array): void => {
  for (let slot = 0; slot < locals.nodes.length; slot++) {
    const local = state[slot] as number
    if ((locals.firstTransition.items[local] as number) < 0) locals.prepare(local)
  }
}

/** Whether the node at this slot may crash: fewer of its role have than may, and the premise, if any, allows it. */
export const mayCrash = (network: Network, state: Int32Array, slot: number): boolean => {
  const { locals, model } = network
  const servers = model.setup.servers.length
  const isServer = slot < servers
  const end = isServer ? servers : locals.nodes.length
  let down = 0
  for (let other = isServer ? 0 : servers; other < end; other++) {
    if (locals.processOf.items[state[other] as number] === crashed) down++
  }
  return down < (isServer ? model.crashes.server : model.crashes.client) && network.allowsCrash(state, slot)
}
