/**
 * The client under reconfiguration with a sequence of configurations (tutorial, section 5).
 */
import { match, P } from "ts-pattern"
import { countsOnly } from "../configuration/configuration.ts"
import { ballots } from "../consensus/bounds.ts"
import * as Proposer from "../consensus/proposer.ts"
import type { NodeId } from "../kernel/node.ts"
import { type Input, ignore, type Process } from "../kernel/process.ts"
import type { ClientId } from "../nodes/nodes.ts"
import type { Phase } from "../phase/phase.ts"
import { comparePositions, isSettledAt } from "../phase/position.ts"
import type { StorageObservation, StorageOperation } from "../storage/reconfiguration.ts"
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
 * A client whose phase is at a fixed point goes on: from the Get phase to the Set phase, from the
 * Set phase to the end of the operation: a write returns ok, a read the value that it stored. It
 * may go on at once; until it does, answers count.
 */
const goOn = (context: Ruled, self: ClientId, state: ClientState): ClientStep => {
  const { activity } = state
  if (activity._tag !== "Getting" && activity._tag !== "Setting") return ignore(state)
  if (!isFixedPoint(context, state, activity)) return ignore(state)
  const { operation, phase } = activity
  return activity._tag === "Getting" && !needsNoSet(context, state, activity)
    ? startSet(state, operation, pickPair(self, activity))
    : finish(state, operation, operation._tag === "Read" ? phase.answer.value : null)
}

/**
 * Whatever a client receives. A reply counts if it answers what the client waits for; any other has
 * no effect.
 */
const receive = (
  context: GarbageCollection.Reconfiguring,
  self: ClientId,
  state: ClientState,
  from: NodeId,
  message: Message
): ClientStep => {
  if (isSettled(state, from, message)) return ignore(state)
  return match([state.activity, message] as const)
    .with([P._, { _tag: "Hint" }], ([, hint]) => receiveHint(state, hint))
    .with([P._, { _tag: "MapReply" }], ([, reply]) => receiveMapReply(context, self, state, reply))
    .with([{ _tag: "Announcing" }, { _tag: "Announced" }], ([announcing, announced]) =>
      GarbageCollection.receiveAnnounced(context, state, announcing, announced)
    )
    .with([{ _tag: "Getting" }, { _tag: "GetReply" }], ([getting, reply]) =>
      receiveGetReply(context, state, getting, from, reply)
    )
    .with([{ _tag: "Setting" }, { _tag: "SetReply" }], ([setting, reply]) =>
      receiveSetReply(context, state, setting, from, reply)
    )
    .with([{ _tag: "Deciding" }, { _tag: "BallotReply" }], ([deciding, reply]) =>
      receiveBallotReply(context, self, state, deciding, from, reply)
    )
    .with(
      [{ _tag: "StoringPointer" }, { _tag: "PointerStored" }],
      [{ _tag: "GettingState" }, { _tag: "GetReply" }],
      [{ _tag: "TransferringState" }, { _tag: "SetReply" }],
      [{ _tag: "Retiring" }, { _tag: "Retired" }],
      ([stage, reply]) => GarbageCollection.receiveReply(context, state, stage, from, reply)
    )
    .otherwise(() => ignore(state))
}

/** The phase in which the client waits, if it does. */
const phaseOf = ({ activity }: ClientState): Phase<unknown> | undefined =>
  "phase" in activity ? activity.phase : undefined

/**
 * True when the client no longer waits for answers to this message, or for this answer: what asked
 * is over, or the node has answered. What a storage node was asked because of a hint is never over:
 * its answer may be news at any time, unless it says nothing new.
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
 * True when the message belongs to the instance of consensus that the client is in, and is settled
 * there.
 */
const isBallotSettled = ({ activity }: ClientState, message: OfOperation): boolean =>
  activity._tag === "Deciding" &&
  (message._tag === "Ballot" || message._tag === "BallotReply") &&
  Proposer.isSettled(activity.proposer, message.message)

/**
 * True when it does not matter in which order the client takes this reply and others. (It does for
 * what brings news of a retirement: a phase that restarts forgets what it would have learned
 * before.)
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

/** Whatever happens to a client. */
export const step = (
  context: GarbageCollection.Reconfiguring,
  self: ClientId,
  state: ClientState,
  input: Input<StorageOperation, Message, Choice>
): ClientStep =>
  match(input)
    .with({ _tag: "Invoke" }, ({ operation }) => invoke(context, self, state, operation))
    .with({ _tag: "Receive" }, ({ from, message }) => receive(context, self, state, from, message))
    .with({ _tag: "Choose", choice: { _tag: "GoOn" } }, () => goOn(context, self, state))
    .with({ _tag: "Choose", choice: { _tag: "Retry" } }, () =>
      state.activity._tag === "Deciding"
        ? retry(context, self, state, state.activity)
        : ignore(state)
    )
    .exhaustive()

export const client: Process<
  Context,
  ClientState,
  StorageOperation,
  StorageObservation,
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
      ? [{ _tag: "GoOn" }]
      : []
  },
  step,
  atBound: (context, { activity }) =>
    activity._tag === "Deciding" && isAtBound(context, activity) ? ballots.name : undefined,
  promises: {
    isObsolete: (_context, _self, state, from, reply) => isSettled(state, from, reply),
    isSettled: (_context, _self, state, to, request) => isSettled(state, to, request),
    isAnswer: (_context, _self, state, _from, reply) => isAnswer(state, reply)
  }
}
