/**
 * What a client does to reconfigure (tutorial, section 5) once the sequence of configurations has been continued
 * (`sequence.ts`): it collects the garbage that this leaves, one configuration after the other.
 *
 * "If c is a configuration and c' is the next configuration in the sequence, then c can be garbage collected after two
 * actions": the forward pointer from c to c' (Action 1), and the state transfer (Action 2).
 */
import type { Configuration } from "../configuration/configuration.ts"
import type { Announced } from "../directory/directory.ts"
import type { NodeId } from "../kernel/node.ts"
import { become, ignore } from "../kernel/process.ts"
import { ask, asked, begin, count, isOver, isOverButForOne } from "../phase/phase.ts"
import { initialPair, larger, type Pair } from "../register/pair.ts"
import { activeAt, type ConfigurationMap, integrate, retireBelow } from "./configuration-map.ts"
import type { Message, Reply } from "./messages.ts"
import {
  type Announcing,
  type ClientState,
  type ClientStep,
  type Context,
  finish,
  type Stage,
  type Task
} from "./state.ts"
import { retiresInParallel } from "./variants.ts"

/**
 * The client goes about the oldest active configuration, unless all that have to be are retired: then the reconfiguration
 * returns ok.
 */
export const collectGarbage = (context: Context, state: ClientState, task: Task): ClientStep => {
  if (state.map.retired >= task.goal) return comeToAnEnd(context, state, task)
  return context.variant === "no-forward-pointer" || context.variant === "get-before-forward-pointer"
    ? startCopy(state, task)
    : startPoint(context, state, task, initialPair)
}

/** A stage of the reconfiguration begins: a question to the storage nodes of one configuration (in parallel retirement, of several). */
const start = (
  state: ClientState,
  tag: Stage["_tag"],
  { operation, goal }: Task,
  configurations: ReadonlyArray<Configuration>,
  answer: Pair,
  question: Message
): ClientStep => {
  const phase = begin(configurations, answer)
  return {
    state: { ...state, activity: { _tag: tag, operation, goal, retired: state.map.retired, phase } },
    sends: ask(asked(phase), question),
    observations: []
  }
}

/**
 * Nothing is left to be retired: where there is a directory, it is told of the oldest configuration that is active now, and
 * the reconfiguration returns when the directory says that it knows. "The directory service is informed of the new
 * configuration", says section 5, "when the module appends" it.
 *
 * (Here that is later, since a client asks once for every hint, and not "periodically": whom it asks has to know. And it
 * is waited for. A client that is told of nothing finds its way as long as enough of the old storage nodes are there; from
 * the moment at which the reconfiguration returns they need not be, and the reconfigurer may crash. Without the one it
 * is the variant `announced-first`, without the other `announcement-not-awaited`.)
 */
const comeToAnEnd = (context: Context, state: ClientState, task: Task): ClientStep => {
  const done = finish(state, task.operation, null)
  if (context.directory === undefined || announcesFirst(context)) return done
  const announcing = announce(context, state, task, state.map.retired, oldest(state))
  return context.variant === "announcement-not-awaited" ? { ...done, sends: announcing.sends } : announcing
}

/** Only in a mutant: the directory is told of the latest configuration before anything else is done about it. */
export const announcesFirst = ({ directory, variant }: Context): boolean =>
  directory !== undefined && variant === "announced-first"

/** The directory is told of the configuration with this index. */
export const announce = (
  context: Context,
  state: ClientState,
  { operation, goal }: Task,
  number: number,
  { members }: Configuration
): ClientStep => ({
  state: { ...state, activity: { _tag: "Announcing", operation, goal, number } },
  sends: [{ to: context.directory as NodeId, message: { _tag: "Announce", number, members } }],
  observations: []
})

/** The directory knows of the configuration: the reconfiguration returns ok. */
export const receiveAnnounced = (
  context: Context,
  state: ClientState,
  announcing: Announcing,
  { number }: Announced
): ClientStep => {
  if (number !== announcing.number) return ignore(state)
  return announcesFirst(context)
    ? collectGarbage(context, state, announcing)
    : finish(state, announcing.operation, null)
}

/** The oldest active configuration: the one that is to be retired, if any is. */
export const oldest = ({ map }: ClientState): Configuration => activeAt(map, map.retired) as Configuration

/**
 * The index of the configuration that will be the oldest active one: the next. In parallel retirement (RAMBO II) it is
 * the one that the client wants to see installed, and all before it are retired in one go.
 */
const aim = ({ variant }: Context, { map }: ClientState, { goal }: Task): number =>
  retiresInParallel(variant) ? goal : map.retired + 1

/** The configuration with that index. */
export const next = (context: Context, state: ClientState, task: Task): Configuration =>
  activeAt(state.map, aim(context, state, task)) as Configuration

/** The configurations that are to be retired. */
const old = (context: Context, state: ClientState, task: Task): ReadonlyArray<Configuration> => {
  const { active, retired } = state.map
  const all = active.slice(0, aim(context, state, task) - retired)
  return context.variant === "parallel-retirement-of-one" ? all.slice(-1) : all
}

/**
 * Action 1: the client's cmap, in which the next configuration stands, goes to the storage nodes of the old one. Each
 * stores it and says what it holds.
 */
const startPoint = (context: Context, state: ClientState, task: Task, got: Pair): ClientStep => {
  const { begun: operation, map } = state
  const { retired } = map
  return start(state, "Pointing", task, old(context, state, task), got, {
    _tag: "Point",
    operation,
    retired,
    map
  })
}

/** Not done: a Get phase in the old configuration, whoever has the forward pointer. (See `afterPoint`.) */
const startCopy = (state: ClientState, task: Task): ClientStep => {
  const { begun: operation } = state
  const { retired } = state.map
  return start(state, "Copying", task, [oldest(state)], initialPair, { _tag: "Get", operation, retired })
}

/** Action 2, Set phase: what was got is set in the next configuration. */
const startPopulate = (context: Context, state: ClientState, task: Task, pair: Pair): ClientStep => {
  const { begun: operation } = state
  const { retired } = state.map
  return start(state, "Populating", task, [next(context, state, task)], pair, {
    _tag: "Set",
    operation,
    retired,
    pair
  })
}

/**
 * The client has itself brought about the decision on what comes after the oldest active configuration, and what the
 * acceptors held when they accepted is the pair. Fused with consensus (RDS), that was Action 1: they tell whoever asks them
 * what they have accepted.
 */
export const collectDecided = (context: Context, state: ClientState, task: Task, pair: Pair): ClientStep =>
  task.goal === state.map.retired + 1
    ? startPopulate(context, state, task, context.variant === "fused-pair-ignored" ? initialPair : pair)
    : collectGarbage(context, state, task)

/**
 * After both actions the old configuration is retired: "clients can disregard the old configuration". The storage nodes of
 * the next one are told, from which clients will hear it; the operation returns when a majority of them knows.
 *
 * (The prose does not say who is told, nor that anybody is before the operation returns. But a reconfigurer that returned
 * and then crashed would be the only one to know, and clients would wait for storage nodes that were turned off.)
 */
export const startRetire = (context: Context, state: ClientState, task: Task): ClientStep => {
  const map = retireBelow(state.map, aim(context, state, task))
  const { begun: operation } = state
  const { retired } = map
  const after: ClientState = { ...state, map }
  return start(after, "Retiring", task, [oldest(after)], initialPair, {
    _tag: "Retire",
    operation,
    retired,
    map
  })
}

/**
 * A cmap arrives in a stage of the reconfiguration: the client integrates it. If somebody else has retired the old
 * configuration meanwhile, nothing is left to do about it.
 */
export const receiveMap = (
  context: Context,
  state: ClientState,
  stage: Stage,
  map: ConfigurationMap
): ClientStep => {
  const learned: ClientState = { ...state, map: integrate(state.map, map) }
  return learned.map.retired > stage.retired ? collectGarbage(context, learned, stage) : become(learned)
}

/**
 * A reply in a stage of the reconfiguration arrives: its cmap is integrated, and the answer counts. With a majority of
 * them the next stage begins.
 */
export const receiveReply = (
  context: Context,
  state: ClientState,
  stage: Stage,
  from: NodeId,
  reply: Reply
): ClientStep => {
  const step = receiveMap(context, state, stage, reply.map)
  const learned = step.state
  if (learned.map.retired > stage.retired) return step
  const { answer } = stage.phase
  const phase = count(
    stage.phase,
    from,
    "pair" in reply && collects(context, stage) ? larger(answer, reply.pair) : answer
  )
  const counted = { ...stage, phase }
  return isEnough(context, counted)
    ? startNext(context, learned, counted)
    : become({ ...learned, activity: counted })
}

/** Two mutants do not look at what those hold that have the forward pointer. */
const collects = ({ variant }: Context, { _tag }: Stage): boolean =>
  _tag === "Copying" || (variant !== "populate-without-get" && variant !== "get-before-forward-pointer")

/**
 * A majority of the one configuration that the stage is about: what must be met by both Get and Set phases, such as the
 * forward pointer, has to be stored by a read and by a write quorum.
 */
const isEnough = ({ variant }: Context, { _tag, phase }: Stage): boolean =>
  _tag === "Pointing" && variant === "forward-pointer-one-short"
    ? isOverButForOne(phase, "write")
    : isOver(phase, "read") && isOver(phase, "write")

/** The stage is over, and the next one begins. */
const startNext = (context: Context, state: ClientState, stage: Stage): ClientStep => {
  const { answer } = stage.phase
  switch (stage._tag) {
    case "Pointing":
      return afterPoint(context, state, stage)
    case "Copying":
      return context.variant === "get-before-forward-pointer"
        ? startPoint(context, state, stage, answer)
        : startPopulate(context, state, stage, answer)
    case "Populating":
      return afterPopulate(context, state, stage)
    case "Retiring":
      return collectGarbage(context, state, stage)
  }
}

/**
 * Action 1 is over: "any operations that execute using" the old configuration will discover the next one. What the storage
 * nodes held when they stored the forward pointer is what has to be copied: that is the Get phase of Action 2.
 *
 * (The prose has a Get phase of its own "performed after Action 1". But then the data comes from any majority, and a write
 * can be acknowledged by one storage node before that has the pointer, and by another, which never has it, after that has
 * answered the Get: neither of the two hears of the other. That reading is the variant `copied-from-anywhere`, and part
 * of `as-written`. RAMBO asks and tells in one phase as well.)
 */
const afterPoint = (context: Context, state: ClientState, stage: Stage): ClientStep => {
  const populate = startPopulate(context, state, stage, stage.phase.answer)
  switch (context.variant) {
    case "as-written":
    case "copied-from-anywhere":
      return startCopy(state, stage)
    case "retire-before-transfer":
      return { ...populate, sends: [...startRetire(context, state, stage).sends, ...populate.sends] }
    default:
      return populate
  }
}

/** Action 2 is over: the old configuration can be retired. */
const afterPopulate = (context: Context, state: ClientState, stage: Stage): ClientStep => {
  const retire = startRetire(context, state, stage)
  return context.variant === "retire-before-transfer" ? collectGarbage(context, retire.state, stage) : retire
}
