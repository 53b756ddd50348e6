/**
 * The client of super-majority replication: the client of majority replication (tutorial 2.3),
 * except that it signs what it writes and counts only answers that it believes.
 *
 * An answer that the client does not believe does not count: the client waits for another storage
 * node. It never waits in vain, since the correct storage nodes form a quorum. (Counting the answer
 * as "nothing was written" would also do, since a liar may always give that answer. But the client
 * would then have to change what it received.)
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import { type Configuration, countsOnly } from "../configuration/configuration.ts"
import { type Cryptography, SigningKey } from "../kernel/cryptography.ts"
import { equals } from "../kernel/data.ts"
import { Count, type NodeId } from "../kernel/node.ts"
import { become, ignore, type NoChoice, type Process, type Step } from "../kernel/process.ts"
import { phaseOf } from "../majority/messages.ts"
import { isOver } from "../majority/position.ts"
import { ClientId } from "../nodes/nodes.ts"
import { advance, ask, asked, begin, Phase, startPhase, unchanged } from "../phase/phase.ts"
import { Access } from "../register/operation.ts"
import type { GetReply, Message } from "./messages.ts"
import type { SupermajorityObservation } from "./observation.ts"
import type { Rules } from "./rules.ts"
import { newer, pairOf, Written } from "./signed-pair.ts"

/**
 * What a client always keeps: the number of operations it has begun, and its signing key.
 */
const kept = { begun: Count, key: SigningKey(ClientId) }

/** Between operations a client keeps nothing else. */
export const Idle = Schema.TaggedStruct("Idle", kept)
/**
 * In the Get phase: the phase's answer is the pair with the largest timestamp believed so far.
 */
export const Getting = Schema.TaggedStruct("Getting", {
  ...kept,
  operation: Access,
  phase: Phase(Written),
  /** Whether all answers so far were the same, if the client records this. */
  agree: Schema.optionalKey(Schema.Boolean)
})
/** In the Set phase: the phase's answer is the chosen pair, which the client is storing. */
export const Setting = Schema.TaggedStruct("Setting", {
  ...kept,
  operation: Access,
  phase: Phase(Written)
})

export const ClientState = Schema.Union([Idle, Getting, Setting])
export type ClientState = typeof ClientState.Type
export type Idle = typeof Idle.Type
export type Getting = typeof Getting.Type
export type Setting = typeof Setting.Type

/**
 * A client's parameters: the configuration it asks, the rules, and the cryptography.
 */
export interface Context {
  readonly configuration: Configuration
  readonly rules: Rules
  readonly cryptography: Cryptography
}
type ClientStep = Step<ClientState, SupermajorityObservation, Message>

/** The initial state of a client, with its key. */
export const initial = ({ cryptography }: Context, self: ClientId): Idle => ({
  _tag: "Idle",
  begun: 0,
  key: cryptography.ownKey(self)
})

/**
 * An idle client begins an operation: it asks all storage nodes for their vt-pairs. (2.3, Get
 * phase, first sentence.)
 */
export const invoke = (
  { configuration }: Context,
  { begun, key }: Idle,
  operation: Access
): ClientStep => {
  const question: Message = { _tag: "Get", operation: begun + 1 }
  const { phase, sends } = startPhase([configuration], null, question)
  return {
    state: { _tag: "Getting", begun: begun + 1, key, operation, phase },
    sends,
    observations: [{ _tag: "Invocation", operation }]
  }
}

/**
 * A client in the Get phase of the reply's operation receives a reply that it believes: it counts
 * the answer and keeps the pair with the largest timestamp. The answer that completes a
 * super-majority starts the Set phase in the same step. (2.3, Get phase; 7: on "more than
 * two-thirds of the storage nodes".)
 */
export const receiveGetReply = (
  context: Context,
  self: ClientId,
  state: Getting,
  from: NodeId,
  { written }: GetReply
): ClientStep => {
  const { rules } = context
  const merge = (found: Written) => newer(found, written, rules.isNewer)
  const { phase, isComplete } = advance(state.phase, from, merge, "read", rules.enough)
  const counted: Getting = { ...state, phase, ...agreementAfter(context, state, written) }
  if (!isComplete) return become(phase === state.phase ? state : counted)
  return counted.operation._tag === "Read" && rules.returnsAtOnce(counted.agree === true)
    ? finish(counted)
    : startSet(counted, choosePair(context, self, counted))
}

/** Whether all answers are the same, including this one. */
const agreementAfter = (
  { rules }: Context,
  { operation, phase, agree = true }: Getting,
  written: Written
): Pick<Getting, "agree"> => {
  if (!rules.remembersAgreement || operation._tag === "Write") return {}
  return { agree: agree && (phase.answered.length === 0 || equals(phase.answer, written)) }
}

/**
 * The pair to store. A read stores the pair with the largest timestamp that its Get phase found, as
 * its writer signed it. A write signs its own value under the next timestamp, with its own name.
 * (2.3, Get phase.)
 */
const choosePair = (
  { rules, cryptography }: Context,
  self: ClientId,
  { key, operation, phase }: Getting
): Written => {
  if (operation._tag === "Read") return phase.answer
  const { number } = pairOf(phase.answer).timestamp
  const timestamp = { number: number + 1, client: self }
  return rules.sign(cryptography, key, { value: operation.value, timestamp })
}

/** The client asks all storage nodes to store the pair. (2.3, Set phase, first sentence.) */
const startSet = ({ begun, key, operation, phase }: Getting, written: Written): ClientStep => ({
  state: { _tag: "Setting", begun, key, operation, phase: begin(phase.configurations, written) },
  sends: ask(asked(phase), { _tag: "Set", operation: begun, written }),
  observations: []
})

/**
 * A client in the Set phase of the acknowledgement's operation counts it. The one that completes a
 * super-majority ends the operation in the same step: a write returns ok, a read returns the value
 * that it stored. (2.3, Set phase; the quorums allow for a liar that acknowledges but stores
 * nothing.)
 */
export const receiveSetReply = ({ rules }: Context, state: Setting, from: NodeId): ClientStep => {
  const { phase, isComplete } = advance(state.phase, from, unchanged, "write", rules.enough)
  const counted: Setting = { ...state, phase }
  return isComplete ? finish(counted) : become(counted)
}

/** The operation ends, and the client keeps nothing of it. */
const finish = ({ begun, key, operation, phase }: Getting | Setting): ClientStep => ({
  state: { _tag: "Idle", begun, key },
  sends: [],
  observations: [
    { _tag: "Note", name: "settled", detail: pairOf(phase.answer) },
    {
      _tag: "Response",
      operation,
      result: operation._tag === "Read" ? pairOf(phase.answer).value : null
    }
  ]
})

/**
 * Dispatches every message that a client receives. A reply counts if it answers the current phase
 * of the current operation and the client believes it. Any other reply has no effect, and neither
 * has a request, which no node sends to a client.
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
      isGarbage(context, reply)
        ? ignore(getting)
        : receiveGetReply(context, self, getting, from, reply)
    )
    .with([{ _tag: "Setting" }, { _tag: "SetReply" }], ([setting]) =>
      receiveSetReply(context, setting, from)
    )
    .with([{ _tag: "Getting" }, { _tag: "SetReply" }], () => ignore(state))
    .with([{ _tag: "Setting" }, { _tag: "GetReply" }], () => ignore(state))
    .with([{}, { _tag: "Get" }], [{}, { _tag: "Set" }], () => ignore(state))
    .exhaustive()
}

/** True when the message is an answer that no client believes, now or later. */
const isGarbage = ({ rules, cryptography }: Context, message: Message): boolean =>
  message._tag === "GetReply" && !rules.believes(cryptography, message.written)

/**
 * True when the client no longer waits for answers to this question, or for this answer.
 */
export const isSettled = (state: ClientState, message: Message): boolean =>
  isOver(state, message, phaseOf(message))

export const client: Process<
  Context,
  ClientState,
  Access,
  SupermajorityObservation,
  Message,
  NoChoice,
  ClientId
> = {
  State: ClientState,
  durable: false,
  initial,
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
    isObsolete: (context, _self, state, _from, reply) =>
      isGarbage(context, reply) || isSettled(state, reply),
    isSettled: (_context, _self, state, _to, request) => isSettled(state, request),
    // Quorums that do not count members may be complete with fewer answers than arrive; the order
    // of arrival then decides which count.
    isAnswer: ({ configuration, rules }) => countsOnly(configuration) && rules.answersCommute
  }
}
