/**
 * Action 2, state transfer (tutorial, section 5): "the Get and Set phases were performed after
 * Action 1. This action guarantees that any value previously stored only in c will be copied to
 * c'."
 */
import { initialPair, type Pair } from "../register/pair.ts"
import type { Ruled } from "./rules.ts"
import { next, oldest, startStage } from "./stage.ts"
import type { ClientState, ClientStep, Task } from "./state.ts"

/**
 * The Get phase of Action 2, on its own, as the prose has it. The protocol leaves it out.
 *
 * The pair to copy is the largest that the storage nodes held when they stored the forward pointer;
 * they say so when they have stored it. (If a Get phase follows Action 1, its answers come from any
 * majority of c. A write can be acknowledged by one storage node before that has the pointer, and
 * by another, which never has it, after that has answered the Get: neither the writer nor the
 * reconfigurer hears of the other. That reading is the variant `copied-from-anywhere`, and part of
 * `as-written`. RAMBO asks and tells in one phase, too.)
 */
export const startStateGet = (state: ClientState, task: Task): ClientStep =>
  startStage(state, "GettingState", task, [oldest(state)], initialPair, (phase) => ({
    _tag: "Get",
    ...phase
  }))

/** The Set phase of Action 2: the client stores the pair in c'. */
export const startTransfer = (
  context: Ruled,
  state: ClientState,
  task: Task,
  pair: Pair
): ClientStep =>
  startStage(state, "TransferringState", task, [next(context, state, task)], pair, (phase) => ({
    _tag: "Set",
    ...phase,
    pair
  }))
