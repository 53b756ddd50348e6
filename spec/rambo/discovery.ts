/**
 * Discovery of the current configuration through the directory (tutorial, section 5): "a client
 * that has been inactive for a while may have a very old cmap that contains only configurations
 * with crashed storage nodes. [...] To address this problem, we rely on the directory service
 * (Section 3.2)".
 *
 * If there is a directory, it sends hints to every client from time to time, idle or not.
 */
import type { Hint } from "../directory/directory.ts"
import { become, type Step } from "../kernel/process.ts"
import type { ClientId } from "../nodes/nodes.ts"
import { ask } from "../phase/phase.ts"
import { integrate } from "./configuration-map.ts"
import { receiveMap as receiveMapWhileAsking } from "./fixed-point.ts"
import { type Reconfiguring, receiveMap as receiveMapInStage } from "./garbage-collection.ts"
import type { AskMap, MapReply } from "./messages.ts"
import { receiveMap as receiveMapWhileDeciding } from "./next-configuration.ts"
import type { ClientState, ClientStep } from "./state.ts"

/**
 * A hint arrives: "the client requests the cmap from each of those nodes".
 *
 * (The tutorial leaves out the nodes "in active configurations in the client's cmap". But a client
 * does not always ask all of these: a reconfigurer asks the members of only one configuration.)
 */
export const receiveHint = <State>(
  state: State,
  { members }: Hint
): Step<State, never, AskMap> => ({
  state,
  sends: ask(members, { _tag: "AskMap" }),
  observations: []
})

/**
 * "Upon receiving a cmap, the client integrates it with its own", and continues its activity
 * accordingly.
 */
export const receiveMapReply = (
  context: Reconfiguring,
  self: ClientId,
  state: ClientState,
  { map }: MapReply
): ClientStep => {
  const { activity } = state
  switch (activity._tag) {
    case "Idle":
    case "Announcing":
      return become({ ...state, map: integrate(state.map, map) })
    case "Getting":
    case "Setting":
      return receiveMapWhileAsking(context, state, activity, map)
    case "Deciding":
      return receiveMapWhileDeciding(context, self, state, activity, map)
    case "StoringPointer":
    case "GettingState":
    case "TransferringState":
    case "Retiring":
      return receiveMapInStage(context, state, activity, map)
  }
}
