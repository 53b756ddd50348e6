/**
 * The client of masking replication: the client of majority replication (tutorial 2.3), except that
 * it believes no single node.
 *
 * A read may have a quorum of answers and still not know what to return. It then waits for the
 * other nodes, and asks those that have answered again. It keeps the latest answer of each node. If
 * it restarted with every quorum, a liar that always answers quickly could keep the client from
 * ever hearing a slow node. The client has at most one repeated question at a time to a node, so a
 * Get does not number its repetitions. (A storage node that answered on its own after storing
 * something newer would have to remember which clients ask.)
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import { type Configuration, countsOnly } from "../configuration/configuration.ts"
import { including } from "../kernel/data.ts"
import { Count, type NodeId } from "../kernel/node.ts"
import { become, ignore, type NoChoice, type Process, type Step } from "../kernel/process.ts"
import { type GetReply, type Message, phaseOf } from "../majority/messages.ts"
import { isOver } from "../majority/position.ts"
import type { ClientId, ServerSet } from "../nodes/nodes.ts"
import { advance, ask, asked, begin, Phase, startPhase, unchanged } from "../phase/phase.ts"
import { Access } from "../register/operation.ts"
import { initialPair, Pair } from "../register/pair.ts"
import { Answers, accepted, trusted, withAnswer } from "./answers.ts"
import type { MaskingObservation } from "./properties.ts"
import type { Rules } from "./rules.ts"

/** Between operations a client keeps only the number of operations it has begun. */
export const Idle = Schema.TaggedStruct("Idle", { begun: Count })
/** In the Get phase: the phase's answer is the latest answer of each storage node. */
export const Getting = Schema.TaggedStruct("Getting", {
  begun: Count,
  operation: Access,
  phase: Phase(Answers)
})
/** In the Set phase: the phase's answer is the chosen pair, which the client is storing. */
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
type ClientStep = Step<ClientState, MaskingObservation, Message>

/** The initial state of a client. */
export const initial: Idle = { _tag: "Idle", begun: 0 }

/**
 * An idle client begins an operation: it asks all storage nodes for their vt-pairs. (2.3, Get
 * phase, first sentence.)
 */
export const invoke = ({ configuration }: Context, state: Idle, operation: Access): ClientStep => {
  const begun = state.begun + 1
  const question: Message = { _tag: "Get", operation: begun }
  const { phase, sends } = startPhase([configuration], [], question)
  return {
    state: { _tag: "Getting", begun, operation, phase },
    sends,
    observations: [{ _tag: "Invocation", operation }]
  }
}

/**
 * A client in the Get phase of the reply's operation receives the reply from a storage node that it
 * has asked, or asked again. The answer replaces an earlier one of the same node. Once a quorum has
 * answered, and if the answers decide what to read or write, the client continues in the same step.
 */
export const receiveGetReply = (
  context: Context,
  self: ClientId,
  state: Getting,
  from: NodeId,
  { pair }: GetReply
): ClientStep => {
  const { rules } = context
  const { phase } = state
  const server = asked(phase).find((one) => one === from)
  const hadQuorum = rules.enough(phase, "read")
  if (server === undefined || (!hadQuorum && phase.answered.includes(server))) return ignore(state)
  const heard: Getting = {
    ...state,
    phase: {
      ...phase,
      answered: including(phase.answered, server),
      answer: withAnswer(phase.answer, server, pair)
    }
  }
  if (!rules.enough(heard.phase, "read")) return become(heard)
  if (heard.operation._tag === "Write")
    return startWriting(context, self, heard, heard.operation.value)
  const found = accepted(context, heard.phase.answer)
  if (found === undefined)
    return askAgain(context, heard, hadQuorum ? [server] : heard.phase.answered)
  return rules.writesBack ? startSet(heard, found) : finish(heard, found)
}

/**
 * The answers of a whole quorum do not decide: the client asks the nodes that have answered once
 * more. If this answer is not the one that completes the quorum, the client has already done so,
 * and asks only the node that has just answered.
 */
const askAgain = ({ rules }: Context, heard: Getting, who: ServerSet): ClientStep => ({
  state: heard,
  sends: rules.asksAgain ? ask(who, { _tag: "Get", operation: heard.begun }) : [],
  observations: []
})

/**
 * A writer stores its value under the next number above the highest that is not made up, made
 * unique by its name.
 */
const startWriting = (
  context: Context,
  self: ClientId,
  heard: Getting,
  value: Pair["value"]
): ClientStep => {
  const { number } = trusted(context, heard.phase.answer) ?? initialPair.timestamp
  const timestamp = { number: number + 1, client: self }
  const observations: ClientStep["observations"] = [
    { _tag: "Note", name: "chose", detail: timestamp }
  ]
  return { ...startSet(heard, { value, timestamp }), observations }
}

/** The client asks all storage nodes to store the pair. (2.3, Set phase, first sentence.) */
const startSet = ({ begun, operation, phase }: Getting, pair: Pair): ClientStep => ({
  state: { _tag: "Setting", begun, operation, phase: begin(phase.configurations, pair) },
  sends: ask(asked(phase), { _tag: "Set", operation: begun, pair }),
  observations: []
})

/**
 * A client in the Set phase of the acknowledgement's operation counts it. The one that completes a
 * quorum ends the operation in the same step: a write returns ok, a read returns the value that it
 * stored. (2.3, Set phase.)
 */
export const receiveSetReply = ({ rules }: Context, state: Setting, from: NodeId): ClientStep => {
  const { phase, isComplete } = advance(state.phase, from, unchanged, "write", rules.enough)
  const counted: Setting = { ...state, phase }
  return isComplete ? finish(counted, phase.answer) : become(counted)
}

/** The operation ends, and the client keeps nothing of it. */
const finish = ({ begun, operation }: Getting | Setting, { value }: Pair): ClientStep => ({
  state: { _tag: "Idle", begun },
  sends: [],
  observations: [{ _tag: "Response", operation, result: operation._tag === "Read" ? value : null }]
})

/**
 * Dispatches every message that a client receives. A reply counts if it answers the current phase
 * of the current operation; any other has no effect, and neither has a request, which no node sends
 * to a client.
 */
export const receive = (
  context: Context,
  self: ClientId,
  state: ClientState,
  from: NodeId,
  message: Message
): ClientStep => {
  if (state._tag === "Idle" || message.operation !== state.begun) return ignore(state)
  return match([state, message] as const)
    .with([{ _tag: "Getting" }, { _tag: "GetReply" }], ([getting, reply]) =>
      receiveGetReply(context, self, getting, from, reply)
    )
    .with([{ _tag: "Setting" }, { _tag: "SetReply" }], ([setting]) =>
      receiveSetReply(context, setting, from)
    )
    .with([{ _tag: "Getting" }, { _tag: "SetReply" }], () => ignore(state))
    .with([{ _tag: "Setting" }, { _tag: "GetReply" }], () => ignore(state))
    .with([{}, { _tag: "Get" }], [{}, { _tag: "Set" }], () => ignore(state))
    .exhaustive()
}

/**
 * True when the client no longer waits for answers to this question, or for this answer.
 */
export const isSettled = (state: ClientState, message: Message): boolean =>
  isOver(state, message, phaseOf(message))

/**
 * True when the client reads: the pair it accepts may then depend on the answers it has so far.
 */
const decidesByAnswers = (state: ClientState): boolean =>
  state._tag === "Getting" && state.operation._tag === "Read"

export const client: Process<
  Context,
  ClientState,
  Access,
  MaskingObservation,
  Message,
  NoChoice,
  ClientId
> = {
  State: ClientState,
  durable: false,
  initial: () => initial,
  ready: (_context, _self, state) => state._tag === "Idle",
  choices: () => [],
  step: (context, self, state, input) =>
    match(input)
      .with({ _tag: "Invoke" }, ({ operation }) =>
        state._tag === "Idle" ? invoke(context, state, operation) : ignore(state)
      )
      .with({ _tag: "Receive" }, ({ from, message }) =>
        receive(context, self, state, from, message)
      )
      .with({ _tag: "Choose" }, () => ignore(state))
      .exhaustive(),
  promises: {
    isObsolete: (_context, _self, state, _from, reply) => isSettled(state, reply),
    isSettled: (_context, _self, state, _to, request) => isSettled(state, request),
    // Quorums that do not count members may be complete with fewer answers than arrive; the order
    // of arrival then decides which count.
    isAnswer: ({ configuration }, _self, state) =>
      countsOnly(configuration) && !decidesByAnswers(state)
  }
}
