/**
 * The storage node under an administrator (tutorial 7.2): the one of super-majority replication,
 * except that it serves one configuration at a time.
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import type { Cryptography } from "../kernel/cryptography.ts"
import { including } from "../kernel/data.ts"
import { Count, type NodeId, SetOf } from "../kernel/node.ts"
import { become, ignore, type NoChoice, type Process, type Step } from "../kernel/process.ts"
import type { AdministratorId, ClientId, ServerSet } from "../nodes/nodes.ts"
import { isGenuine, isNewer, newer } from "../supermajority/signed-pair.ts"
import { type Begin, type Message, type NewView, type Question, Stored } from "./messages.ts"
import type { Noted } from "./observation.ts"
import type { ServerRules } from "./rules.ts"
import { firstView, isMember, View } from "./view.ts"

export const ServerState = Schema.Struct({
  /** What it believes to be the most recent value, as its writer signed it. */
  written: Stored,
  /** The latest configuration that it has learned of. */
  view: View,
  /** The numbers of the configurations that it serves: none, or the number of `view`. */
  serves: SetOf(Count)
})
export type ServerState = typeof ServerState.Type

/** The parameters of a storage node. */
export interface Context {
  readonly rules: ServerRules
  readonly cryptography: Cryptography
  readonly clients: ReadonlyArray<ClientId>
  readonly administrator?: AdministratorId
  readonly configuration: { readonly members: ServerSet }
}

/** The members of the first configuration serve it from the start. */
export const initial = (context: Context, self: string): ServerState => {
  const view = firstView(context)
  return { written: null, view, serves: isMember(view, self) ? [view.number] : [] }
}

type ServerStep = Step<ServerState, Noted, Message>

/**
 * A storage node receives a question in a configuration that it serves. If the question asks it to
 * store a pair that is genuine and newer (2.3), it stores the pair. It answers with what it then
 * holds.
 */
const answer = (
  { cryptography }: Context,
  state: ServerState,
  from: NodeId,
  question: Question
): ServerStep => {
  const isForged = question._tag === "Set" && !isGenuine(cryptography, question.written)
  if (isForged) return ignore(state)
  const written = question._tag === "Set" ? newer(state.written, question.written) : state.written
  return {
    state: { ...state, written },
    sends: [{ to: from, message: { _tag: "Answer", nonce: question.nonce, written } }],
    observations: []
  }
}

/**
 * NEW_VIEW arrives: in one step the storage node stops serving the previous configuration and
 * answers that it has stopped, with what it holds. A member of the new configuration serves it only
 * after it has received the data to begin with.
 */
const receiveNewView = (
  { rules }: Context,
  self: string,
  state: ServerState,
  from: NodeId,
  { view, old, nonce }: NewView
): ServerStep => {
  const wasMember = isMember(old, self)
  const isOne = isMember(view, self)
  const kept = rules.stops || !isOne ? [] : state.serves
  const serves = isOne && !rules.waitsForData ? including(kept, view.number) : kept
  const { number } = old
  return {
    state: { ...state, view, serves },
    sends: wasMember
      ? [{ to: from, message: { _tag: "Answer", nonce, written: state.written } }]
      : [],
    observations: wasMember ? [{ _tag: "Note", name: "stopped", detail: { number } }] : []
  }
}

/** The data of the previous configuration arrives, with permission to serve this one. */
const receiveBegin = (self: string, state: ServerState, { number, written }: Begin): ServerStep =>
  become({
    ...state,
    written: newer(state.written, written),
    serves: isMember(state.view, self) ? including(state.serves, number) : state.serves
  })

type Meant = Question | Begin | NewView

/** Whether a storage node accepts this message from this sender, now or later. */
const isMeant = (
  { clients, administrator }: Context,
  from: NodeId,
  message: Message
): message is Meant => {
  const isOfAdministrator = administrator !== undefined && from === administrator
  switch (message._tag) {
    case "NewView":
    case "Begin":
      return isOfAdministrator
    case "Get":
    case "Confirm":
    case "Set":
      return isOfAdministrator || clients.some((client) => client === from)
    default:
      return false
  }
}

/** Whether a message is due, stale, or early. */
const timeOf = (
  { rules }: Context,
  self: string,
  { view, serves }: ServerState,
  message: Meant
): "now" | "over" | "later" => {
  switch (message._tag) {
    case "NewView":
      if (message.view.number <= view.number) return "over"
      return rules.isTimely(self, { view, serves }, message.old) ? "now" : "later"
    default: {
      const { number } = message
      const isDue = message._tag === "Begin" ? number === view.number : serves.includes(number)
      if (isDue) return "now"
      return number < view.number ? "over" : "later"
    }
  }
}

/** Dispatches every message that a storage node receives, once it is due. */
export const receive = (
  context: Context,
  self: string,
  state: ServerState,
  from: NodeId,
  message: Message
): ServerStep => {
  if (!isMeant(context, from, message) || timeOf(context, self, state, message) !== "now")
    return ignore(state)
  switch (message._tag) {
    case "NewView":
      return receiveNewView(context, self, state, from, message)
    case "Begin":
      return receiveBegin(self, state, message)
    default:
      return answer(context, state, from, message)
  }
}

/**
 * True of an early message: one of a configuration that the storage node does not yet serve.
 */
export const postpones = (
  context: Context,
  self: string,
  state: ServerState,
  from: NodeId,
  message: Message
): boolean => isMeant(context, from, message) && timeOf(context, self, state, message) === "later"

/** True when the message has no effect on the storage node, now or later. */
export const isObsolete = (
  context: Context,
  self: string,
  state: ServerState,
  from: NodeId,
  message: Message
): boolean => !isMeant(context, from, message) || timeOf(context, self, state, message) === "over"

/** True when the message will never change the storage node. */
export const onlyAnswers = (
  context: Context,
  self: string,
  state: ServerState,
  from: NodeId,
  message: Message
): boolean =>
  isObsolete(context, self, state, from, message) ||
  message._tag === "Get" ||
  message._tag === "Confirm" ||
  (message._tag === "Set" && !isNewer(message.written, state.written))

/**
 * True of a due message whose time of arrival no node can observe: permission to serve, without
 * which the storage node does not stop; and the next NEW_VIEW, at a storage node that served
 * nothing.
 */
export const isWelcome = (
  context: Context,
  self: string,
  state: ServerState,
  from: NodeId,
  message: Message
): boolean =>
  isMeant(context, from, message) &&
  timeOf(context, self, state, message) === "now" &&
  state.serves.length === 0 &&
  (message._tag === "Begin"
    ? !context.rules.isTimely(self, state, state.view)
    : message._tag === "NewView" &&
      message.old.number === state.view.number &&
      !isMember(message.old, self))

/** The tags of the messages that a storage node accepts from this node. */
export const heeds = (
  { clients, administrator }: Context,
  _self: NodeId,
  node: NodeId
): ReadonlyArray<string> => {
  if (node === administrator) return ["NewView", "Begin", "Get", "Confirm", "Set"]
  return clients.some((client) => client === node) ? ["Get", "Confirm", "Set"] : []
}

export const server: Process<Context, ServerState, never, Noted, Message, NoChoice> = {
  State: ServerState,
  durable: true,
  initial: (context, self) => initial(context, self),
  ready: () => false,
  choices: () => [],
  postpones: (context, self, state, from, message) =>
    postpones(context, self, state, from, message),
  step: (context, self, state, input) =>
    match(input)
      .with({ _tag: "Receive" }, ({ from, message }) =>
        receive(context, self, state, from, message)
      )
      .with({ _tag: "Invoke" }, { _tag: "Choose" }, () => ignore(state))
      .exhaustive(),
  promises: {
    heeds,
    isObsolete: (context, self, state, from, message) =>
      isObsolete(context, self, state, from, message),
    onlyAnswers: (context, self, state, from, message) =>
      onlyAnswers(context, self, state, from, message),
    isWelcome: (context, self, state, from, message) =>
      isWelcome(context, self, state, from, message)
  }
}
