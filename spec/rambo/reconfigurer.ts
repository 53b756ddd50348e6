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
import { advance, isOverForBoth, startPhase } from "../phase/phase.ts"
import { initialPair, larger, type Pair } from "../register/pair.ts"
import { activeAt, type ConfigurationMap, integrate, retireBelow } from "./configuration-map.ts"
import type { Question, Reply } from "./messages.ts"
import type { Context, Part, Ruled, StageStart } from "./rules.ts"
import { type Announcing, type ClientState, type ClientStep, finish, type Stage, type Task } from "./state.ts"

/** What a reconfiguration needs to know of the system: its rules, and whom it tells of the new configuration. */
export type Reconfiguring = Ruled & Pick<Context, "directory">

/**
 * The sequence is continued, or a part of what follows is done: the next part begins. After the last the reconfiguration
 * returns ok.
 */
export const proceed = (context: Reconfiguring, state: ClientState, task: Task, done?: Part): ClientStep => {
  const { course } = context.rules
  const part = course[done === undefined ? 0 : course.indexOf(done) + 1]
  if (part === undefined) return finish(state, task.operation, null)
  switch (part) {
    case "garbage collection":
      return collectGarbage(context, state, task)
    case "announcement":
      return announce(context, state, task)
  }
}

/** The client goes about the oldest active configuration, unless all that have to be are retired. */
export const collectGarbage = (context: Reconfiguring, state: ClientState, task: Task): ClientStep => {
  if (state.map.retired >= task.goal) return proceed(context, state, task, "garbage collection")
  const [first] = stagesOf(context)
  return first.start(state, task, initialPair)
}

/** The stages by which a configuration is collected, as the rules have them. */
const stagesOf = (context: Reconfiguring): readonly [StageStart, ...ReadonlyArray<StageStart>] =>
  context.rules.stages({
    point: { tag: "Pointing", start: (state, task, got) => startPoint(context, state, task, got) },
    copy: { tag: "Copying", start: (state, task) => startCopy(state, task) },
    populate: { tag: "Populating", start: (state, task, got) => startPopulate(context, state, task, got) },
    retire: { tag: "Retiring", start: (state, task) => startRetire(context, state, task) },
    collect: (state, task) => collectGarbage(context, state, task)
  })

/** A stage begins: a question to the storage nodes of these configurations (one, but in parallel retirement). */
const start = (
  state: ClientState,
  tag: Stage["_tag"],
  { operation, goal }: Task,
  configurations: ReadonlyArray<Configuration>,
  answer: Pair,
  question: Question
): ClientStep => {
  const { phase, sends } = startPhase(configurations, answer, question)
  return {
    state: { ...state, activity: { _tag: tag, operation, goal, retired: state.map.retired, phase } },
    sends,
    observations: []
  }
}

/**
 * Where there is a directory, it is told of the configuration at the goal, or of the oldest active one if that is
 * retired already; the reconfiguration goes on when the directory says that it knows. "The directory service is
 * informed of the new configuration", says section 5, "when the module appends" it.
 *
 * (Here that is later, since a client asks once for every hint, and not "periodically": whom it asks has to know. And it
 * is waited for. A client that is told of nothing finds its way as long as enough of the old storage nodes are there; from
 * the moment at which the reconfiguration returns they need not be, and the reconfigurer may crash. Without the one it
 * is the variant `announced-first`, without the other `announcement-not-awaited`.)
 */
const announce = (context: Reconfiguring, state: ClientState, task: Task): ClientStep => {
  const { directory, rules } = context
  const goesOn = () => proceed(context, state, task, "announcement")
  if (directory === undefined) return goesOn()
  const { operation, goal } = task
  const number = Math.max(goal, state.map.retired)
  const { members } = activeAt(state.map, number) as Configuration
  const sends = [{ to: directory, message: { _tag: "Announce", number, members } as const }]
  return rules.awaitsDirectory
    ? {
        state: { ...state, activity: { _tag: "Announcing", operation, goal, number } },
        sends,
        observations: []
      }
    : { ...goesOn(), sends }
}

/** The directory knows of the configuration: the reconfiguration goes on. */
export const receiveAnnounced = (
  context: Reconfiguring,
  state: ClientState,
  announcing: Announcing,
  { number }: Announced
): ClientStep =>
  number === announcing.number ? proceed(context, state, announcing, "announcement") : ignore(state)

/** Who knows a cmap. */
type Knowing = Pick<ClientState, "map">

/** The oldest active configuration: the one that is to be retired, if any is. */
export const oldest = ({ map }: Knowing): Configuration => activeAt(map, map.retired) as Configuration

/** The configuration that will be the oldest active one: in RAMBO the next in the sequence. */
export const next = ({ rules }: Ruled, { map }: Knowing, { goal }: Task): Configuration =>
  activeAt(map, rules.nextOldest(map, goal)) as Configuration

/** The configurations before that one, in which Action 1 is done. */
const old = ({ rules }: Ruled, { map }: Knowing, { goal }: Task): ReadonlyArray<Configuration> =>
  rules.pointsIn(map.active.slice(0, rules.nextOldest(map, goal) - map.retired))

/**
 * Action 1: the client's cmap, in which the next configuration stands, goes to the storage nodes of the old one. Each
 * stores it and says what it holds.
 */
const startPoint = (context: Ruled, state: ClientState, task: Task, got: Pair): ClientStep => {
  const { begun: operation, map } = state
  const { retired } = map
  return start(state, "Pointing", task, old(context, state, task), got, {
    _tag: "Point",
    operation,
    retired,
    map
  })
}

/**
 * Not done: a Get phase of Action 2 on its own, in the old configuration.
 *
 * What the storage nodes held when they stored the forward pointer is what has to be copied, and they say so when they
 * have stored it. (The prose has a Get phase of its own "performed after Action 1". But then the data comes from any
 * majority, and a write can be acknowledged by one storage node before that has the pointer, and by another, which never
 * has it, after that has answered the Get: neither of the two hears of the other. That reading is the variant
 * `copied-from-anywhere`, and part of `as-written`. RAMBO asks and tells in one phase as well.)
 */
const startCopy = (state: ClientState, task: Task): ClientStep => {
  const { begun: operation } = state
  const { retired } = state.map
  return start(state, "Copying", task, [oldest(state)], initialPair, { _tag: "Get", operation, retired })
}

/** Action 2, Set phase: what was got is set in the next configuration. */
export const startPopulate = (context: Ruled, state: ClientState, task: Task, pair: Pair): ClientStep => {
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
 * After both actions the old configuration is retired: "clients can disregard the old configuration". The storage nodes of
 * the next one are told, from which clients will hear it; the operation returns when a majority of them knows.
 *
 * (The prose does not say who is told, nor that anybody is before the operation returns. But a reconfigurer that returned
 * and then crashed would be the only one to know, and clients would wait for storage nodes that were turned off.)
 */
export const startRetire = ({ rules }: Ruled, state: ClientState, task: Task): ClientStep => {
  const map = retireBelow(state.map, rules.nextOldest(state.map, task.goal))
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
  context: Reconfiguring,
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
  context: Reconfiguring,
  state: ClientState,
  stage: Stage,
  from: NodeId,
  reply: Reply
): ClientStep => {
  const step = receiveMap(context, state, stage, reply.map)
  const learned = step.state
  if (learned.map.retired > stage.retired) return step
  const isLookedAt = context.rules.looksIn.includes(stage._tag)
  const { phase, isComplete } = advance(
    stage.phase,
    from,
    (got) => (isLookedAt && "pair" in reply ? larger(got, reply.pair) : got),
    "write",
    isEnough(context, stage)
  )
  return isComplete
    ? startNext(context, learned, { ...stage, phase })
    : become({ ...learned, activity: { ...stage, phase } })
}

/**
 * A majority of each configuration that the stage is about: what must be met by both Get and Set phases, such as the
 * forward pointer, has to be stored by a read and by a write quorum.
 */
const isEnough = ({ rules }: Ruled, { _tag }: Stage) =>
  _tag === "Pointing" ? rules.isPointerStored : isOverForBoth

/**
 * The stage is over, and the next one begins. After Action 1 "any operations that execute using" the old configuration
 * will discover the next one; after Action 2 the old one can be retired; after that, the client goes about the next.
 */
const startNext = (context: Reconfiguring, state: ClientState, stage: Stage): ClientStep => {
  const stages = stagesOf(context)
  const following = stages[stages.findIndex(({ tag }) => tag === stage._tag) + 1]
  return following === undefined
    ? collectGarbage(context, state, stage)
    : following.start(state, stage, stage.phase.answer)
}
