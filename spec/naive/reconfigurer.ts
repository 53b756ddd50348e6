/**
 * Naive reconfiguration by a client (tutorial section 4, first paragraph): "(1) populate at least a
 * majority of storage nodes in the new configuration with the current version of the data, (2) stop
 * the storage nodes that are to be removed, (3) inform clients about the new configuration".
 *
 * The variants put different barriers around the three steps: none (online), a pause of all other
 * clients (stop-the-world), or a write lock (write-locked).
 */
import * as Schema from "effect/Schema"
import { Configuration, changedMembers, withMembers } from "../configuration/configuration.ts"
import { union, without } from "../kernel/data.ts"
import { Count, type NodeId, SetOf } from "../kernel/node.ts"
import { become, type Send, type Step } from "../kernel/process.ts"
import type { GetReply } from "../majority/messages.ts"
import { ClientId } from "../nodes/nodes.ts"
import { advance, ask, Phase, startPhase, unchanged } from "../phase/phase.ts"
import { initialPair, larger, Pair } from "../register/pair.ts"
import type { StorageParameters } from "../storage/parameters.ts"
import { Reconfigure, refused, type StorageObservation } from "../storage/reconfiguration.ts"
import type { Locked, Message } from "./messages.ts"
import type { Rules } from "./rules.ts"

/**
 * The fields common to all stages of a reconfiguration: its number, the operation, and the old and
 * the new configuration.
 */
const common = { begun: Count, operation: Reconfigure, from: Configuration, to: Configuration }

/** Before the steps: waiting for every other client to pause. */
export const Pausing = Schema.TaggedStruct("Pausing", { ...common, missing: SetOf(ClientId) })
/** Before the steps: waiting for locks at majorities of both configurations. */
export const Locking = Schema.TaggedStruct("Locking", { ...common, phase: Phase(Pair) })
/** Populate, first half: the Get phase on the old configuration. */
export const Collecting = Schema.TaggedStruct("Collecting", { ...common, phase: Phase(Pair) })
/** Populate, second half: the Set phase on the new configuration. */
export const Populating = Schema.TaggedStruct("Populating", { ...common, phase: Phase(Pair) })
/** After the steps: waiting for every other client to confirm the new configuration. */
export const Informing = Schema.TaggedStruct("Informing", { ...common, missing: SetOf(ClientId) })

export const Stage = Schema.Union([Pausing, Locking, Collecting, Populating, Informing])
export type Stage = typeof Stage.Type
export type Pausing = typeof Pausing.Type
export type Locking = typeof Locking.Type
export type Collecting = typeof Collecting.Type
export type Populating = typeof Populating.Type
export type Informing = typeof Informing.Type

/** The reconfiguration has ended; the client uses the new configuration. */
export interface Over {
  readonly _tag: "Over"
  readonly begun: number
  readonly to: Configuration
}

/** A reconfigurer's parameters. */
export interface Context extends Pick<StorageParameters, "clients"> {
  readonly rules: Rules
}
type StageStep = Step<Stage | Over, StorageObservation, Message>
type Common = Pick<Stage, "begun" | "operation" | "from" | "to">

const othersThan = (self: ClientId, { clients }: Context): ReadonlyArray<ClientId> =>
  without(clients, [self])

/**
 * A client begins to reconfigure, with the barrier first. It refuses a change that would leave no
 * members, since no node would answer. (The paper does not mention this case.)
 */
export const startReconfiguration = (
  context: Context,
  self: ClientId,
  begun: number,
  from: Configuration,
  operation: Reconfigure
): StageStep => {
  const members = changedMembers(from.members, operation.add, operation.remove)
  const invocation = { _tag: "Invocation", operation } as const
  if (members.length === 0) {
    const response = { _tag: "Response", operation, result: refused } as const
    return {
      state: { _tag: "Over", begun, to: from },
      sends: [],
      observations: [invocation, response]
    }
  }
  const to = withMembers(from, members)
  const step = startBarrier(context, self, { begun, operation, from, to })
  return { ...step, observations: [invocation] }
}

const startBarrier = (context: Context, self: ClientId, reconfiguration: Common): StageStep => {
  switch (context.rules.barrier) {
    case "nothing":
      return startCollect(reconfiguration)
    case "pause":
      return startPause(reconfiguration, othersThan(self, context))
    case "write-lock":
      return startLock(reconfiguration)
  }
}

/** The reconfigurer pauses all other clients. If there are none, it continues with the steps. */
const startPause = (reconfiguration: Common, others: ReadonlyArray<ClientId>): StageStep =>
  others.length === 0
    ? startCollect(reconfiguration)
    : {
        state: { _tag: "Pausing", ...reconfiguration, missing: others },
        sends: ask(others, { _tag: "Pause", operation: reconfiguration.begun }),
        observations: []
      }

/** A client has paused. After the last one no operation is in progress, and the steps begin. */
export const receivePaused = (state: Pausing, from: NodeId): StageStep => {
  const missing = state.missing.filter((client) => client !== from)
  return missing.length > 0 ? become({ ...state, missing }) : startCollect(commonOf(state))
}

/** The reconfigurer locks the storage nodes of both configurations. */
const startLock = (reconfiguration: Common): StageStep => {
  const { begun, from, to } = reconfiguration
  const question: Message = { _tag: "Lock", operation: begun }
  const { phase, sends } = startPhase([from, to], initialPair, question)
  return { state: { _tag: "Locking", ...reconfiguration, phase }, sends, observations: [] }
}

/**
 * A storage node is locked. Once majorities of both configurations are locked, no write can
 * complete.
 *
 * A locked node's pair cannot change, so the reconfigurer collects the data from locked nodes:
 * their answers are the Get phase. (The paper does not say so. Data collected from any majority can
 * miss a write that completed at a node not locked yet: the variant
 * `write-locked-collect-anywhere`.)
 */
export const receiveLocked = (
  { rules }: Context,
  state: Locking,
  from: NodeId,
  { pair }: Locked
): StageStep => {
  const { phase, isComplete } = advance(state.phase, from, (found) => larger(found, pair), "read")
  if (!isComplete) return become({ ...state, phase })
  return rules.collectsFromLocked
    ? startPopulate(commonOf(state), phase.answer)
    : startCollect(commonOf(state))
}

/** Step 1, first half: "executes the Get phase using the nodes in the old configuration". */
const startCollect = (reconfiguration: Common): StageStep => {
  const question: Message = { _tag: "Get", operation: reconfiguration.begun }
  const { phase, sends } = startPhase([reconfiguration.from], initialPair, question)
  return { state: { _tag: "Collecting", ...reconfiguration, phase }, sends, observations: [] }
}

/**
 * A vt-pair of the old configuration arrives. After a majority of them the reconfigurer populates
 * the new configuration.
 */
export const receiveGetReply = (state: Collecting, from: NodeId, { pair }: GetReply): StageStep => {
  const { phase, isComplete } = advance(state.phase, from, (found) => larger(found, pair), "read")
  return isComplete ? startPopulate(commonOf(state), phase.answer) : become({ ...state, phase })
}

/**
 * Step 1, second half: "followed by the Set phase using the nodes in the new configuration to store
 * the data".
 */
const startPopulate = (reconfiguration: Common, pair: Pair): StageStep => {
  const question: Message = { _tag: "Set", operation: reconfiguration.begun, pair }
  const { phase, sends } = startPhase([reconfiguration.to], pair, question)
  return { state: { _tag: "Populating", ...reconfiguration, phase }, sends, observations: [] }
}

/**
 * A node of the new configuration has stored the data. After a majority of them the reconfigurer
 * takes steps 2 and 3.
 */
export const receiveSetReply = (
  context: Context,
  self: ClientId,
  state: Populating,
  from: NodeId
): StageStep => {
  const { phase, isComplete } = advance(state.phase, from, unchanged, "write")
  return isComplete ? stopAndInform(context, self, commonOf(state)) : become({ ...state, phase })
}

/**
 * Steps 2 and 3: the reconfigurer stops the removed storage nodes and informs the clients of the
 * new configuration.
 *
 * The reconfiguration returns after all clients have confirmed. (The paper does not say so. Without
 * confirmations, the messages of two successive reconfigurers can reach a client in the wrong
 * order, and the client returns to the older configuration: the variant
 * `stop-the-world-unconfirmed`.)
 */
const stopAndInform = (context: Context, self: ClientId, reconfiguration: Common): StageStep => {
  const { begun, from, to } = reconfiguration
  const others = othersThan(self, context)
  const sends: ReadonlyArray<Send<Message>> = [
    ...ask(without(from.members, to.members), { _tag: "Stop", operation: begun } as const),
    ...ask(others, { _tag: "Inform", operation: begun, configuration: to } as const)
  ]
  if (context.rules.waitsForClients && others.length > 0) {
    return {
      state: { _tag: "Informing", ...reconfiguration, missing: others },
      sends,
      observations: []
    }
  }
  const step = finish(context, reconfiguration)
  return { ...step, sends: [...sends, ...step.sends] }
}

/**
 * A client uses the new configuration. After the last one the reconfiguration is complete, and the
 * reconfigurer releases the lock.
 */
export const receiveInformed = (context: Context, state: Informing, from: NodeId): StageStep => {
  const missing = state.missing.filter((client) => client !== from)
  return missing.length > 0 ? become({ ...state, missing }) : finish(context, state)
}

/** The reconfiguration returns ok and releases the write lock, if there is one. */
const finish = ({ rules }: Context, { begun, operation, from, to }: Common): StageStep => ({
  state: { _tag: "Over", begun, to },
  sends:
    rules.barrier === "write-lock"
      ? ask(union(from.members, to.members), { _tag: "Unlock", operation: begun } as const)
      : [],
  observations: [{ _tag: "Response", operation, result: null }]
})

const commonOf = ({ begun, operation, from, to }: Common): Common => ({
  begun,
  operation,
  from,
  to
})
