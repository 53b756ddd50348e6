/**
 * The client under an administrator (tutorial 7.2). It is the client of super-majority replication,
 * except that it asks in one configuration and moves on when it learns of a later one.
 *
 * A phase asks and counts answers in one configuration. A client only moves to later
 * configurations, whenever the administrator's notice reaches it. What it then does depends on its
 * current phase:
 *
 *  - in its Get phase, or while it confirms, it repeats the Get phase;
 *  - in the Set phase of a write it stores the same pair again: some nodes may have the pair, and a
 *    second timestamp would write the value twice;
 *  - in the Set phase of a read it repeats the Get phase.
 *
 * The result of a Get phase counts only if another phase, begun afterwards, completes in the same
 * configuration: this shows that no super-majority had stopped by then. For a read that phase is
 * its Set phase. A write has an extra phase, in which it confirms.
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import type { WithDirectory } from "../directory/directory.ts"
import { type Cryptography, SigningKey } from "../kernel/cryptography.ts"
import { equals } from "../kernel/data.ts"
import { Count, type NodeId } from "../kernel/node.ts"
import {
  become,
  ignore,
  type NoChoice,
  type Process,
  type Send,
  type Step
} from "../kernel/process.ts"
import { type AdministratorId, ClientId, type ServerSet } from "../nodes/nodes.ts"
import { advance, ask, asked, begin, isMissing, Phase } from "../phase/phase.ts"
import { Access, type AccessObservation } from "../register/operation.ts"
import { isGenuine, newer, pairOf } from "../supermajority/signed-pair.ts"
import { type Answer, type Message, type Nonce, type Question, Stored } from "./messages.ts"
import type { Noted } from "./observation.ts"
import type { ClientRules } from "./rules.ts"
import { configurationOf, firstView, View } from "./view.ts"

/**
 * What a client always keeps: the number of operations it has begun, its key, and the latest
 * configuration it has learned of.
 */
const kept = { begun: Count, key: SigningKey(ClientId), view: View }

export const Idle = Schema.TaggedStruct("Idle", kept)
/**
 * In an operation. `get`: the phase's answer is the newest pair found so far. `confirm`: it is the
 * pair that the Get phase found. `set`: it is the pair being stored. `ask`: the client first asks
 * the trusted server.
 */
export const Busy = Schema.TaggedStruct("Busy", {
  ...kept,
  operation: Access,
  stage: Schema.Literals(["ask", "get", "confirm", "set"]),
  phase: Phase(Stored),
  /**
   * Whether the phase has ended and the client waits for the trusted server's permission to
   * continue.
   */
  isOver: Schema.Boolean
})
export const ClientState = Schema.Union([Idle, Busy])
export type ClientState = typeof ClientState.Type
export type Idle = typeof Idle.Type
export type Busy = typeof Busy.Type

/** The parameters of a client. */
export interface Context extends WithDirectory {
  readonly rules: ClientRules
  readonly cryptography: Cryptography
  readonly configuration: { readonly members: ServerSet }
  readonly administrator?: AdministratorId
}
type ClientStep = Step<ClientState, AccessObservation | Noted, Message>

export const initial = (context: Context, self: ClientId): Idle => ({
  _tag: "Idle",
  begun: 0,
  key: context.cryptography.ownKey(self),
  view: firstView(context)
})

/** The nonce of the client's current phase. */
export const nonceOf = ({ rules }: Context, { key, begun, view, stage }: Busy): Nonce =>
  rules.nonce({
    asker: key.owner,
    operation: begun,
    number: view.number,
    // A question asked before the Get phase takes the nonce of the Get phase.
    stage: stage === "ask" ? "get" : stage
  })

/** A client begins an operation: with its Get phase, or with a question to the trusted server. */
export const invoke = (context: Context, idle: Idle, operation: Access): ClientStep => {
  const { begun, key, view } = idle
  const phase = begin([configurationOf(view)], null)
  const state: Busy = {
    ...{ _tag: "Busy", begun: begun + 1, key, view, operation },
    ...{ stage: "get", phase, isOver: false }
  }
  const first =
    context.rules.asksFirst && context.directory !== undefined
      ? askTrusted(context, { ...state, stage: "ask", isOver: true })
      : startPhase(context, state)
  return { ...first, observations: [{ _tag: "Invocation", operation }, ...first.observations] }
}

/** The client sends the question of its current phase to all members of its configuration. */
const startPhase = (context: Context, state: Busy): ClientStep => {
  const nonce = nonceOf(context, state)
  const { number } = state.view
  return {
    state,
    sends: ask(asked(state.phase), question(state, nonce)),
    observations: [{ _tag: "Note", name: "phase begins", detail: { number, nonce } }]
  }
}

const question = ({ stage, view, phase }: Busy, nonce: Nonce): Question => {
  const written = phase.answer
  if (stage === "set" && written !== null)
    return { _tag: "Set", number: view.number, nonce, written }
  // Nothing was written, so there is nothing to store; a node that answers shows that it serves.
  return { _tag: stage === "get" ? "Get" : "Confirm", number: view.number, nonce }
}

/** The client enters another phase, in its current configuration. */
const enter = (context: Context, state: Busy, stage: Busy["stage"], written: Stored): ClientStep =>
  startPhase(context, {
    ...state,
    stage,
    phase: begin([configurationOf(state.view)], written),
    isOver: false
  })

/**
 * A storage node answers the question of the current phase. The answer that completes a
 * super-majority of that one configuration ends the phase. (2.3; "clients only proceed when a
 * supermajority of storage nodes have the key for the same configuration".)
 */
export const receiveAnswer = (
  context: Context,
  self: ClientId,
  state: Busy,
  from: NodeId,
  { nonce, written }: Answer
): ClientStep => {
  const { rules, cryptography } = context
  if (state.isOver || !equals(nonce, nonceOf(context, state))) return ignore(state)
  if (!isGenuine(cryptography, written)) return ignore(state)
  const merge = (found: Stored) => (state.stage === "get" ? newer(found, written) : found)
  const access = state.stage === "set" ? "write" : "read"
  const { phase, isComplete } = advance(state.phase, from, merge, access, rules.enough)
  if (!isComplete) return become({ ...state, phase })
  const counted: Busy = { ...state, phase }
  const next =
    rules.asksAfterwards && context.directory !== undefined
      ? askTrusted(context, { ...counted, isOver: true })
      : afterPhase(context, self, counted)
  const { number } = state.view
  return {
    ...next,
    observations: [
      { _tag: "Note", name: "phase ends", detail: { number, nonce } },
      ...next.observations
    ]
  }
}

/** The phase has ended: the client enters the next one, or its operation ends. */
const afterPhase = (context: Context, self: ClientId, state: Busy): ClientStep => {
  const { rules } = context
  const { operation, phase, stage } = state
  const isRead = operation._tag === "Read"
  switch (stage) {
    case "ask":
      return enter(context, state, "get", null)
    case "get":
      if (isRead)
        return rules.writesBack ? enter(context, state, "set", phase.answer) : finish(state)
      return rules.confirms
        ? enter(context, state, "confirm", phase.answer)
        : enter(context, state, "set", choosePair(context, self, state))
    case "confirm":
      return enter(context, state, "set", choosePair(context, self, state))
    case "set":
      return finish(state)
  }
}

/** A write signs its own value under the next timestamp, with its own name. (2.3, Get phase.) */
const choosePair = (
  { cryptography }: Context,
  self: ClientId,
  { key, operation, phase }: Busy
): Stored => {
  if (operation._tag === "Read") return phase.answer
  const { number } = pairOf(phase.answer).timestamp
  return cryptography.sign(key, {
    value: operation.value,
    timestamp: { number: number + 1, client: self }
  })
}

/** The operation ends, and the client keeps nothing of it. */
const finish = ({ begun, key, view, operation, phase }: Busy): ClientStep => ({
  state: { _tag: "Idle", begun, key, view },
  sends: [],
  observations: [
    {
      _tag: "Response",
      operation,
      result: operation._tag === "Read" ? pairOf(phase.answer).value : null
    }
  ]
})

/**
 * The client learns of a configuration. It moves to a later one and repeats there what it was
 * doing.
 */
export const moveTo = (context: Context, state: ClientState, view: View): ClientStep => {
  if (view.number <= state.view.number) return ignore(state)
  if (state._tag === "Idle") return become({ ...state, view })
  const { rules } = context
  const moved: Busy = { ...state, view }
  if (!rules.beginsAnew) return askNewcomers(context, state, moved)
  if (state.stage === "ask")
    return become({ ...moved, phase: begin([configurationOf(view)], null) })
  const isSet = state.stage === "set"
  const repeatsSet = isSet && (state.operation._tag === "Read" ? !rules.getsAnew : rules.keepsPair)
  return repeatsSet
    ? enter(context, moved, "set", state.phase.answer)
    : enter(context, moved, "get", null)
}

/**
 * A client that counts answers of two configurations together asks the nodes that it has not yet
 * asked.
 */
const askNewcomers = (context: Context, before: Busy, moved: Busy): ClientStep => {
  const phase = { ...moved.phase, configurations: [configurationOf(moved.view)] }
  const state = { ...moved, phase }
  const newcomers = asked(phase).filter((node) => !asked(before.phase).includes(node))
  return {
    state,
    sends: ask(newcomers, question(state, nonceOf(context, state))),
    observations: []
  }
}

/** The client asks the trusted server which configuration is the current one. */
const askTrusted = (context: Context, state: Busy): ClientStep => {
  const to: ReadonlyArray<NodeId> = context.directory === undefined ? [] : [context.directory]
  const sends: ReadonlyArray<Send<Message>> = ask(to, {
    _tag: "Ask",
    nonce: nonceOf(context, state)
  })
  return { state, sends, observations: [] }
}

/**
 * The trusted server answers. If the configuration is still the same, the client continues;
 * otherwise it moves.
 */
const receiveCurrent = (
  context: Context,
  self: ClientId,
  state: Busy,
  nonce: Nonce,
  view: View
): ClientStep => {
  if (!state.isOver || !equals(nonce, nonceOf(context, state))) return ignore(state)
  if (state.stage === "ask") {
    const current = view.number > state.view.number ? view : state.view
    return afterPhase(context, self, { ...state, view: current })
  }
  return view.number > state.view.number
    ? moveTo(context, state, view)
    : afterPhase(context, self, state)
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
      return state._tag === "Busy" && counts(state, from)
        ? receiveAnswer(context, self, state, from, message)
        : ignore(state)
    case "Notice":
      return from === context.administrator ? moveTo(context, state, message.view) : ignore(state)
    case "Current":
      return state._tag === "Busy" && from === context.directory
        ? receiveCurrent(context, self, state, message.nonce, message.view)
        : ignore(state)
    default:
      return ignore(state)
  }
}

/** Whether an answer of this node still counts in the client's current phase. */
const counts = ({ phase }: Busy, from: NodeId): boolean => isMissing(phase, from)

/**
 * True when the client waits, now or later, neither for a message with this nonce nor for an answer
 * to one.
 */
const isPast = (context: Context, state: ClientState, nonce: Nonce): boolean =>
  context.rules.isFresh && (state._tag === "Idle" || !equals(nonce, nonceOf(context, state)))

/** True when the message has no effect on the client, now or later. */
export const isObsolete = (
  context: Context,
  state: ClientState,
  from: NodeId,
  message: Message
): boolean => {
  switch (message._tag) {
    case "Answer":
      return (
        !isGenuine(context.cryptography, message.written) ||
        isPast(context, state, message.nonce) ||
        (context.rules.isFresh && state._tag === "Busy" && (state.isOver || !counts(state, from)))
      )
    case "Notice":
      return from !== context.administrator || message.view.number <= state.view.number
    case "Current":
      return from !== context.directory || isPast(context, state, message.nonce)
    default:
      return true
  }
}

/** True when the client no longer waits for an answer of this node to its own message. */
export const isSettled = (
  context: Context,
  state: ClientState,
  to: NodeId,
  message: Message
): boolean => {
  switch (message._tag) {
    case "Get":
    case "Confirm":
    case "Set":
      return (
        isPast(context, state, message.nonce) ||
        (context.rules.isFresh && state._tag === "Busy" && (state.isOver || !counts(state, to)))
      )
    default:
      return false
  }
}

export const client: Process<
  Context,
  ClientState,
  Access,
  AccessObservation | Noted,
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
    heeds: ({ administrator, directory }, _self, node) =>
      node === administrator ? ["Notice"] : node === directory ? ["Current"] : ["Answer"],
    isObsolete: (context, _self, state, from, message) => isObsolete(context, state, from, message),
    isSettled: (context, _self, state, to, message) => isSettled(context, state, to, message),
    isAnswer: ({ rules }, _self, _state, _from, message) =>
      rules.isFresh && message._tag === "Answer"
  }
}
