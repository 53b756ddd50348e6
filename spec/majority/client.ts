/**
 * The client of majority replication (tutorial 2.3), with any number of writers.
 *
 * "The protocols for read() and write(v) are very similar; the key difference is the vt-pair used
 * in the Set phase". One protocol therefore serves both, and `choosePair` is the difference.
 */

import * as Schema from "effect/Schema"
import { type Configuration, countsOnly } from "../configuration/configuration.ts"
import { without } from "../kernel/data.ts"
import { noChoices } from "../kernel/keyed.ts"
import { Count, type NodeId } from "../kernel/node.ts"
import { become, ignore, type NoChoice, type Process, type Step } from "../kernel/process.ts"
import { type ClientId, ServerSet } from "../nodes/nodes.ts"
import { advance, ask, begin, Phase, startPhase, unchanged } from "../phase/phase.ts"
import { holdersWith } from "../register/holders.ts"
import { Access, type AccessObservation } from "../register/operation.ts"
import { initialPair, larger, Pair } from "../register/pair.ts"
import type { GetReply, Message } from "./messages.ts"
import { isOver } from "./position.ts"
import type { Rules } from "./rules.ts"

/** Between operations a client keeps only the number of operations it has begun. */
export const Idle = Schema.TaggedStruct("Idle", { begun: Count })
/** The Get phase. Its answer is the pair with the largest timestamp received so far. */
export const Getting = Schema.TaggedStruct("Getting", {
  begun: Count,
  operation: Access,
  phase: Phase(Pair),
  /** The storage nodes that answered with this very pair; kept only if the rules ask for it. */
  holders: Schema.optionalKey(ServerSet)
})
/** The Set phase. Its answer is the pair that the client is storing. */
export const Setting = Schema.TaggedStruct("Setting", {
  begun: Count,
  operation: Access,
  phase: Phase(Pair)
})

export const ClientState = Schema.Union([Idle, Getting, Setting])
export type ClientState = typeof ClientState.Type
export type Idle = typeof Idle.Type
export type Getting = typeof Getting.Type
export type Setting = typeof Setting.Type

/** A client's parameters: the configuration it asks, and the rules. */
export interface Context {
  readonly configuration: Configuration
  readonly rules: Rules
}
type ClientStep = Step<ClientState, AccessObservation, Message>

/** The initial state of a client. */
export const initial: Idle = { _tag: "Idle", begun: 0 }

/**
 * An idle client begins an operation and asks all storage nodes for their vt-pairs. (2.3, Get
 * phase, first sentence.)
 */
export const invoke = (
  context: Context,
  self: ClientId,
  state: Idle,
  operation: Access
): ClientStep => {
  const begun = state.begun + 1
  const question: Message = { _tag: "Get", operation: begun }
  const { phase, sends } = startPhase([context.configuration], initialPair, question)
  const getting: Getting = { _tag: "Getting", begun, operation, phase }
  const first: ClientStep =
    operation._tag === "Read" || context.rules.writeHasGetPhase
      ? { state: getting, sends, observations: [] }
      : startSet(context, getting, choosePair(context, self, getting))
  return { ...first, observations: [{ _tag: "Invocation", operation }] }
}

/**
 * A client in the Get phase of the reply's operation counts the answer and keeps the pair with the
 * largest timestamp. The answer that completes a majority starts the Set phase in the same step.
 * (2.3, Get phase: "waits for a majority of responses".)
 */
export const receiveGetReply = (
  context: Context,
  self: ClientId,
  state: Getting,
  from: NodeId,
  { pair }: GetReply
): ClientStep => {
  const { configuration, rules } = context
  const merge = (found: Pair) => larger(found, pair)
  const { phase, isComplete } = advance(state.phase, from, merge, "read", rules.enough)
  const counted: Getting = { ...state, phase, ...holdersAfter(context, state, phase, pair) }
  if (!isComplete) return become(counted)
  const { operation, holders = [] } = counted
  return operation._tag === "Read" && rules.returnsAtOnce(configuration, holders)
    ? finish(counted)
    : startSet(context, counted, choosePair(context, self, counted))
}

/**
 * The storage nodes known to hold the pair with the largest timestamp, after this answer. An answer
 * that does not count changes nothing.
 */
const holdersAfter = (
  { rules }: Context,
  { operation, phase: { answered, answer }, holders = [] }: Getting,
  after: Phase<Pair>,
  pair: Pair
): Pick<Getting, "holders"> => {
  if (!rules.remembersHolders || operation._tag === "Write") return {}
  const answering = without(after.answered, answered)
  return answering.length === 0 ? {} : { holders: holdersWith(answer, holders, pair, answering) }
}

/**
 * The pair to store. A read stores the pair with the largest timestamp that its Get phase found. A
 * write stores its own value with a larger timestamp. (2.3, Get phase.)
 */
const choosePair = (
  { rules }: Context,
  self: ClientId,
  { begun, operation, phase }: Getting
): Pair =>
  operation._tag === "Read"
    ? phase.answer
    : {
        value: operation.value,
        timestamp: rules.timestampAbove(phase.answer.timestamp, self, begun)
      }

/** The client asks the storage nodes to store the pair. (2.3, Set phase, first sentence.) */
const startSet = (
  { rules }: Context,
  { begun, operation, phase }: Getting,
  pair: Pair
): ClientStep => ({
  state: { _tag: "Setting", begun, operation, phase: begin(phase.configurations, pair) },
  sends: ask(rules.asksToStore(phase), { _tag: "Set", operation: begun, pair }),
  observations: []
})

/**
 * A client in the Set phase of the acknowledgement's operation counts it. The one that completes a
 * majority ends the operation in the same step: a write returns ok, a read returns the value it
 * stored. (2.3, Set phase: "the client then waits for a majority of acknowledgements".)
 */
export const receiveSetReply = ({ rules }: Context, state: Setting, from: NodeId): ClientStep => {
  const { phase, isComplete } = advance(state.phase, from, unchanged, "write", rules.enough)
  const counted: Setting = { ...state, phase }
  return isComplete ? finish(counted) : become(counted)
}

/** The operation returns, and the client discards its state. */
const finish = ({ begun, operation, phase }: Getting | Setting): ClientStep => ({
  state: { _tag: "Idle", begun },
  sends: [],
  observations: [
    { _tag: "Response", operation, result: operation._tag === "Read" ? phase.answer.value : null }
  ]
})

/**
 * A client receives a message. A reply counts if it answers the current phase of the current
 * operation. The client ignores other replies, and requests: no node sends a request to a client.
 */
export const receive = (
  context: Context,
  self: ClientId,
  state: ClientState,
  from: NodeId,
  message: Message
): ClientStep => {
  if (state._tag === "Idle" || message.operation !== state.begun) return ignore(state)
  switch (message._tag) {
    case "GetReply":
      if (state._tag === "Getting") return receiveGetReply(context, self, state, from, message)
      return isSettled(context, state, message)
        ? ignore(state)
        : receiveSetReply(context, state, from)
    case "SetReply":
      return state._tag === "Setting" ? receiveSetReply(context, state, from) : ignore(state)
    case "Get":
    case "Set":
      return ignore(state)
  }
}

/**
 * True if the client is past the phase in which an answer to this request, or this answer, counts.
 */
export const isSettled = (
  { rules }: Pick<Context, "rules">,
  state: ClientState,
  message: Message
): boolean => isOver(state, message, rules.countsUntil(message))

export const client: Process<
  Context,
  ClientState,
  Access,
  AccessObservation,
  Message,
  NoChoice,
  ClientId
> = {
  State: ClientState,
  durable: false,
  initial: () => initial,
  ready: (_context, _self, state) => state._tag === "Idle",
  choices: noChoices,
  step: (context, self, state, input) => {
    switch (input._tag) {
      case "Invoke":
        return state._tag === "Idle" ? invoke(context, self, state, input.operation) : ignore(state)
      case "Receive":
        return receive(context, self, state, input.from, input.message)
      case "Choose":
        return ignore(state)
    }
  },
  promises: {
    isObsolete: (context, _self, state, _from, reply) => isSettled(context, state, reply),
    isSettled: (context, _self, state, _to, request) => isSettled(context, state, request),
    // With quorums that do not count members, a set of answers may contain more than one quorum;
    // the order of arrival then decides which quorum completes the phase.
    isAnswer: ({ configuration, rules }) => countsOnly(configuration) && rules.answersCommute
  }
}
