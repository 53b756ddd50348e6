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
 * The separate Get phase of Action 2, as in the tutorial. The protocol does not use it.
 *
 * The client copies the largest pair of the storage nodes that stored the forward pointer; they
 * send their pairs with the acknowledgements of Action 1. (The answers of a Get phase after Action
 * 1 come from any majority of c. One storage node can acknowledge a write before it stores the
 * pointer, and another, which never stores it, after it has answered the Get. Then the writer and
 * the reconfigurer do not learn of each other: the variant `copied-from-anywhere`, and part of
 * `as-written`. RAMBO also queries and propagates in one phase.)
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
