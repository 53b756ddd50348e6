/**
 * Garbage collection (tutorial, section 5): "for a reconfiguration operation to complete, the old
 * configuration must eventually be retired or garbage collected". It can be "after two actions have
 * been performed": the forward pointer (`forward-pointer.ts`) and the state transfer
 * (`state-transfer.ts`).
 *
 * A client does this once the sequence of configurations has been continued
 * (`next-configuration.ts`), for one configuration after the other.
 */
import type { Announced } from "../directory/directory.ts"
import type { NodeId } from "../kernel/node.ts"
import { become, ignore } from "../kernel/process.ts"
import { advance, isOverForBoth } from "../phase/phase.ts"
import { initialPair, larger } from "../register/pair.ts"
import { announce } from "./announcement.ts"
import { type ConfigurationMap, integrate, retireBelow } from "./configuration-map.ts"
import { startPointer } from "./forward-pointer.ts"
import type { Reply } from "./messages.ts"
import type { Context, Part, Ruled, StageStart } from "./rules.ts"
import { oldest, startStage } from "./stage.ts"
import {
  type Announcing,
  type ClientState,
  type ClientStep,
  finish,
  type Stage,
  type Task
} from "./state.ts"
import { startStateGet, startTransfer } from "./state-transfer.ts"

/** What a reconfiguration needs to know of the system: its rules, and the directory if any. */
export type Reconfiguring = Ruled & Pick<Context, "directory">

/**
 * The sequence is continued, or a part of what follows is done: the next part begins. After the
 * last one the reconfiguration returns ok.
 */
export const proceed = (
  context: Reconfiguring,
  state: ClientState,
  task: Task,
  done?: Part
): ClientStep => {
  const { directory, rules } = context
  const part = rules.course[done === undefined ? 0 : rules.course.indexOf(done) + 1]
  if (part === undefined) return finish(state, task.operation, null)
  switch (part) {
    case "garbage collection":
      return collectGarbage(context, state, task)
    case "announcement": {
      if (directory === undefined) return proceed(context, state, task, part)
      const announced = announce(directory, state, task)
      return rules.awaitsDirectory
        ? announced
        : { ...proceed(context, state, task, part), sends: announced.sends }
    }
  }
}

/** The directory says that it knows the configuration: the reconfiguration proceeds. */
export const receiveAnnounced = (
  context: Reconfiguring,
  state: ClientState,
  announcing: Announcing,
  { number }: Announced
): ClientStep =>
  number === announcing.number ? proceed(context, state, announcing, "announcement") : ignore(state)

/** The client retires the oldest active configuration, until the one at its goal is the oldest. */
export const collectGarbage = (
  context: Reconfiguring,
  state: ClientState,
  task: Task
): ClientStep => {
  if (state.map.retired >= task.goal) return proceed(context, state, task, "garbage collection")
  const [first] = stagesOf(context)
  return first.start(state, task, initialPair)
}

/** The stages by which a configuration is retired, as the rules have them. */
const stagesOf = (context: Reconfiguring): readonly [StageStart, ...ReadonlyArray<StageStart>] =>
  context.rules.stages({
    storePointer: {
      tag: "StoringPointer",
      start: (state, task, got) => startPointer(context, state, task, got)
    },
    getState: { tag: "GettingState", start: (state, task) => startStateGet(state, task) },
    transferState: {
      tag: "TransferringState",
      start: (state, task, got) => startTransfer(context, state, task, got)
    },
    retire: { tag: "Retiring", start: (state, task) => startRetire(context, state, task) },
    collect: (state, task) => collectGarbage(context, state, task)
  })

/**
 * After both actions c is retired: "clients can disregard the old configuration". The client tells
 * the storage nodes of c', from which others will hear it, and waits for a majority of them.
 *
 * (The prose does not say who is told, nor that anybody is before the operation returns. But a
 * reconfigurer that returned and then crashed would be the only one to know, and clients would wait
 * for storage nodes that were turned off.)
 */
export const startRetire = ({ rules }: Ruled, state: ClientState, task: Task): ClientStep => {
  const map = retireBelow(state.map, rules.nextOldest(state.map, task.goal))
  const after: ClientState = { ...state, map }
  return startStage(after, "Retiring", task, [oldest(after)], initialPair, (phase) => ({
    _tag: "Retire",
    ...phase,
    map
  }))
}

/**
 * A client in a stage receives a cmap and integrates it. If another client has retired c meanwhile,
 * nothing is left to do about c.
 */
export const receiveMap = (
  context: Reconfiguring,
  state: ClientState,
  stage: Stage,
  map: ConfigurationMap
): ClientStep => {
  const learned: ClientState = { ...state, map: integrate(state.map, map) }
  return learned.map.retired > stage.retired
    ? collectGarbage(context, learned, stage)
    : become(learned)
}

/**
 * A storage node replies in a stage. The client integrates its cmap and counts the reply; with a
 * majority of replies the next stage begins.
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
 * "A majority of storage nodes" of each configuration that the stage is about. What both Get and
 * Set phases have to meet, such as the forward pointer, takes a read and a write quorum.
 */
const isEnough = ({ rules }: Ruled, { _tag }: Stage) =>
  _tag === "StoringPointer" ? rules.isPointerStored : isOverForBoth

/**
 * The stage is over, and the next one begins; after the last, the next configuration is retired.
 */
const startNext = (context: Reconfiguring, state: ClientState, stage: Stage): ClientStep => {
  const stages = stagesOf(context)
  const following = stages[stages.findIndex(({ tag }) => tag === stage._tag) + 1]
  return following === undefined
    ? collectGarbage(context, state, stage)
    : following.start(state, stage, stage.phase.answer)
}
