/**
 * The Get and the Set phase of reads and writes (tutorial, section 5), each of which ends at a fixed point: "when the client has obtained
 * replies from a majority of storage nodes in every active configuration" that it knows of by then.
 */
import type { Configuration } from "../configuration/configuration.ts"
import type { ClientId, NodeId } from "../kernel/node.ts"
import { ask, asked, begin, count, isOver, learn as learnOf } from "../phase/phase.ts"
import type { Access } from "../register/operation.ts"
import { initialPair, larger, type Pair } from "../register/pair.ts"
import { type ConfigurationMap, integrate, known, retireBelow } from "./configuration-map.ts"
import type { GetReply, GetRequest, SetReply, SetRequest } from "./messages.ts"
import type { ClientState, ClientStep, Context, Getting, Setting } from "./state.ts"
import { beginsAnew, isFused } from "./variants.ts"

/** The client asks the storage nodes of all active configurations for their vt-pairs. (Get phase, first sentence.) */
export const startGet = (state: ClientState, operation: Access): ClientStep => {
  const phase = begin(state.map.active, initialPair)
  const { retired } = state.map
  return {
    state: { ...state, activity: { _tag: "Getting", operation, retired, phase } },
    sends: ask(asked(phase), getRequest(state, retired)),
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
  const phase = begin(state.map.active, pair)
  const { retired } = state.map
  return {
    state: { ...state, activity: { _tag: "Setting", operation, retired, phase } },
    sends: ask(asked(phase), setRequest(state, retired, pair)),
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
 * "The client integrates the storage node's cmap into its own, including retiring configurations that are retired"
 * there.
 */
export const learn = (
  { variant }: Context,
  map: ConfigurationMap,
  told: ConfigurationMap
): ConfigurationMap => {
  if (variant === "learned-configuration-ignored") return map
  const learned = integrate(map, told)
  return variant === "new-configuration-alone" ? retireBelow(learned, known(learned) - 1) : learned
}

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
  context: Context,
  state: ClientState,
  activity: Getting | Setting,
  map: ConfigurationMap,
  accepted: ReadonlyArray<Configuration> = []
): ClientStep => {
  const { variant } = context
  const learned: ClientState = { ...state, map: learn(context, state.map, map) }
  const { operation, phase } = activity
  const isExtended = activity._tag === "Getting" || variant !== "set-phase-not-extended"
  if (learned.map.retired > state.map.retired && beginsAnew(variant) && isExtended)
    return activity._tag === "Getting"
      ? startGet(learned, operation)
      : startSet(learned, operation, phase.answer)
  const configurations = [...learned.map.active, ...told(context, learned.map, map), ...accepted]
  const asking = learnOf(phase, isExtended ? configurations : [])
  return {
    state: { ...learned, activity: { ...activity, phase: asking.phase } },
    sends: ask(asking.newcomers, questionOf(state, activity)),
    observations: []
  }
}

/**
 * The configurations of which the client was told and that are not retired. They are active in its cmap now, unless two
 * nodes disagree on the sequence, which consensus excludes: even then it does not matter whom the client hears first.
 */
const told = (
  { variant }: Context,
  learned: ConfigurationMap,
  { retired, active }: ConfigurationMap
): ReadonlyArray<Configuration> =>
  variant === "learned-configuration-ignored" ? [] : active.slice(Math.max(0, learned.retired - retired))

/** What the phase asks. */
const questionOf = (state: ClientState, activity: Getting | Setting): GetRequest | SetRequest =>
  activity._tag === "Getting"
    ? getRequest(state, activity.retired)
    : setRequest(state, activity.retired, activity.phase.answer)

/** A storage node answers: its cmap is integrated; unless the phase has begun anew because of it, the answer counts. */
const receiveReply = (
  context: Context,
  state: ClientState,
  activity: Getting | Setting,
  from: NodeId,
  { map, accepted }: GetReply | SetReply,
  answer: Pair
): ClientStep => {
  const step = receiveMap(context, state, activity, map, accepted)
  const after = step.state.activity as Getting | Setting
  if (after.retired > activity.retired) return step
  return {
    ...step,
    state: { ...step.state, activity: { ...after, phase: count(after.phase, from, answer) } }
  }
}

/** A vt-pair and a cmap arrive in the Get phase: of the pairs, the client keeps the one with the largest timestamp. */
export const receiveGetReply = (
  context: Context,
  state: ClientState,
  getting: Getting,
  from: NodeId,
  reply: GetReply
): ClientStep => receiveReply(context, state, getting, from, reply, larger(getting.phase.answer, reply.pair))

/** An acknowledgement and a cmap arrive in the Set phase. */
export const receiveSetReply = (
  context: Context,
  state: ClientState,
  setting: Setting,
  from: NodeId,
  reply: SetReply
): ClientStep => receiveReply(context, state, setting, from, reply, setting.phase.answer)

/**
 * True at a fixed point: every configuration that is active in the client's cmap now has its quorum of answers. (Fused
 * with consensus, so has every configuration that a storage node has accepted, since it may be decided.)
 */
export const isFixedPoint = (
  context: Context,
  { map }: ClientState,
  activity: Getting | Setting
): boolean => {
  const { phase } = activity
  if (activity._tag === "Setting" && context.variant === "set-phase-not-extended")
    return isOver(phase, "write")
  const configurations = isFused(context.variant) ? phase.configurations : map.active
  return isOver({ ...phase, configurations }, activity._tag === "Getting" ? "read" : "write")
}

/**
 * The pair to store. A read stores the pair that the Get phase found; a write "the value and a unique
 * timestamp higher than" the one found. (Set phase, first sentences.)
 */
export const choosePair = (self: ClientId, { operation, phase }: Getting): Pair =>
  operation._tag === "Write"
    ? { value: operation.value, timestamp: { number: phase.answer.timestamp.number + 1, client: self } }
    : phase.answer
