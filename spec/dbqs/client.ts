/**
 * The client of dBQS (protocols.md 8.2): the client of super-majority replication, except that each
 * phase takes place in one epoch.
 *
 * "Phase complete: 2f+1 valid replies, all from the same epoch." A client learns of a later epoch
 * from the membership service, or from a replica's STALE. It then moves to that epoch and restarts
 * its current phase there. It never moves to an earlier one.
 *
 *  - read: a Get phase; if the answers differ, a Set phase with the newest.
 *  - write: a Get phase; a Set phase with the next version, signed.
 *  - fetch (content-hash): a Get phase, which ends with the first data that has the right hash.
 *  - put: a Set phase.
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import { SigningKey } from "../kernel/cryptography.ts"
import { equals, union } from "../kernel/data.ts"
import { Count, type NodeId } from "../kernel/node.ts"
import { become, ignore, type NoChoice, type Process, type Step } from "../kernel/process.ts"
import { ClientId } from "../nodes/nodes.ts"
import { advance, ask, asked, begin, isMissing, Phase } from "../phase/phase.ts"
import { Access, type Value } from "../register/operation.ts"
import { pairOf } from "../supermajority/signed-pair.ts"
import { Content } from "./content.ts"
import {
  Certificate,
  configurationOf,
  firstCertificate,
  groupIn,
  type WithEpochs
} from "./epoch.ts"
import type { Answer, Message, Nonce, Question, Stale } from "./messages.ts"
import type { Moved, Observed } from "./observation.ts"
import type { ClientRules, CommonRules } from "./rules.ts"
import { isData, newer, Stored, valueIn } from "./stored.ts"

/** The operations of users. */
export const ObjectOperation = Schema.Union([Access, Content])
export type ObjectOperation = typeof ObjectOperation.Type

/**
 * What a client always keeps: the number of operations it has begun, its key, and the certificate
 * of the latest epoch that it knows.
 */
const kept = { begun: Count, key: SigningKey(ClientId), certificate: Certificate }

export const Idle = Schema.TaggedStruct("Idle", kept)
/**
 * In an operation. `get`: the phase's answer is the newest version found so far. `set`: it is what
 * is being stored.
 */
export const Busy = Schema.TaggedStruct("Busy", {
  ...kept,
  operation: ObjectOperation,
  stage: Schema.Literals(["get", "set"]),
  phase: Phase(Stored),
  /** Whether all answers of the Get phase of a read were the same. */
  agree: Schema.Boolean
})
export const ClientState = Schema.Union([Idle, Busy])
export type ClientState = typeof ClientState.Type
export type Idle = typeof Idle.Type
export type Busy = typeof Busy.Type

/** The parameters of a client. */
export interface Context extends WithEpochs {
  readonly rules: ClientRules & CommonRules
}
type ClientStep = Step<ClientState, Observed, Message>

export const initial = (context: Context, self: ClientId): Idle => ({
  _tag: "Idle",
  begun: 0,
  key: context.cryptography.ownKey(self),
  certificate: firstCertificate(context)
})

/** The nonce of the client's current phase. */
export const nonceOf = ({ key, begun, certificate, stage }: Busy): Nonce => ({
  asker: key.owner,
  operation: begun,
  number: certificate.content.number,
  stage
})

/** The group that a client in this epoch asks. */
const groupFor = ({ rules }: Context, { content }: Certificate) =>
  configurationOf(groupIn(rules, content))

/** A client begins an operation: a put with its Set phase, any other with its Get phase. */
export const invoke = (context: Context, idle: Idle, operation: ObjectOperation): ClientStep => {
  const { begun, key, certificate } = idle
  const state: Busy = {
    ...{ _tag: "Busy", begun: begun + 1, key, certificate, operation, agree: true },
    ...{ stage: "get", phase: begin([groupFor(context, certificate)], null) }
  }
  const first =
    operation._tag === "Put"
      ? enter(context, state, "set", { _tag: "Data", value: operation.value })
      : enter(context, state, "get", null)
  return { ...first, observations: [{ _tag: "Invocation", operation }] }
}

/**
 * A phase begins in the client's epoch: the client asks all replicas of its group. (A client that
 * counts the answers of several epochs together continues to accept answers from those it asked
 * before.)
 */
const enter = (
  context: Context,
  before: Busy,
  stage: Busy["stage"],
  stored: Stored
): ClientStep => {
  const group = groupIn(context.rules, before.certificate.content)
  const others = context.rules.countsOneEpoch ? [] : asked(before.phase)
  const phase = begin([configurationOf(union(group, others))], stored)
  const state: Busy = { ...before, stage, phase, agree: true }
  return { state, sends: ask(asked(phase), question(state)), observations: [] }
}

const question = (state: Busy): Question => {
  const nonce = nonceOf(state)
  if (state.stage === "set") return { _tag: "Set", nonce, stored: state.phase.answer }
  const { operation } = state
  return operation._tag === "Fetch"
    ? { _tag: "Get", nonce, hash: operation.hash }
    : { _tag: "Get", nonce }
}

/**
 * A replica answers the question of the current phase, and the client believes it. The answer that
 * completes 2f+1 of the group ends the phase; for a fetch, the first answer with the data does.
 */
export const receiveAnswer = (
  context: Context,
  self: ClientId,
  state: Busy,
  from: NodeId,
  { stored }: Answer
): ClientStep => {
  const { rules } = context
  const { operation, stage } = state
  const merge = (found: Stored) => (stage === "get" ? newer(found, stored) : found)
  const access = stage === "get" ? "read" : "write"
  const { phase, isComplete } = advance(state.phase, from, merge, access, rules.enough)
  const counted: Busy = { ...state, phase, agree: agreementAfter(state, stored) }
  const isFound = operation._tag === "Fetch" && rules.oneSuffices && isData(phase.answer)
  return isComplete || isFound ? goOn(context, self, counted) : become(counted)
}

/** Whether all answers to a read are the same, including this one. */
const agreementAfter = ({ operation, stage, phase, agree }: Busy, stored: Stored): boolean =>
  stage !== "get" ||
  operation._tag !== "Read" ||
  (agree && (phase.answered.length === 0 || equals(phase.answer, stored)))

/** The phase has ended: the client enters the next one, or its operation ends. */
const goOn = (context: Context, self: ClientId, state: Busy): ClientStep => {
  const { operation, phase, stage, agree } = state
  if (stage === "set") return finish(state)
  switch (operation._tag) {
    case "Read":
      return context.rules.returnsAtOnce(agree)
        ? finish(state)
        : enter(context, state, "set", phase.answer)
    case "Write":
      return enter(context, state, "set", nextVersion(context, self, state, operation.value))
    case "Fetch":
    case "Put":
      return finish(state)
  }
}

/** "ts' > max": a write signs its own value under the next version, with its own name. */
const nextVersion = (
  { rules, cryptography }: Context,
  self: ClientId,
  { key, phase }: Busy,
  value: Value
): Stored => {
  const found = isData(phase.answer) ? null : phase.answer
  const { number } = pairOf(found).timestamp
  return rules.sign(cryptography, key, { value, timestamp: { number: number + 1, client: self } })
}

/** The operation ends, and the client keeps nothing of it. */
const finish = ({ begun, key, certificate, operation, phase }: Busy): ClientStep => ({
  state: { _tag: "Idle", begun, key, certificate },
  sends: [],
  observations: [
    {
      _tag: "Response",
      operation,
      result: operation._tag === "Read" || operation._tag === "Fetch" ? valueIn(phase.answer) : null
    }
  ]
})

/**
 * The client learns of an epoch. It moves to a later one and restarts its phase there: answers from
 * the previous epoch no longer count. In a Set phase it stores the same value again.
 */
export const moveTo = (
  context: Context,
  state: ClientState,
  certificate: Certificate
): ClientStep => {
  const { number } = certificate.content
  if (number <= state.certificate.content.number) return ignore(state)
  const moved: Moved = { _tag: "Note", name: "moved", detail: { number } }
  const step: ClientStep =
    state._tag === "Idle"
      ? become({ ...state, certificate })
      : context.rules.restarts
        ? enter(
            context,
            { ...state, certificate },
            state.stage,
            state.stage === "get" ? null : state.phase.answer
          )
        : carryOn(context, { ...state, certificate })
  return { ...step, observations: [moved, ...step.observations] }
}

/** A client that keeps its answers asks the other replicas, in the new epoch. */
const carryOn = (context: Context, before: Busy): ClientStep => {
  const phase = { ...before.phase, configurations: [groupFor(context, before.certificate)] }
  const state: Busy = { ...before, phase }
  const others = asked(phase).filter((node) => isMissing(phase, node))
  return { state, sends: ask(others, question(state)), observations: [] }
}

/** Whether an answer with this nonce belongs to the client's current phase. */
const isCurrent = ({ rules }: Context, state: Busy, nonce: Nonce): boolean => {
  const own = nonceOf(state)
  return equals(rules.countsOneEpoch ? nonce : { ...nonce, number: own.number }, own)
}

/** Whether a client believes this answer in this operation. */
const isBelieved = (
  { rules, cryptography }: Context,
  { operation, stage }: Busy,
  stored: Stored
): boolean => {
  if (stage === "set" || stored === null) return true
  return operation._tag === "Fetch"
    ? rules.hasHash(stored, operation.hash)
    : !isData(stored) && rules.believes(cryptography, stored)
}

/** True when the reply counts in the client's current phase. */
const counts = (
  context: Context,
  state: ClientState,
  from: NodeId,
  message: Answer | Stale
): state is Busy => {
  if (state._tag === "Idle" || !isMissing(state.phase, from)) return false
  if (message._tag === "Answer")
    return isCurrent(context, state, message.nonce) && isBelieved(context, state, message.stored)
  const { certificate, nonce } = message
  return (
    equals(nonce, nonceOf(state)) &&
    certificate.content.number > state.certificate.content.number &&
    context.rules.believesEpoch(context, certificate)
  )
}

/** Dispatches every message that a client receives. A message that no case names has no effect. */
export const receive = (
  context: Context,
  self: ClientId,
  state: ClientState,
  from: NodeId,
  message: Message
): ClientStep => {
  switch (message._tag) {
    case "Answer":
      return counts(context, state, from, message)
        ? receiveAnswer(context, self, state, from, message)
        : ignore(state)
    case "Stale":
      return counts(context, state, from, message)
        ? moveTo(context, state, message.certificate)
        : ignore(state)
    case "Notice":
      return from === context.administrator &&
        context.rules.believesEpoch(context, message.certificate)
        ? moveTo(context, state, message.certificate)
        : ignore(state)
    default:
      return ignore(state)
  }
}

/** True when the message has no effect on the client, now or later. */
export const isObsolete = (
  context: Context,
  state: ClientState,
  from: NodeId,
  message: Message
): boolean => {
  switch (message._tag) {
    case "Answer":
    case "Stale":
      return !counts(context, state, from, message)
    case "Notice":
      return (
        from !== context.administrator ||
        message.certificate.content.number <= state.certificate.content.number
      )
    default:
      return true
  }
}

/** True when the client no longer waits for an answer of this node to its own question. */
export const isSettled = (
  context: Context,
  state: ClientState,
  to: NodeId,
  message: Message
): boolean => {
  if (message._tag !== "Get" && message._tag !== "Set") return false
  if (state._tag === "Idle") return true
  return !isMissing(state.phase, to) || !isCurrent(context, state, message.nonce)
}

export const client: Process<
  Context,
  ClientState,
  ObjectOperation,
  Observed,
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
    heeds: ({ administrator }, _self, node) =>
      node === administrator ? ["Notice"] : ["Answer", "Stale"],
    isObsolete: (context, _self, state, from, message) => isObsolete(context, state, from, message),
    isSettled: (context, _self, state, to, message) => isSettled(context, state, to, message),
    isAnswer: ({ rules }, _self, _state, _from, message) =>
      rules.answersCommute && (message._tag === "Answer" || message._tag === "Stale")
  }
}
