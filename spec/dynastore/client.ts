/**
 * The client of DynaStore (tutorial 6): between operations it keeps a view; an operation traverses
 * the graph from there (`traversal.ts`). With a directory, it may learn of a later view at any time
 * (`discovery.ts`).
 */
import { match, P } from "ts-pattern"
import { countsOnly } from "../configuration/configuration.ts"
import type { NodeId } from "../kernel/node.ts"
import { ignore, type NoChoice, type Process } from "../kernel/process.ts"
import type { ClientId } from "../nodes/nodes.ts"
import { isBefore, type Position, past } from "../phase/position.ts"
import { refused, type StorageOperation } from "../storage/reconfiguration.ts"
import * as Discovery from "./discovery.ts"
import type { Message, OfPhase } from "./messages.ts"
import type { DynaStoreObservation } from "./observation.ts"
import {
  ClientState,
  type ClientStep,
  type Context,
  type Idle,
  latestKnown,
  type TraversalStep
} from "./state.ts"
import { receiveAnswer, receiveGetReply, receiveSetReply, startTraversal } from "./traversal.ts"
import { initialView, isWithin, membersOf, sizeOf } from "./view.ts"

/** Turns a step of the traversal into a step of the client. */
const afterTraversal = (context: Context, step: TraversalStep | ClientStep): ClientStep =>
  step.state._tag === "Over"
    ? Discovery.afterTraversal(context, step.state.traversal)
    : { ...step, state: step.state }

/**
 * An idle client begins an operation. It refuses a change that would leave no members, as far as it
 * knows. (The paper does not mention this case.) It cannot know of concurrent removals, since views
 * are merged and never agreed on: two concurrent removals may still leave no members.
 */
const invoke = (
  context: Context,
  self: ClientId,
  { begun: before, view }: typeof Idle.Type,
  operation: StorageOperation
): ClientStep => {
  const begun = before + 1
  return operation._tag === "Reconfigure" &&
    membersOf(context.rules.extended(view, operation)).length === 0
    ? {
        state: { _tag: "Idle", begun, view },
        sends: [],
        observations: [
          { _tag: "Invocation", operation },
          { _tag: "Response", operation, result: refused }
        ]
      }
    : afterTraversal(context, startTraversal(context, self, begun, view, operation))
}

/**
 * A client receives a message. An answer counts if it belongs to the current phase; the client
 * ignores questions.
 */
const receive = (
  context: Context,
  self: ClientId,
  state: ClientState,
  from: NodeId,
  message: Message
): ClientStep => {
  if (isSettled(state, message)) return ignore(state)
  if ("phase" in message) return receiveInPhase(context, self, state, from, message)
  return match(message)
    .with({ _tag: "Hint" }, (hint) => Discovery.receiveHint(state, hint))
    .with({ _tag: "ViewReply" }, (reply) =>
      afterTraversal(context, Discovery.receiveViewReply(context, self, state, reply))
    )
    .with({ _tag: "Announced" }, (announced) =>
      Discovery.receiveAnnounced(context, state, announced)
    )
    .with({ _tag: P.union("Announce", "AskView") }, () => ignore(state))
    .exhaustive()
}

/** A message of the current phase arrives. */
const receiveInPhase = (
  context: Context,
  self: ClientId,
  state: ClientState,
  from: NodeId,
  message: OfPhase
): ClientStep => {
  if (state._tag === "Idle") return ignore(state)
  const step = match(message)
    .with({ _tag: P.union("Endorsed", "Stored", "Collected") }, (answer) =>
      receiveAnswer(context, self, state, from, answer)
    )
    .with({ _tag: "GetReply" }, (reply) => receiveGetReply(context, self, state, from, reply))
    .with({ _tag: "SetReply" }, () => receiveSetReply(context, self, state, from))
    .with({ _tag: "Notified" }, () => Discovery.receiveNotified(context, state, from))
    .with({ _tag: P.union("Endorse", "Store", "Collect", "Get", "Set", "Notify") }, () => undefined)
    .exhaustive()
  return step === undefined ? ignore(state) : afterTraversal(context, step)
}

/**
 * True if the client no longer waits for answers to this message, or for this answer. A message of
 * a phase is settled when the phase has ended, a reply to a hint's question when its view is not
 * new, and the directory's acknowledgement when the client is in a later view.
 */
const isSettled = (state: ClientState, message: Message): boolean => {
  if ("phase" in message) return isBefore([message.operation, message.phase], positionOf(state))
  if (message._tag === "ViewReply") return isWithin(message.view, latestKnown(state))
  return message._tag === "Announced" && message.number < sizeOf(latestKnown(state))
}

/**
 * The client's position: a phase of an operation, or after the last phase of the last operation.
 */
const positionOf = (state: ClientState): Position => [
  state.begun,
  state._tag === "Idle" ? past : state.phase
]

export const client: Process<
  Context,
  ClientState,
  StorageOperation,
  DynaStoreObservation,
  Message,
  NoChoice,
  ClientId
> = {
  State: ClientState,
  durable: false,
  initial: (context) => ({ _tag: "Idle", begun: 0, view: initialView(context) }),
  ready: (_context, _self, { _tag }) => _tag === "Idle",
  choices: () => [],
  step: (context, self, state, input) =>
    match(input)
      .with({ _tag: "Invoke" }, ({ operation }) =>
        state._tag === "Idle" ? invoke(context, self, state, operation) : ignore(state)
      )
      .with({ _tag: "Receive" }, ({ from, message }) =>
        receive(context, self, state, from, message)
      )
      .with({ _tag: "Choose" }, () => ignore(state))
      .exhaustive(),
  promises: {
    isObsolete: (_context, _self, state, _from, answer) => isSettled(state, answer),
    isSettled: (_context, _self, state, _to, question) => isSettled(state, question),
    isAnswer: ({ configuration }, _self, _state, _from, message) =>
      countsOnly(configuration) && "phase" in message,
    isAcknowledgement: (_context, _self, _state, _from, { _tag }) =>
      _tag === "Endorsed" || _tag === "Stored" || _tag === "SetReply"
  }
}
