/**
 * The Set phase (tutorial, section 5): "the client first picks a vt-pair", and then "sends the
 * picked vt-pair to the storage nodes in the active configurations in its cmap".
 *
 * `fixed-point.ts` has the integration of received cmaps, and the condition for termination.
 */
import type { ClientId } from "../nodes/nodes.ts"
import { startPhase } from "../phase/phase.ts"
import type { Access } from "../register/operation.ts"
import type { Pair } from "../register/pair.ts"
import type { SetRequest } from "./messages.ts"
import { type ClientState, type ClientStep, enter, type Getting, inPhase } from "./state.ts"

/**
 * The client picks a vt-pair when its Get phase completes. "If the operation is to read", it picks
 * the pair it found; if it is to write, its own value and "a unique timestamp higher than" the one
 * it found.
 */
export const pickPair = (self: ClientId, { operation, phase }: Getting): Pair =>
  operation._tag === "Write"
    ? {
        value: operation.value,
        timestamp: { number: phase.answer.timestamp.number + 1, client: self }
      }
    : phase.answer

/** The client asks the storage nodes to store the picked pair. */
export const startSet = (state: ClientState, operation: Access, pair: Pair): ClientStep => {
  const { retired, active } = state.map
  const entered = enter(state)
  const { phase, sends } = startPhase(active, pair, setRequest(entered, pair))
  return {
    state: { ...entered, activity: { _tag: "Setting", operation, retired, phase } },
    sends,
    observations: []
  }
}

/** The question of the phase, to every storage node that the client learns about. */
export const setRequest = (state: ClientState, pair: Pair): SetRequest => ({
  _tag: "Set",
  ...inPhase(state),
  pair
})
