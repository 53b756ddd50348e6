/**
 * What a client does to reconfigure (tutorial, section 5) once the sequence of configurations has been continued
 * (`sequence.ts`): it collects the garbage that this leaves, one configuration after the other.
 *
 * "If c is a configuration and c' is the next configuration in the sequence, then c can be garbage collected after two
 * actions": the forward pointer from c to c' (Action 1), and the state transfer (Action 2).
 */
import type { Configuration } from "../configuration/configuration.ts"
import type { NodeId } from "../kernel/node.ts"
import { become } from "../kernel/process.ts"
import { ask, begin, count, isOver, isOverButForOne } from "../phase/phase.ts"
import { initialPair, larger, type Pair } from "../register/pair.ts"
import { activeAt, integrate, retireBelow } from "./configuration-map.ts"
import type { Message, Reply } from "./messages.ts"
import { type ClientState, type ClientStep, type Context, finish, type Stage, type Task } from "./state.ts"

/**
 * The client goes about the oldest active configuration, unless all that have to be are retired: then the reconfiguration
 * returns ok.
 */
export const collectGarbage = (context: Context, state: ClientState, task: Task): ClientStep => {
  if (state.map.retired >= task.goal) return finish(state, task.operation, null)
  return context.variant === "no-forward-pointer" || context.variant === "get-before-forward-pointer"
    ? startCopy(state, task)
    : startPoint(state, task, initialPair)
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
export const old = ({ map }: ClientState): Configuration => activeAt(map, map.retired) as Configuration
/** The next one after it. */
export const next = ({ map }: ClientState): Configuration => activeAt(map, map.retired + 1) as Configuration

/**
 * Action 1: the client's cmap, in which the next configuration stands, goes to the storage nodes of the old one. Each
 * stores it and says what it holds.
 */
const startPoint = (state: ClientState, task: Task, got: Pair): ClientStep => {
  const { begun, map } = state
  const { retired } = map
  return start(state, "Pointing", task, old(state), got, { _tag: "Point", operation: begun, retired, map })
}

/** Not done: a Get phase in the old configuration, whoever has the forward pointer. (See `afterPoint`.) */
const startCopy = (state: ClientState, task: Task): ClientStep => {
  const { begun: operation } = state
  const { retired } = state.map
  return start(state, "Copying", task, old(state), initialPair, { _tag: "Get", operation, retired })
}

/** Action 2, Set phase: what was got is set in the next configuration. */
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
export const startRetire = (state: ClientState, task: Task): ClientStep => {
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
        ? startPoint(state, stage, answer)
        : startPopulate(state, stage, answer)
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
  const populate = startPopulate(state, stage, stage.phase.answer)
  switch (context.variant) {
    case "as-written":
    case "copied-from-anywhere":
      return startCopy(state, stage)
    case "retire-before-transfer":
      return { ...populate, sends: [...startRetire(state, stage).sends, ...populate.sends] }
    default:
      return populate
  }
}

/** Action 2 is over: the old configuration can be retired. */
const afterPopulate = (context: Context, state: ClientState, stage: Stage): ClientStep => {
  const retire = startRetire(state, stage)
  return context.variant === "retire-before-transfer" ? collectGarbage(context, retire.state, stage) : retire
}
