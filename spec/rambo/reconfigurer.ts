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
import { ask, begin, count, isOver, isOverButForOne } from "../phase/phase.ts"
import type { Reconfigure } from "../register/operation.ts"
import { initialPair, larger, type Pair } from "../register/pair.ts"
import { activeAt, append, integrate, known, latest, retireBelow } from "./configuration-map.ts"
import type { Message, Reply } from "./messages.ts"
import { type ClientState, type ClientStep, type Context, finish, type Stage, type Task } from "./state.ts"
import { tellsBeforeCopying } from "./variants.ts"

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
  const configuration = changed(latest(state.map), operation)
  const map = configuration === undefined ? state.map : append(state.map, configuration)
  return collectGarbage(context, { ...state, map }, { operation, goal: known(map) - 1 })
}

/**
 * The client goes about the oldest active configuration, unless all that have to be are retired: then the reconfiguration
 * returns ok.
 */
const collectGarbage = (context: Context, state: ClientState, task: Task): ClientStep => {
  if (state.map.retired >= task.goal) return finish(state, task.operation, null)
  switch (context.variant) {
    case "no-forward-pointer":
    case "get-before-forward-pointer":
      return startCopy(context, state, task)
    default:
      return startPoint(state, task, initialPair)
  }
}

/** A stage of the reconfiguration begins: a question to the storage nodes of one configuration. */
const start = (
  state: ClientState,
  tag: Stage["_tag"],
  { operation, goal }: Task,
  configuration: Configuration,
  answer: Pair,
  question: Message
): ClientStep => ({
  state: {
    ...state,
    activity: {
      _tag: tag,
      operation,
      goal,
      retired: state.map.retired,
      phase: begin([configuration], answer)
    }
  },
  sends: ask(configuration.members, question),
  observations: []
})

/** The configuration that is to be retired. */
const old = ({ map }: ClientState): Configuration => activeAt(map, map.retired) as Configuration
/** The next one after it. */
const next = ({ map }: ClientState): Configuration => activeAt(map, map.retired + 1) as Configuration

/** Action 1: the client's cmap, in which the next configuration stands, goes to the storage nodes of the old one. */
const startPoint = (state: ClientState, task: Task, got: Pair): ClientStep => {
  const { begun, map } = state
  const { retired } = map
  return start(state, "Pointing", task, old(state), got, { _tag: "Point", operation: begun, retired, map })
}

/**
 * Action 2, first half: "the Get and Set phases were performed after Action 1". As in section 4, the data is got from the
 * old configuration. The request tells those whom it asks of the next configuration, so that they have the forward
 * pointer before they answer.
 *
 * (The prose lets the state transfer get its data from any majority, once some majority has the forward pointer. But then
 * a write can be acknowledged by one storage node before that has the pointer, and by another, which never has it, after
 * that has answered the state transfer: neither of the two hears of the other. That reading is the variant
 * `copied-from-anywhere`, and part of `as-written`.)
 */
const startCopy = (context: Context, state: ClientState, task: Task): ClientStep => {
  const { begun, map } = state
  const { retired } = map
  return start(state, "Copying", task, old(state), initialPair, {
    _tag: "Get",
    operation: begun,
    retired,
    map: tellsBeforeCopying(context.variant) ? map : null
  })
}

/** Action 2, second half: what was got is set in the next configuration. */
const startPopulate = (state: ClientState, task: Task, pair: Pair): ClientStep => {
  const { begun: operation } = state
  const { retired } = state.map
  return start(state, "Populating", task, next(state), pair, { _tag: "Set", operation, retired, pair })
}

/**
 * After both actions the old configuration is retired: "clients can disregard the old configuration". The storage nodes of
 * the next one are told, from which clients will hear it; the operation returns when a majority of them knows.
 *
 * (The prose does not say who is told, nor that anybody is before the operation returns. But a reconfigurer that returned
 * and then crashed would be the only one to know, and clients would wait for storage nodes that were turned off.)
 */
const startRetire = (state: ClientState, task: Task): ClientStep => {
  const map = retireBelow(state.map, state.map.retired + 1)
  const { begun: operation } = state
  const { retired } = map
  const after: ClientState = { ...state, map }
  return start(after, "Retiring", task, old(after), initialPair, { _tag: "Retire", operation, retired, map })
}

/**
 * A reply in a stage of the reconfiguration arrives: the client integrates the cmap, and counts the answer. With a
 * majority of them the next stage begins. If somebody else has retired the old configuration meanwhile, nothing is left
 * to do about it.
 */
export const receiveReply = (
  context: Context,
  state: ClientState,
  stage: Stage,
  from: NodeId,
  reply: Reply
): ClientStep => {
  const learned: ClientState = { ...state, map: integrate(state.map, reply.map) }
  if (learned.map.retired > stage.retired) return collectGarbage(context, learned, stage)
  const { answer } = stage.phase
  const phase = count(stage.phase, from, reply._tag === "GetReply" ? larger(answer, reply.pair) : answer)
  const counted = { ...stage, phase }
  return isEnough(context, counted)
    ? startNext(context, learned, counted)
    : become({ ...learned, activity: counted })
}

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
        ? startPoint(state, stage, answer)
        : startPopulate(state, stage, answer)
    case "Populating":
      return afterPopulate(context, state, stage)
    case "Retiring":
      return collectGarbage(context, state, stage)
  }
}

/** Action 1 is over: "any operations that execute using" the old configuration will discover the next one. */
const afterPoint = (context: Context, state: ClientState, stage: Stage): ClientStep => {
  switch (context.variant) {
    case "get-before-forward-pointer":
    case "populate-without-get":
      return startPopulate(state, stage, stage.phase.answer)
    case "retire-before-transfer": {
      const copy = startCopy(context, state, stage)
      return { ...copy, sends: [...startRetire(state, stage).sends, ...copy.sends] }
    }
    default:
      return startCopy(context, state, stage)
  }
}

/** Action 2 is over: the old configuration can be retired. */
const afterPopulate = (context: Context, state: ClientState, stage: Stage): ClientStep => {
  const retiring = startRetire(state, stage)
  switch (context.variant) {
    case "retire-before-transfer":
      return collectGarbage(context, retiring.state, stage)
    case "retirement-told-in-background": {
      const after = collectGarbage(context, retiring.state, stage)
      return { ...after, sends: [...retiring.sends, ...after.sends] }
    }
    default:
      return retiring
  }
}
