/**
 * What a client does to reconfigure naively (tutorial section 4, first paragraph): "(1) populate at least a majority
 * of storage nodes in the new configuration with the current version of the data, (2) stop the storage nodes that
 * are to be removed, (3) inform clients about the new configuration".
 *
 * The variants differ in what they put around the three steps: nothing (online), a pause of all other clients
 * (stop-the-world), or a write lock (write-locked).
 */
import * as Schema from "effect/Schema"
import { Configuration, changedMembers, majority } from "../configuration/configuration.ts"
import { union, without } from "../kernel/data.ts"
import { type ClientId, ClientId as ClientIdSchema, type NodeId, SetOf } from "../kernel/node.ts"
import { become, type Send, type Step } from "../kernel/process.ts"
import type { Setup } from "../kernel/protocol.ts"
import type { GetReply, SetReply } from "../majority/messages.ts"
import { ask, asked, begin, count, isOver, Phase } from "../phase/phase.ts"
import { Reconfigure } from "../register/operation.ts"
import { initialPair, larger, Pair } from "../register/pair.ts"
import type { Informed, Locked, Message, Paused } from "./messages.ts"
import { isConfirmed, locksWrites, stopsTheWorld, type VariantName } from "./variants.ts"

/** What every stage of a reconfiguration carries: its number, what was asked for, and where it leads. */
const common = { begun: Schema.Int, operation: Reconfigure, from: Configuration, to: Configuration }

/** Before the steps: waiting until every other client has paused. */
export const Pausing = Schema.TaggedStruct("Pausing", { ...common, missing: SetOf(ClientIdSchema) })
/** Before the steps: waiting until majorities of both configurations are locked. */
export const Locking = Schema.TaggedStruct("Locking", { ...common, phase: Phase(Pair) })
/** Populate, first half: the Get phase on the old configuration. */
export const Collecting = Schema.TaggedStruct("Collecting", { ...common, phase: Phase(Pair) })
/** Populate, second half: the Set phase on the new configuration. */
export const Populating = Schema.TaggedStruct("Populating", { ...common, phase: Phase(Pair) })
/** After the steps: waiting until every other client has confirmed that it was informed. */
export const Informing = Schema.TaggedStruct("Informing", { ...common, missing: SetOf(ClientIdSchema) })

export const Stage = Schema.Union([Pausing, Locking, Collecting, Populating, Informing])
export type Stage = typeof Stage.Type
export type Pausing = typeof Pausing.Type
export type Locking = typeof Locking.Type
export type Collecting = typeof Collecting.Type
export type Populating = typeof Populating.Type
export type Informing = typeof Informing.Type

/** The reconfiguration is over; the client uses the new configuration. */
export interface Over {
  readonly _tag: "Over"
  readonly begun: number
  readonly to: Configuration
}

type Context = Setup<VariantName>
type StageStep = Step<Stage | Over, Reconfigure, Message>
type Common = Pick<Stage, "begun" | "operation" | "from" | "to">

const others = (context: Context, self: ClientId): ReadonlyArray<ClientId> => without(context.clients, [self])

/** A client begins to reconfigure: what is put around the three steps comes first. */
export const startReconfiguration = (
  context: Context,
  self: ClientId,
  begun: number,
  from: Configuration,
  operation: Reconfigure
): StageStep => {
  const to = majority(changedMembers(from.members, operation.add, operation.remove))
  const step = startBarrier(context, self, { begun, operation, from, to })
  return { ...step, observations: [{ _tag: "Invocation", operation }, ...step.observations] }
}

const startBarrier = (context: Context, self: ClientId, reconfiguration: Common): StageStep => {
  const { begun: operation, from, to } = reconfiguration
  const clients = others(context, self)
  if (stopsTheWorld(context.variant) && clients.length > 0) {
    return {
      state: { _tag: "Pausing", ...reconfiguration, missing: clients },
      sends: ask(clients, { _tag: "Pause", operation }),
      observations: []
    }
  }
  if (locksWrites(context.variant)) {
    const phase = begin([from, to], initialPair)
    return {
      state: { _tag: "Locking", ...reconfiguration, phase },
      sends: ask(asked(phase), { _tag: "Lock", operation }),
      observations: []
    }
  }
  return startCollect(reconfiguration)
}

/** A client has paused. With the last one, no operation is in execution and the steps begin. */
export const receivePaused = (state: Pausing, from: ClientId, _reply: Paused): StageStep => {
  const missing = without(state.missing, [from])
  return missing.length > 0 ? become({ ...state, missing }) : startCollect(state)
}

/**
 * A storage node is locked. With a majority of the old and of the new configuration no write can complete any more.
 *
 * What a locked node holds cannot change, so it is from locked nodes that the data is collected: their answers are
 * the Get phase. (The prose does not say so; collected from any majority, the data can miss a write that completed
 * at a node that is not locked yet. That reading is the variant `write-locked-collect-anywhere`.)
 */
export const receiveLocked = (
  context: Context,
  state: Locking,
  from: NodeId,
  { pair }: Locked
): StageStep => {
  const counted = { ...state, phase: count(state.phase, from, larger(state.phase.answer, pair)) }
  if (!isOver(counted.phase, "read")) return become(counted)
  return context.variant === "write-locked-collect-anywhere"
    ? startCollect(counted)
    : startPopulate(counted, counted.phase.answer)
}

/** Step 1, first half: "executes the Get phase using the nodes in the old configuration". */
const startCollect = ({ begun, operation, from, to }: Common): StageStep => ({
  state: { _tag: "Collecting", begun, operation, from, to, phase: begin([from], initialPair) },
  sends: ask(from.members, { _tag: "Get", operation: begun }),
  observations: []
})

/** A vt-pair of the old configuration arrives; with a majority of them, the new configuration is populated. */
export const receiveGetReply = (state: Collecting, from: NodeId, { pair }: GetReply): StageStep => {
  const counted = { ...state, phase: count(state.phase, from, larger(state.phase.answer, pair)) }
  return isOver(counted.phase, "read") ? startPopulate(counted, counted.phase.answer) : become(counted)
}

/** Step 1, second half: "followed by the Set phase using the nodes in the new configuration to store the data". */
const startPopulate = ({ begun, operation, from, to }: Common, pair: Pair): StageStep => ({
  state: { _tag: "Populating", begun, operation, from, to, phase: begin([to], pair) },
  sends: ask(to.members, { _tag: "Set", operation: begun, pair }),
  observations: []
})

/** A node of the new configuration holds the data; with a majority of them, steps 2 and 3 are taken. */
export const receiveSetReply = (
  context: Context,
  self: ClientId,
  state: Populating,
  from: NodeId,
  _reply: SetReply
): StageStep => {
  const counted = { ...state, phase: count(state.phase, from, state.phase.answer) }
  return isOver(counted.phase, "write") ? stopAndInform(context, self, counted) : become(counted)
}

/**
 * Steps 2 and 3: removed storage nodes are told to stop, and clients are told of the new configuration.
 *
 * The reconfiguration returns when all of them have heard. (The prose does not say so. But whoever may reconfigure next
 * is told of that by somebody else, and a client that hears of the two in the wrong order goes back to the older one: that
 * reading is the variant `stop-the-world-unconfirmed`.)
 */
const stopAndInform = (context: Context, self: ClientId, state: Populating): StageStep => {
  const { begun, operation, from, to } = state
  const clients = others(context, self)
  const sends: ReadonlyArray<Send<Message>> = [
    ...ask(without(from.members, to.members), { _tag: "Stop", operation: begun } as const),
    ...ask(clients, { _tag: "Inform", operation: begun, configuration: to } as const)
  ]
  const waits = isConfirmed(context.variant) && context.variant !== "write-locked-unlock-early"
  if (waits && clients.length > 0) {
    return {
      state: { _tag: "Informing", begun, operation, from, to, missing: clients },
      sends,
      observations: []
    }
  }
  const step = finish(context, state)
  return { ...step, sends: [...sends, ...step.sends] }
}

/** A client uses the new configuration. With the last one, the reconfiguration is over, and the lock can go. */
export const receiveInformed = (
  context: Context,
  state: Informing,
  from: ClientId,
  _reply: Informed
): StageStep => {
  const missing = without(state.missing, [from])
  return missing.length > 0 ? become({ ...state, missing }) : finish(context, state)
}

/** The reconfiguration returns ok; the write lock, if there is one, is released. */
const finish = (context: Context, { begun, operation, from, to }: Common): StageStep => ({
  state: { _tag: "Over", begun, to },
  sends: locksWrites(context.variant)
    ? ask(union(from.members, to.members), { _tag: "Unlock", operation: begun } as const)
    : [],
  observations: [{ _tag: "Response", operation, result: null }]
})
