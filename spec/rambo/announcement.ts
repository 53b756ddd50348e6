/**
 * Informing the directory (tutorial, section 5): "when the module appends a new configuration to
 * the sequence, the directory service is informed of the new configuration".
 */
import type { Configuration } from "../configuration/configuration.ts"
import type { NodeId } from "../kernel/node.ts"
import { activeAt } from "./configuration-map.ts"
import type { ClientState, ClientStep, Task } from "./state.ts"

/**
 * The client announces the configuration at its goal to the directory, or the oldest active one if
 * that is already retired, and waits for the acknowledgement.
 *
 * (This comes later than in the tutorial. A client here asks once per hint, not "periodically", so
 * the nodes it asks must know the configuration by then; the variant `announced-first` breaks this.
 * The reconfigurer also waits for the acknowledgement. Without hints, a client makes progress only
 * while enough old storage nodes are up. After the reconfiguration returns they may stop, and the
 * reconfigurer may crash. The variant `announcement-not-awaited` does not wait.)
 */
export const announce = (
  directory: NodeId,
  state: ClientState,
  { operation, goal }: Task
): ClientStep => {
  const number = Math.max(goal, state.map.retired)
  const { members } = activeAt(state.map, number) as Configuration
  return {
    state: { ...state, activity: { _tag: "Announcing", operation, goal, number } },
    sends: [{ to: directory, message: { _tag: "Announce", number, members } }],
    observations: []
  }
}
