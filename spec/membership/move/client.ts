/**
 * A client of the membership service: it follows the epochs, and asks whether the epoch that it
 * knows is the current one.
 *
 * Signatures do not expire. A client that was away for long may learn of an epoch from replicas
 * that have since left the service and may be corrupt. So a client sends a fresh challenge, and
 * believes an answer only if the service has signed it together with the challenge. (Freshness; S5
 * of the properties. A lease measured by a clock would begin with this answer; here there are no
 * clocks.)
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import type { View } from "../../administrator/view.ts"
import { firstView } from "../../administrator/view.ts"
import { equals, including } from "../../kernel/data.ts"
import { Count, type NodeId, SetOf } from "../../kernel/node.ts"
import { become, ignore, type Process, type Send, type Step } from "../../kernel/process.ts"
import type { AdministratorId, ClientId, ServerSet } from "../../nodes/nodes.ts"
import * as Following from "../following.ts"
import { logOf } from "../log.ts"
import { type Advance, type Answer, type Message, type Nonce, StatementPart } from "./messages.ts"
import type { AskEpoch, EpochObservation } from "./operation.ts"
import type { Rules } from "./rules.ts"

export const ClientState = Schema.Struct({
  ...Following.Following,
  /** The number of questions it has asked, which gives each question a unique number. */
  asked: Count,
  isWaiting: Schema.Boolean,
  /** The parts it has of the answer. */
  answers: SetOf(StatementPart),
  /** The latest epoch of the system that it knows. */
  system: Count
})
export type ClientState = typeof ClientState.Type

/** The parameters of a client. */
export interface Context extends Following.Context {
  readonly rules: Rules
  readonly configuration: { readonly members: ServerSet }
  readonly administrator?: AdministratorId
}

/** A client moves to a certified epoch, or returns that its epoch is the current one. */
export type Choice = { readonly _tag: "Follow"; readonly view: View } | { readonly _tag: "Return" }
type ClientStep = Step<ClientState, EpochObservation, Message>

const initial = (context: Context): ClientState => ({
  view: firstView(context),
  parts: [],
  asked: 0,
  isWaiting: false,
  answers: [],
  system: 0
})

/** The client's current question. */
const nonceOf = (self: ClientId, { asked, view, system }: ClientState): Nonce => ({
  client: self,
  operation: asked,
  number: view.number,
  system
})

/** The client sends the question to all replicas of the epoch that it knows. */
const questions = (self: ClientId, state: ClientState): ReadonlyArray<Send<Message>> =>
  state.view.members.map((to) => ({ to, message: { _tag: "Ask", nonce: nonceOf(self, state) } }))

/** A client begins to ask. */
const invoke = (self: ClientId, before: ClientState, operation: AskEpoch): ClientStep => {
  const state = { ...before, asked: before.asked + 1, isWaiting: true, answers: [] }
  return {
    state,
    sends: questions(self, state),
    observations: [{ _tag: "Invocation", operation }]
  }
}

/** Whether this is a part of an answer that the client waits for. */
const counts = (
  { rules, cryptography }: Context,
  self: ClientId,
  state: ClientState,
  { part }: Answer
): boolean =>
  state.isWaiting &&
  cryptography.threshold.verifiesPartial(part) &&
  equals(part.content.view, state.view) &&
  part.dealing === state.view.number &&
  rules.answers(nonceOf(self, state), part.content.nonce)

/** A client moves to the next epoch, and repeats its question there. */
const follow = (self: ClientId, before: ClientState, view: View): ClientStep =>
  askingAgain(self, { ...Following.enter(before, view), answers: [] })

/** A client learns of a later epoch of the system, and asks about that one. */
const receiveAdvance = (self: ClientId, before: ClientState, { number }: Advance): ClientStep =>
  askingAgain(self, { ...before, system: number, answers: [] })

/** A client without an answer may repeat its question. */
export const askingAgain = (self: ClientId, state: ClientState): ClientStep => ({
  state,
  sends: state.isWaiting ? questions(self, state) : [],
  observations: []
})

const choices = (context: Context, state: ClientState): ReadonlyArray<Choice> => [
  ...Following.certified(context, state).map((view) => ({ _tag: "Follow", view }) as const),
  ...(state.isWaiting && context.rules.states(context.cryptography, state.answers)
    ? [{ _tag: "Return" } as const]
    : [])
]

const choose = (self: ClientId, state: ClientState, choice: Choice): ClientStep => {
  switch (choice._tag) {
    case "Follow":
      return follow(self, state, choice.view)
    case "Return":
      return {
        state: { ...state, isWaiting: false, answers: [] },
        sends: [],
        observations: [
          { _tag: "Note", name: "told", detail: { system: state.system } },
          { _tag: "Response", operation: { _tag: "Ask" }, result: state.view.number }
        ]
      }
  }
}

const receive = (
  context: Context,
  self: ClientId,
  state: ClientState,
  from: NodeId,
  message: Message
): ClientStep => {
  switch (message._tag) {
    case "Advance":
      return isNews(context, state, from, message)
        ? receiveAdvance(self, state, message)
        : ignore(state)
    case "Certify":
      return become(Following.collect(context, state, message.part))
    case "Answer":
      return counts(context, self, state, message)
        ? become({ ...state, answers: including(state.answers, message.part) })
        : ignore(state)
    default:
      return ignore(state)
  }
}

/** Whether the log tells the client of a later epoch of the system. */
const isNews = (context: Context, state: ClientState, from: NodeId, { number }: Advance): boolean =>
  from === logOf(context) && number > state.system

/** Whether the signature on an answer may also serve a later question of the client. */
const mayAnswerLater = (
  { rules }: Context,
  self: ClientId,
  { asked, view, system }: ClientState,
  signed: Nonce | null
): boolean =>
  rules.answers({ client: self, operation: asked + 1, number: view.number, system }, signed)

/** Whether the message has no effect on the client, now or later. */
const isObsolete = (
  context: Context,
  self: ClientId,
  state: ClientState,
  from: NodeId,
  message: Message
): boolean => {
  switch (message._tag) {
    case "Advance":
      return !isNews(context, state, from, message)
    case "Certify":
      return Following.isObsolete(context, state, message.part)
    case "Answer": {
      const { content } = message.part
      // Only a client that has asked a question receives an answer.
      return (
        content.view.number < state.view.number ||
        (!counts(context, self, state, message) &&
          content.view.number === state.view.number &&
          !mayAnswerLater(context, self, state, content.nonce))
      )
    }
    default:
      return true
  }
}

/**
 * Whether the message's time of arrival makes no difference: its part combines in the same way in
 * any case.
 */
const isWelcome = (
  context: Context,
  self: ClientId,
  state: ClientState,
  message: Message
): boolean => {
  switch (message._tag) {
    case "Certify":
      return Following.fits(context, state, message.part)
    case "Answer":
      return (
        counts(context, self, state, message) &&
        !mayAnswerLater(context, self, state, message.part.content.nonce)
      )
    default:
      return false
  }
}

export const client: Process<
  Context,
  ClientState,
  AskEpoch,
  EpochObservation,
  Message,
  Choice,
  ClientId
> = {
  State: ClientState,
  durable: false,
  initial,
  ready: (_context, _self, { isWaiting }) => !isWaiting,
  choices: (context, _self, state) => choices(context, state),
  postpones: (context, _self, state, _from, message) =>
    message._tag === "Certify" && Following.isEarly(context, state, message.part),
  step: (context, self, state, input) =>
    match(input)
      .with({ _tag: "Invoke" }, ({ operation }) =>
        state.isWaiting ? ignore(state) : invoke(self, state, operation)
      )
      .with({ _tag: "Receive" }, ({ from, message }) =>
        receive(context, self, state, from, message)
      )
      .with({ _tag: "Choose" }, ({ choice }) => choose(self, state, choice))
      .exhaustive(),
  promises: {
    heeds: (context, _self, node) =>
      node === logOf(context) ? ["Advance"] : ["Certify", "Answer"],
    isObsolete: (context, self, state, from, message) =>
      isObsolete(context, self, state, from, message),
    isWelcome: (context, self, state, _from, message) => isWelcome(context, self, state, message)
  }
}
