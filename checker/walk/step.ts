/**
 * What a walk needs from a network beyond visiting all transitions of a state: taking a single one.
 */
import type { Sink } from "../engine/space.ts"
import { type Model, type ModelNode, nodesOf } from "../network/model.ts"
import type { Network } from "../network/network.ts"
import { type ReductionName, soundReductions } from "../network/reductions.ts"

/**
 * The reductions that only drop messages: with others on, a transition may be more than one event.
 */
export const walkReductions = (
  reductions: ReadonlyArray<ReductionName>,
  model: Model
): ReadonlyArray<ReductionName> =>
  soundReductions(reductions, model, false).filter(
    (name) => name === "obsolete-messages" || name === "dead-requests"
  )

/**
 * Takes one transition. The network's successor must equal the state before. If the sink copies the
 * successor, it equals the state afterwards too.
 */
export const takeStep = (network: Network, state: Int32Array, label: number, sink: Sink): void => {
  network.take(state, network.locals.transitions.slotOf.items[label] as number, label, sink)
}

/** Makes sure that the transitions of every node are known. */
export const prepare = ({ locals }: Network, state: Int32Array): void => {
  for (let slot = 0; slot < locals.nodes.length; slot++) {
    const local = state[slot] as number
    if ((locals.firstTransition.items[local] as number) < 0) locals.prepare(local)
  }
}

/**
 * The slots of the nodes that invoke no operations and whose role has several nodes: storage nodes,
 * for example.
 */
export const passiveNodes = (model: Model): ReadonlyArray<number> => {
  const nodes = nodesOf(model)
  const isOneOfMany = (role: string) => nodes.filter((node) => node.role === role).length > 1
  const passive = nodes.flatMap(({ script }, slot) => (script.length === 0 ? [slot] : []))
  const many = passive.filter((slot) => isOneOfMany((nodes[slot] as ModelNode).role))
  return many.length > 0 ? many : passive
}
