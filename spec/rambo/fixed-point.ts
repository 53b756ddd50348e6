/**
 * The common part of the Get and the Set phase (tutorial, section 5): each ends "when the client
 * has obtained replies from a majority of storage nodes in every active configuration" it knows by
 * then; "this is called a fixed point".
 */
import type { Configuration } from "../configuration/configuration.ts"
import { without } from "../kernel/data.ts"
import type { NodeId } from "../kernel/node.ts"
import { become } from "../kernel/process.ts"
import { ask, count, isOver, learn as learnOf, type Phase, unchanged } from "../phase/phase.ts"
import { holdersWith } from "../register/holders.ts"
import { isLarger, type Pair } from "../register/pair.ts"
import { type ConfigurationMap, integrate } from "./configuration-map.ts"
import { floorOf, ground, highest } from "./floor.ts"
import { getRequest, largest, startGet } from "./get-phase.ts"
import type { GetReply, GetRequest, SetReply, SetRequest } from "./messages.ts"
import type { Ruled } from "./rules.ts"
import { setRequest, startSet } from "./set-phase.ts"
import type { ClientState, ClientStep, Getting, Setting } from "./state.ts"

/**
 * A client in the Get or the Set phase receives a cmap. It "integrates" this "into its own,
 * including retiring configurations that are retired" there, and "repeats its request to any new
 * storage nodes in active configurations that it learns about".
 *
 * If the client learns that a configuration is retired, the phase restarts, and earlier answers no
 * longer count. (In the tutorial the phase continues without the retired configuration. Then
 * answers from before the state transfer can complete a majority of the new configuration, and miss
 * data that only the old one held: the variant `answers-kept-at-retirement`, and part of
 * `as-written`. Set phases restart for simplicity: acknowledged pairs stay stored, so earlier
 * acknowledgements could still count.)
 */
export const receiveMap = (
  { rules }: Ruled,
  state: ClientState,
  activity: Getting | Setting,
  received: ConfigurationMap
): ClientStep => {
  const heard = rules.hears(state.map, received)
  const learned: ClientState = { ...state, map: integrate(state.map, heard) }
  if (!rules.extends.includes(activity._tag)) return become(learned)
  if (
    (rules.restarts && learned.map.retired > state.map.retired) ||
    mustAskAgain({ rules }, learned, activity)
  )
    return restart({ rules }, learned, activity)
  return awaitAlso(learned, activity, [
    ...learned.map.active,
    ...activeIn(heard, learned.map.retired)
  ])
}

/** True if the operation began with a lower floor than the client knows, and has to ask again. */
export const mustAskAgain = (
  { rules }: Ruled,
  { map }: Pick<ClientState, "map">,
  activity: Getting | Setting
): boolean =>
  activity._tag === "Getting"
    ? isLarger(floorOf(map), highest(activity.phase.configurations))
    : rules.beginsAgain(activity.operation) && isLarger(floorOf(map), activity.floor ?? ground)

/**
 * The phase restarts in the configurations active now. If a higher floor requires it, the whole
 * operation restarts.
 */
export const restart = (
  context: Ruled,
  state: ClientState,
  activity: Getting | Setting
): ClientStep =>
  activity._tag === "Getting" || mustAskAgain(context, state, activity)
    ? startGet(state, activity.operation)
    : startSet(state, activity.operation, activity.phase.answer, activity)

/** Adds these configurations to the phase, and asks those of their members not asked before. */
export const awaitAlso = (
  state: ClientState,
  activity: Getting | Setting,
  configurations: ReadonlyArray<Configuration>
): ClientStep => {
  const { phase, newcomers } = learnOf(activity.phase, configurations)
  return {
    state: { ...state, activity: { ...activity, phase } },
    sends: ask(newcomers, requestOf(state, activity)),
    observations: []
  }
}

/**
 * The configurations of a received cmap that are not retired. They are active in the client's cmap
 * too, unless two nodes disagree on the sequence, which consensus excludes. Even then the order of
 * messages makes no difference.
 */
const activeIn = (received: ConfigurationMap, retired: number): ReadonlyArray<Configuration> =>
  received.active.slice(Math.max(0, retired - received.retired))

const requestOf = (state: ClientState, activity: Getting | Setting): GetRequest | SetRequest =>
  activity._tag === "Getting"
    ? getRequest(state)
    : setRequest(state, activity.phase.answer, activity)

/**
 * A storage node replies in the Get or the Set phase. The client integrates its cmap, and counts
 * the reply unless the cmap makes the phase restart.
 */
const receiveReply = <Current extends Getting | Setting>(
  context: Ruled,
  state: ClientState,
  current: Current,
  { map }: GetReply | SetReply,
  counted: (current: Current) => Current
): ClientStep => {
  const step = receiveMap(context, state, current, map)
  const { activity, phase: number } = step.state
  if (activity._tag !== current._tag || number > state.phase) return step
  return { ...step, state: { ...step.state, activity: counted(activity as Current) } }
}

/** "Each storage node replies with its vt-pair and its cmap": the reply arrives. (Get phase.) */
export const receiveGetReply = (
  context: Ruled,
  state: ClientState,
  getting: Getting,
  from: NodeId,
  reply: GetReply
): ClientStep =>
  receiveReply(context, state, getting, reply, (current) => {
    const phase = count(current.phase, from, (found) => largest(found, reply))
    return { ...current, phase, ...holdersAfter(context, current, phase, reply) }
  })

/**
 * The storage nodes known to hold the pair with the largest timestamp, after this reply; kept only
 * for reads, and only if the rules ask for it.
 */
const holdersAfter = (
  { rules }: Ruled,
  { operation, phase: { answered, answer }, holders = [] }: Getting,
  after: Phase<Pair>,
  { pair }: GetReply
): Pick<Getting, "holders"> =>
  rules.remembersHolders && operation._tag === "Read"
    ? { holders: holdersWith(answer, holders, pair, without(after.answered, answered)) }
    : {}

/** An acknowledgement that "piggybacks the storage node's cmap" arrives. (Set phase.) */
export const receiveSetReply = (
  context: Ruled,
  state: ClientState,
  setting: Setting,
  from: NodeId,
  reply: SetReply
): ClientStep =>
  receiveReply(context, state, setting, reply, (current) => ({
    ...current,
    phase: count(current.phase, from, unchanged)
  }))

/**
 * True at a fixed point: every active configuration in the client's cmap has a quorum of replies.
 */
export const isFixedPoint = (
  context: Ruled,
  state: ClientState,
  activity: Getting | Setting
): boolean => {
  const configurations = awaited(context, state, activity)
  return isOver(
    { ...activity.phase, configurations },
    activity._tag === "Getting" ? "read" : "write"
  )
}

/** The configurations that must reply for a fixed point. */
const awaited = (
  { rules }: Ruled,
  { map }: ClientState,
  { _tag, phase }: Getting | Setting
): ReadonlyArray<Configuration> =>
  rules.extends.includes(_tag) ? rules.awaits(map, phase) : phase.configurations

/** True if a read whose Get phase is at a fixed point needs no Set phase. */
export const needsNoSet = (context: Ruled, state: ClientState, getting: Getting): boolean =>
  getting.operation._tag === "Read" &&
  context.rules.returnsAtOnce(awaited(context, state, getting), getting.holders ?? [])
