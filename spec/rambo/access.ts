/**
 * The Get and the Set phase of reads and writes (tutorial, section 5), each of which ends at a fixed point: "when the client has obtained
 * replies from a majority of storage nodes in every active configuration" that it knows of by then.
 */
import type { Configuration } from "../configuration/configuration.ts"
import type { NodeId } from "../kernel/node.ts"
import { become } from "../kernel/process.ts"
import type { ClientId } from "../nodes/nodes.ts"
import { ask, count, isOver, learn as learnOf, startPhase, unchanged } from "../phase/phase.ts"
import type { Access } from "../register/operation.ts"
import { initialPair, larger, type Pair } from "../register/pair.ts"
import { type ConfigurationMap, integrate } from "./configuration-map.ts"
import type { GetReply, GetRequest, SetReply, SetRequest } from "./messages.ts"
import type { Ruled } from "./rules.ts"
import type { ClientState, ClientStep, Getting, Setting } from "./state.ts"

/** The client asks the storage nodes of all active configurations for their vt-pairs. (Get phase, first sentence.) */
export const startGet = (state: ClientState, operation: Access): ClientStep => {
  const { retired, active } = state.map
  const { phase, sends } = startPhase(active, initialPair, getRequest(state, retired))
  return {
    state: { ...state, activity: { _tag: "Getting", operation, retired, phase } },
    sends,
    observations: []
  }
}

const getRequest = ({ begun }: ClientState, retired: number): GetRequest => ({
  _tag: "Get",
  operation: begun,
  retired
})

/** The client asks the storage nodes of all active configurations to store the pair. (Set phase.) */
export const startSet = (state: ClientState, operation: Access, pair: Pair): ClientStep => {
  const { retired, active } = state.map
  const { phase, sends } = startPhase(active, pair, setRequest(state, retired, pair))
  return {
    state: { ...state, activity: { _tag: "Setting", operation, retired, phase } },
    sends,
    observations: []
  }
}

const setRequest = ({ begun }: ClientState, retired: number, pair: Pair): SetRequest => ({
  _tag: "Set",
  operation: begun,
  retired,
  pair
})

/**
 * A cmap arrives in the Get or the Set phase: the client integrates it, and "repeats its request to any new storage nodes
 * in active configurations that it learns about".
 *
 * If it learns that a configuration is retired, the phase begins anew, and answers to what was asked before do not
 * count. (The prose does not say so: the phase would go on without the retired configuration. But then answers that
 * storage nodes gave before the state transfer can complete a majority of the new configuration, and nothing of what
 * only the old one held need be among them. That reading is the variant `answers-kept-at-retirement`, and part of
 * `as-written`. For Set phases it is for simplicity: what was acknowledged stays stored, and would count.)
 */
export const receiveMap = (
  { rules }: Ruled,
  state: ClientState,
  activity: Getting | Setting,
  told: ConfigurationMap
): ClientStep => {
  const heard = rules.hears(state.map, told)
  const learned: ClientState = { ...state, map: integrate(state.map, heard) }
  const { operation, phase } = activity
  if (!rules.extends.includes(activity._tag)) return become(learned)
  if (rules.beginsAnew && learned.map.retired > state.map.retired)
    return activity._tag === "Getting"
      ? startGet(learned, operation)
      : startSet(learned, operation, phase.answer)
  return awaitAlso(learned, activity, [...learned.map.active, ...activeIn(heard, learned.map.retired)])
}

/** The phase waits for these configurations as well, and asks those of their members whom it has not asked yet. */
export const awaitAlso = (
  state: ClientState,
  activity: Getting | Setting,
  configurations: ReadonlyArray<Configuration>
): ClientStep => {
  const { phase, newcomers } = learnOf(activity.phase, configurations)
  return {
    state: { ...state, activity: { ...activity, phase } },
    sends: ask(newcomers, questionOf(state, activity)),
    observations: []
  }
}

/**
 * The configurations of which the client was told and that are not retired. They are active in its cmap now, unless two
 * nodes disagree on the sequence, which consensus excludes: even then it does not matter whom the client hears first.
 */
const activeIn = (told: ConfigurationMap, retired: number): ReadonlyArray<Configuration> =>
  told.active.slice(Math.max(0, retired - told.retired))

/** What the phase asks. */
const questionOf = (state: ClientState, activity: Getting | Setting): GetRequest | SetRequest =>
  activity._tag === "Getting"
    ? getRequest(state, activity.retired)
    : setRequest(state, activity.retired, activity.phase.answer)

/** A storage node answers: its cmap is integrated; unless the phase has begun anew because of it, the answer counts. */
const receiveReply = (
  context: Ruled,
  state: ClientState,
  activity: Getting | Setting,
  from: NodeId,
  { map }: GetReply | SetReply,
  merge: (answer: Pair) => Pair
): ClientStep => {
  const step = receiveMap(context, state, activity, map)
  const { activity: after } = step.state
  if ((after._tag !== "Getting" && after._tag !== "Setting") || after.retired > activity.retired) return step
  return { ...step, state: { ...step.state, activity: { ...after, phase: count(after.phase, from, merge) } } }
}

/** A vt-pair and a cmap arrive in the Get phase: of the pairs, the client keeps the one with the largest timestamp. */
export const receiveGetReply = (
  context: Ruled,
  state: ClientState,
  getting: Getting,
  from: NodeId,
  reply: GetReply
): ClientStep => receiveReply(context, state, getting, from, reply, (found) => larger(found, reply.pair))

/** An acknowledgement and a cmap arrive in the Set phase. */
export const receiveSetReply = (
  context: Ruled,
  state: ClientState,
  setting: Setting,
  from: NodeId,
  reply: SetReply
): ClientStep => receiveReply(context, state, setting, from, reply, unchanged)

/** True at a fixed point: every configuration that is active in the client's cmap now has its quorum of answers. */
export const isFixedPoint = (
  { rules }: Ruled,
  { map }: ClientState,
  { _tag, phase }: Getting | Setting
): boolean => {
  const configurations = rules.extends.includes(_tag) ? rules.awaits(map, phase) : phase.configurations
  return isOver({ ...phase, configurations }, _tag === "Getting" ? "read" : "write")
}

/**
 * The pair to store. A read stores the pair that the Get phase found; a write "the value and a unique
 * timestamp higher than" the one found. (Set phase, first sentences.)
 */
export const choosePair = (self: ClientId, { operation, phase }: Getting): Pair =>
  operation._tag === "Write"
    ? { value: operation.value, timestamp: { number: phase.answer.timestamp.number + 1, client: self } }
    : phase.answer
