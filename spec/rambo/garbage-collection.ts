/**
 * Garbage collection (tutorial, section 5): "for a reconfiguration operation to complete, the old
 * configuration must eventually be retired or garbage collected". It can be "after two actions have
 * been performed": the forward pointer (`forward-pointer.ts`) and the state transfer
 * (`state-transfer.ts`).
 *
 * After the sequence has a new configuration (`next-configuration.ts`), a client retires the older
 * ones, one after the other.
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
  finishAt,
  type Stage,
  type Task
} from "./state.ts"
import { startStateGet, startTransfer } from "./state-transfer.ts"

/** The parameters of a reconfiguration: the rules, and the directory if there is one. */
export type Reconfiguring = Ruled & Pick<Context, "directory">

/**
 * The sequence has a new configuration, or one part of the reconfiguration is done: the next part
 * begins. After the last part the reconfiguration returns ok.
 */
export const proceed = (
  context: Reconfiguring,
  state: ClientState,
  task: Task,
  done?: Part
): ClientStep => {
  const { directory, rules } = context
  const part = rules.course[done === undefined ? 0 : rules.course.indexOf(done) + 1]
  if (part === undefined) return finishAt(task.goal, state, task.operation, null)
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

/** The directory acknowledges the configuration, and the reconfiguration proceeds. */
export const receiveAnnounced = (
  context: Reconfiguring,
  state: ClientState,
  announcing: Announcing,
  { number }: Announced
): ClientStep =>
  number === announcing.number ? proceed(context, state, announcing, "announcement") : ignore(state)

/**
 * The client retires the oldest active configuration, until the one at the goal index is the
 * oldest.
 */
export const collectGarbage = (
  context: Reconfiguring,
  state: ClientState,
  task: Task
): ClientStep => {
  if (state.map.retired >= task.goal) return proceed(context, state, task, "garbage collection")
  const [first] = stagesOf(context)
  return first.start(state, task, initialPair)
}

/** The stages that retire a configuration, in the order of the rules. */
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
 * After both actions c is retired: "clients can disregard the old configuration". The client
 * informs the storage nodes of c', from which other clients learn it, and waits for a majority of
 * them.
 *
 * (The tutorial does not say which nodes to inform, nor that this must happen before the operation
 * returns. But if a reconfigurer returned and crashed without informing any node, clients would
 * wait for storage nodes that have been turned off.)
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
 * A client in a stage receives a cmap and integrates it. If another client has retired c in the
 * meantime, the client has finished with c.
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
 * A storage node replies in a stage. The client integrates the node's cmap and counts the reply.
 * After a majority of replies the next stage begins.
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
 * "A majority of storage nodes" of each configuration of the stage. A stage that must intersect
 * both Get and Set phases, such as the forward pointer, requires a read quorum and a write quorum.
 */
const isEnough = ({ rules }: Ruled, { _tag }: Stage) =>
  _tag === "StoringPointer" ? rules.isPointerStored : isOverForBoth

/**
 * The stage is complete, and the next one begins. After the last stage the client retires the next
 * configuration.
 */
const startNext = (context: Reconfiguring, state: ClientState, stage: Stage): ClientStep => {
  const stages = stagesOf(context)
  const following = stages[stages.findIndex(({ tag }) => tag === stage._tag) + 1]
  return following === undefined
    ? collectGarbage(context, state, stage)
    : following.start(state, stage, stage.phase.answer)
}
