/**
 * Informing the directory (tutorial, section 5): "when the module appends a new configuration to
 * the sequence, the directory service is informed of the new configuration".
 */
import type { Configuration } from "../configuration/configuration.ts"
import type { NodeId } from "../kernel/node.ts"
import { activeAt } from "./configuration-map.ts"
import type { ClientState, ClientStep, Task } from "./state.ts"

/**
 * The client tells the directory of the configuration at its goal, or of the oldest active one if
 * that is retired already, and waits until the directory answers.
 *
 * (This comes later than in the prose. A client here asks once for each hint, and not
 * "periodically", so those whom it asks have to know: otherwise it is the variant
 * `announced-first`. And the reconfigurer waits for the answer: a client that is told nothing finds
 * its way as long as enough of the old storage nodes are there; when the reconfiguration has
 * returned they need not be, and the reconfigurer may crash. Otherwise it is
 * `announcement-not-awaited`.)
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
