/**
 * The client under reconfiguration along an agreed sequence (tutorial, section 5).
 */
import { countsOnly } from "../configuration/configuration.ts"
import { ballots } from "../consensus/bounds.ts"
import * as Proposer from "../consensus/proposer.ts"
import type { NodeId } from "../kernel/node.ts"
import { type Input, ignore, type Process } from "../kernel/process.ts"
import type { ClientId } from "../nodes/nodes.ts"
import type { Phase } from "../phase/phase.ts"
import { comparePositions, isSettledAt } from "../phase/position.ts"
import type { StorageOperation } from "../storage/reconfiguration.ts"
import { isNoNews, latest } from "./configuration-map.ts"
import { receiveHint, receiveMapReply } from "./discovery.ts"
import { isFixedPoint, needsNoSet, receiveGetReply, receiveSetReply } from "./fixed-point.ts"
import * as GarbageCollection from "./garbage-collection.ts"
import { startGet } from "./get-phase.ts"
import type { Message, OfOperation } from "./messages.ts"
import {
  continueSequence,
  isAtBound,
  mayRetry,
  receiveBallotReply,
  retry
} from "./next-configuration.ts"
import type { RamboObservation } from "./observation.ts"
import type { Context, Ruled } from "./rules.ts"
import { pickPair, startSet } from "./set-phase.ts"
import { type Choice, ClientState, type ClientStep, finish, initial, positionOf } from "./state.ts"

/** An idle client begins an operation. */
const invoke = (
  context: GarbageCollection.Reconfiguring,
  self: ClientId,
  state: ClientState,
  operation: StorageOperation
): ClientStep => {
  if (state.activity._tag !== "Idle") return ignore(state)
  const begun: ClientState = { ...state, begun: state.begun + 1, phase: 0 }
  const step =
    operation._tag === "Reconfigure"
      ? continueSequence(context, self, begun, operation)
      : startGet(begun, operation)
  return { ...step, observations: [{ _tag: "Invocation", operation }, ...step.observations] }
}

/**
 * A client whose phase is at a fixed point may continue: from the Get phase to the Set phase, and
 * from there to the end of the operation. A write returns ok, a read the value it stored. Until the
 * client continues, answers still count.
 */
const continueAtFixedPoint = (context: Ruled, self: ClientId, state: ClientState): ClientStep => {
  const { activity } = state
  if (activity._tag !== "Getting" && activity._tag !== "Setting") return ignore(state)
  if (!isFixedPoint(context, state, activity)) return ignore(state)
  const { operation, phase } = activity
  return activity._tag === "Getting" && !needsNoSet(context, state, activity)
    ? startSet(state, operation, pickPair(context, self, state, activity), latest(state.map))
    : finish(state, operation, operation._tag === "Read" ? phase.answer.value : null)
}

/**
 * A client receives a message. A reply counts if it answers the current question; the client
 * ignores any other.
 */
const receive = (
  context: GarbageCollection.Reconfiguring,
  self: ClientId,
  state: ClientState,
  from: NodeId,
  message: Message
): ClientStep => {
  if (isSettled(state, from, message)) return ignore(state)
  const { activity } = state
  switch (message._tag) {
    case "GetReply":
      if (activity._tag === "Getting")
        return receiveGetReply(context, state, activity, from, message)
      return activity._tag === "GettingState"
        ? GarbageCollection.receiveReply(context, state, activity, from, message)
        : ignore(state)
    case "SetReply":
      if (activity._tag === "Setting")
        return receiveSetReply(context, state, activity, from, message)
      return activity._tag === "TransferringState"
        ? GarbageCollection.receiveReply(context, state, activity, from, message)
        : ignore(state)
    case "BallotReply":
      return activity._tag === "Deciding"
        ? receiveBallotReply(context, self, state, activity, from, message)
        : ignore(state)
    case "PointerStored":
      return activity._tag === "StoringPointer"
        ? GarbageCollection.receiveReply(context, state, activity, from, message)
        : ignore(state)
    case "Retired":
      return activity._tag === "Retiring"
        ? GarbageCollection.receiveReply(context, state, activity, from, message)
        : ignore(state)
    case "Announced":
      return activity._tag === "Announcing"
        ? GarbageCollection.receiveAnnounced(context, state, activity, message)
        : ignore(state)
    case "Hint":
      return receiveHint(state, message)
    case "MapReply":
      return receiveMapReply(context, self, state, message)
    case "Get":
    case "Set":
    case "StorePointer":
    case "Retire":
    case "Ballot":
    case "AskMap":
    case "Announce":
      return ignore(state)
  }
}

/** The client's current phase, if any. */
const phaseOf = ({ activity }: ClientState): Phase<unknown> | undefined =>
  "phase" in activity ? activity.phase : undefined

/**
 * True if the client no longer waits for answers to this message, or for this answer: its phase has
 * ended, or the node has answered. A question sent because of a hint never ends; its answer is
 * settled only if it adds nothing to the client's cmap.
 */
export const isSettled = (state: ClientState, node: NodeId, message: Message): boolean => {
  if (!("operation" in message))
    return message._tag === "MapReply" && isNoNews(state.map, message.map)
  const [position, current] = [[message.operation, message.phase], positionOf(state)]
  return (
    isSettledAt(position, current, phaseOf(state), node) ||
    (comparePositions(position, current) === 0 && isBallotSettled(state, message))
  )
}

/**
 * True if the message belongs to the client's current instance of consensus, and is settled there.
 */
const isBallotSettled = ({ activity }: ClientState, message: OfOperation): boolean =>
  activity._tag === "Deciding" &&
  (message._tag === "Ballot" || message._tag === "BallotReply") &&
  Proposer.isSettled(activity.proposer, message.message)

/**
 * True if this reply commutes with others. (A reply with news of a retirement does not: the phase
 * restarts and forgets earlier answers.)
 */
const isAnswer = ({ map, activity }: ClientState, reply: Message): boolean => {
  if (!("operation" in reply)) return false
  switch (activity._tag) {
    case "Idle":
    case "Announcing":
      return false
    case "Getting":
    case "Setting":
      return "map" in reply && reply.map.retired <= map.retired
    case "Deciding":
      return reply._tag === "BallotReply" && isNoNews(map, reply.map) && countsOnly(latest(map))
    case "StoringPointer":
    case "GettingState":
    case "TransferringState":
    case "Retiring":
      return (
        "map" in reply &&
        reply.map.retired <= map.retired &&
        activity.phase.configurations.every(countsOnly)
      )
  }
}

/**
 * True if this reply says only that its sender has done what it was asked. The client counts it.
 */
const isAcknowledgement = ({ map, activity }: ClientState, reply: Message): boolean =>
  "map" in reply &&
  isNoNews(map, reply.map) &&
  (activity._tag === "Setting" || activity._tag === "TransferringState"
    ? reply._tag === "SetReply"
    : activity._tag === "Retiring" && reply._tag === "Retired")

/** A step of a client. */
export const step = (
  context: GarbageCollection.Reconfiguring,
  self: ClientId,
  state: ClientState,
  input: Input<StorageOperation, Message, Choice>
): ClientStep => {
  switch (input._tag) {
    case "Invoke":
      return invoke(context, self, state, input.operation)
    case "Receive":
      return receive(context, self, state, input.from, input.message)
    case "Choose":
      return choose(context, self, state, input.choice)
  }
}

/** A client takes a step by itself. */
const choose = (
  context: Ruled,
  self: ClientId,
  state: ClientState,
  { _tag }: Choice
): ClientStep => {
  switch (_tag) {
    case "Continue":
      return continueAtFixedPoint(context, self, state)
    case "Retry":
      return state.activity._tag === "Deciding"
        ? retry(context, self, state, state.activity)
        : ignore(state)
  }
}

export const client: Process<
  Context,
  ClientState,
  StorageOperation,
  RamboObservation,
  Message,
  Choice,
  ClientId
> = {
  State: ClientState,
  durable: false,
  initial: ({ configuration }) => initial(configuration),
  ready: (_context, _self, { activity }) => activity._tag === "Idle",
  choices: (context, _self, state) => {
    const { activity } = state
    if (activity._tag === "Deciding") return mayRetry(context, activity) ? [{ _tag: "Retry" }] : []
    return (activity._tag === "Getting" || activity._tag === "Setting") &&
      isFixedPoint(context, state, activity)
      ? [{ _tag: "Continue" }]
      : []
  },
  step,
  atBound: (context, { activity }) =>
    activity._tag === "Deciding" && isAtBound(context, activity) ? ballots.name : undefined,
  promises: {
    isObsolete: (_context, _self, state, from, reply) => isSettled(state, from, reply),
    isSettled: (_context, _self, state, to, request) => isSettled(state, to, request),
    isAnswer: (_context, _self, state, _from, reply) => isAnswer(state, reply),
    isAcknowledgement: (_context, _self, state, _from, reply) => isAcknowledgement(state, reply)
  }
}
