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
import { floorOf } from "./floor.ts"
import type { SetRequest } from "./messages.ts"
import type { Ruled } from "./rules.ts"
import {
  type ClientState,
  type ClientStep,
  enter,
  type Getting,
  inPhase,
  type Setting
} from "./state.ts"

/**
 * The client picks a vt-pair when its Get phase completes. "If the operation is to read", it picks
 * the pair it found; if it is to write, its own value and "a unique timestamp higher than" the one
 * it found. (And higher than the floor, if there is one.)
 */
export const pickPair = (
  { rules }: Ruled,
  self: ClientId,
  { map }: ClientState,
  { operation, phase }: Getting
): Pair => {
  if (operation._tag === "Read") return phase.answer
  const { number } = rules.writesAbove(phase.answer.timestamp, floorOf(map))
  return { value: operation.value, timestamp: { number: number + 1, client: self } }
}

/**
 * The client asks the storage nodes to store the picked pair. `found` has the floor that it knew
 * before its Get phase.
 */
export const startSet = (
  state: ClientState,
  operation: Access,
  pair: Pair,
  found: Pick<Setting, "floor">
): ClientStep => {
  const { retired, active } = state.map
  const entered = enter(state)
  const floor = found.floor === undefined ? {} : { floor: found.floor }
  const { phase, sends } = startPhase(active, pair, setRequest(entered, pair, floor))
  return {
    state: { ...entered, activity: { _tag: "Setting", operation, retired, phase, ...floor } },
    sends,
    observations: []
  }
}

/** The question of the phase, to every storage node that the client learns about. */
export const setRequest = (
  state: ClientState,
  pair: Pair,
  { floor }: Pick<Setting, "floor">
): SetRequest => ({
  _tag: "Set",
  ...inPhase(state),
  pair,
  ...(floor === undefined ? {} : { floor })
})
