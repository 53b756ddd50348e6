/**
 * The Get phase (tutorial, section 5): "when a client p wants to read or write the object, it sends
 * a request to the storage nodes in the active configurations in its cmap".
 *
 * `fixed-point.ts` has the integration of received cmaps, and the condition for completion.
 */
import { startPhase } from "../phase/phase.ts"
import type { Access } from "../register/operation.ts"
import { initialPair, larger, type Pair } from "../register/pair.ts"
import type { GetReply, GetRequest } from "./messages.ts"
import { type ClientState, type ClientStep, enter, inPhase } from "./state.ts"

/** A client that begins a read or a write asks the storage nodes for their vt-pairs. */
export const startGet = (state: ClientState, operation: Access): ClientStep => {
  const { retired, active } = state.map
  const entered = enter(state)
  const { phase, sends } = startPhase(active, initialPair, getRequest(entered))
  return {
    state: { ...entered, activity: { _tag: "Getting", operation, retired, phase } },
    sends,
    observations: []
  }
}

/** The question of the phase, to every storage node that the client learns about. */
export const getRequest = (state: ClientState): GetRequest => ({ _tag: "Get", ...inPhase(state) })

/** "The client then finds the vt-pair with largest timestamp": it keeps the largest so far. */
export const largest = (found: Pair, { pair }: GetReply): Pair => larger(found, pair)
