/**
 * What a client does to reconfigure (tutorial, section 5): it has the sequence of configurations continued, and then
 * collects the garbage that this leaves, one configuration after the other.
 *
 * "If c is a configuration and c' is the next configuration in the sequence, then c can be garbage collected after two
 * actions": the forward pointer from c to c' (Action 1), and the state transfer (Action 2).
 */
import { type Configuration, changedMembers, majority } from "../configuration/configuration.ts"
import { equals } from "../kernel/data.ts"
import type { NodeId } from "../kernel/node.ts"
import { become } from "../kernel/process.ts"
import { ask, asked, begin, count, isOver, isOverButForOne, type Phase } from "../phase/phase.ts"
import type { Reconfigure } from "../register/operation.ts"
import { initialPair } from "../register/pair.ts"
import { startGet, startSet } from "./access.ts"
import { activeAt, append, integrate, known, latest, retireBelow } from "./configuration-map.ts"
import type { PointReply, RetireReply } from "./messages.ts"
import {
  type ClientState,
  type ClientStep,
  type Context,
  finish,
  type Pointing,
  type ReconfigureTask,
  type Retiring
} from "./state.ts"

/**
 * The configuration that the operation makes of the latest one: "nodes that are not in the system" are not removed, nodes
 * that are in it already are not added. (3.1.) Undefined if nothing is left to change.
 */
const changed = (from: Configuration, { add, remove }: Reconfigure): Configuration | undefined => {
  const members = changedMembers(from.members, add, remove)
  return equals(members, from.members) ? undefined : majority(members)
}

/**
 * A client begins to reconfigure. The sequence is given by a person here ("or it can be provided manually by human that
 * decides on a sequence of configurations"): the one client that reconfigures says what comes next.
 */
export const startReconfiguration = (
  context: Context,
  state: ClientState,
  operation: Reconfigure
): ClientStep => {
  const next = changed(latest(state.map), operation)
  const map = next === undefined ? state.map : append(state.map, next)
  return collectGarbage(context, { ...state, map }, { operation, goal: known(map) - 1 })
}

/**
 * The client goes about the oldest active configuration, unless all that have to be are retired: then the reconfiguration
 * returns ok.
 */
export const collectGarbage = (context: Context, state: ClientState, task: ReconfigureTask): ClientStep => {
  if (state.map.retired >= task.goal) return finish(state, task.operation, null)
  switch (context.variant) {
    case "no-forward-pointer":
    case "get-before-forward-pointer":
      return startGet(context, state, task)
    default:
      return startPoint(state, task)
  }
}

/** Action 1: the client's cmap, in which the next configuration stands, goes to the old one's storage nodes. */
export const startPoint = (
  state: ClientState,
  { operation, goal }: ReconfigureTask,
  got = initialPair
): ClientStep => {
  const { map, begun } = state
  const phase = begin([oldest(state)], got)
  const { retired } = map
  return {
    state: { ...state, activity: { _tag: "Pointing", operation, goal, retired, phase } },
    sends: ask(asked(phase), { _tag: "Point", operation: begun, retired, map }),
    observations: []
  }
}

const oldest = ({ map }: ClientState): Configuration => activeAt(map, map.retired) as Configuration

/**
 * A storage node of the old configuration has the forward pointer. With "a majority of storage nodes", so that no Get and
 * no Set phase there can miss it, the state transfer begins.
 */
export const receivePointReply = (
  context: Context,
  state: ClientState,
  pointing: Pointing & { readonly operation: Reconfigure },
  from: NodeId,
  { map }: PointReply
): ClientStep => {
  const learned: ClientState = { ...state, map: integrate(state.map, map) }
  if (learned.map.retired > pointing.retired) return collectGarbage(context, learned, pointing)
  const phase = count(pointing.phase, from, pointing.phase.answer)
  return isStored(context, phase)
    ? startTransfer(context, learned, pointing)
    : become({ ...learned, activity: { ...pointing, phase } })
}

const isStored = ({ variant }: Context, phase: Phase<unknown>): boolean =>
  variant === "forward-pointer-one-short"
    ? isOverButForOne(phase, "write")
    : isOver(phase, "read") && isOver(phase, "write")

/** Action 2: "the Get and Set phases were performed after Action 1". */
const startTransfer = (
  context: Context,
  state: ClientState,
  pointing: Pointing & { readonly operation: Reconfigure }
): ClientStep => {
  switch (context.variant) {
    case "get-before-forward-pointer":
    case "populate-without-get":
      return startSet(state, pointing, pointing.phase.answer)
    case "retire-before-transfer": {
      const transfer = startGet(context, state, pointing)
      const told = startRetire(state, pointing)
      return { ...transfer, sends: [...transfer.sends, ...told.sends] }
    }
    default:
      return startGet(context, state, pointing)
  }
}

/**
 * After Action 2 the old configuration is retired: "clients can disregard the old configuration". That is stored by the
 * storage nodes of the next one, from which clients will hear it; the operation returns when a majority of them has.
 *
 * (The prose does not say who is told, nor that anybody is before the operation returns. But a reconfigurer that returned
 * and then crashed would be the only one to know, and clients would wait for storage nodes that were turned off.)
 */
export const startRetire = (state: ClientState, { operation, goal }: ReconfigureTask): ClientStep => {
  const map = retireBelow(state.map, state.map.retired + 1)
  const retired: ClientState = { ...state, map }
  const phase = begin([oldest(retired)], null)
  return {
    state: { ...retired, activity: { _tag: "Retiring", operation, goal, retired: map.retired, phase } },
    sends: ask(asked(phase), { _tag: "Retire", operation: state.begun, retired: map.retired, map }),
    observations: []
  }
}

/** Action 2 is over. */
export const retire = (context: Context, state: ClientState, task: ReconfigureTask): ClientStep => {
  const retiring = startRetire(state, task)
  switch (context.variant) {
    case "retire-before-transfer":
      return collectGarbage(context, retiring.state, task)
    case "retirement-told-in-background": {
      const next = collectGarbage(context, retiring.state, task)
      return { ...next, sends: [...retiring.sends, ...next.sends] }
    }
    default:
      return retiring
  }
}

/** A storage node of the new configuration knows that the old one is retired; with a majority of them, so will anyone. */
export const receiveRetireReply = (
  context: Context,
  state: ClientState,
  retiring: Retiring & { readonly operation: Reconfigure },
  from: NodeId,
  { map }: RetireReply
): ClientStep => {
  const learned: ClientState = { ...state, map: integrate(state.map, map) }
  const phase = count(retiring.phase, from, null)
  return isOver(phase, "read") && isOver(phase, "write")
    ? collectGarbage(context, learned, retiring)
    : become({ ...learned, activity: { ...retiring, phase } })
}
