/**
 * Action 1 (tutorial, section 5): "the next configuration c' has been stored in the local cmap
 * variables of a majority of storage nodes of c". It "provides the forward pointer from c to c'",
 * so that operations in c "will discover the existence of c'".
 */
import type { Pair } from "../register/pair.ts"
import type { Ruled } from "./rules.ts"
import { predecessors, startStage } from "./stage.ts"
import type { ClientState, ClientStep, Task } from "./state.ts"

/**
 * The client sends its cmap, which contains c', to the storage nodes of c. Each stores the cmap and
 * replies with its vt-pair.
 */
export const startPointer = (
  context: Ruled,
  state: ClientState,
  task: Task,
  got: Pair
): ClientStep =>
  startStage(state, "StoringPointer", task, predecessors(context, state, task), got, (phase) => ({
    _tag: "StorePointer",
    ...phase,
    map: state.map
  }))
