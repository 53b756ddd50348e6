/**
 * The administrator (tutorial 7.2): "a trusted administrative entity" that alone chooses
 * configurations. "It can be a trusted person or a replicated state machine"; here it is one node
 * that does not fail.
 *
 * A reconfiguration sends NEW_VIEW to all old and new members. An old member stops, and answers
 * with what it holds at that moment. Once a super-majority of the old members has stopped, no write
 * can complete there whose pair no stopped member holds. The administrator sends the newest of
 * their pairs to the new members, with permission to serve.
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import { changedMembers } from "../configuration/configuration.ts"
import type { WithDirectory } from "../directory/directory.ts"
import { type Cryptography, SigningKey } from "../kernel/cryptography.ts"
import { equals, union } from "../kernel/data.ts"
import type { NodeId } from "../kernel/node.ts"
import type { Observation } from "../kernel/observation.ts"
import {
  become,
  ignore,
  type NoChoice,
  type Process,
  type Send,
  type Step
} from "../kernel/process.ts"
import { AdministratorId, type ClientId, type ServerSet } from "../nodes/nodes.ts"
import { advance, ask, asked, begin, isMissing, Phase } from "../phase/phase.ts"
import type { Value } from "../register/operation.ts"
import { Reconfigure, refused } from "../storage/reconfiguration.ts"
import { isGenuine, newer } from "../supermajority/signed-pair.ts"
import { type Answer, type Message, type Nonce, Stored } from "./messages.ts"
import type { Noted } from "./observation.ts"
import type { AdministratorRules } from "./rules.ts"
import { configurationOf, firstView, View } from "./view.ts"

/**
 * What the administrator is doing: it informs the trusted server of the next configuration; it
 * reads what the old configuration holds, if it does so beforehand; it waits for old members to
 * stop.
 */
const Activity = Schema.Struct({
  stage: Schema.Literals(["announce", "read", "stop"]),
  operation: Reconfigure,
  next: View,
  phase: Phase(Stored)
})

export const AdministratorState = Schema.Struct({
  key: SigningKey(AdministratorId),
  /** The latest configuration that it chose. */
  view: View,
  activity: Schema.NullOr(Activity)
})
export type AdministratorState = typeof AdministratorState.Type
type Activity = typeof Activity.Type

/** The parameters of the administrator. */
export interface Context extends WithDirectory {
  readonly rules: AdministratorRules
  readonly cryptography: Cryptography
  readonly clients: ReadonlyArray<ClientId>
  readonly configuration: { readonly members: ServerSet }
}
type Observed = Observation<Reconfigure, Value, Noted>
export type AdministratorStep = Step<AdministratorState, Observed, Message>

export const initial = (context: Context, self: AdministratorId): AdministratorState => ({
  key: context.cryptography.ownKey(self),
  view: firstView(context),
  activity: null
})

/** The nonce of one stage of the reconfiguration that ends a configuration. */
const nonceOf = ({ key, view }: AdministratorState, stage: "read" | "stop"): Nonce => ({
  asker: key.owner,
  operation: 1,
  number: view.number,
  stage: stage === "read" ? "get" : "stop"
})

/**
 * The administrator receives a request for another configuration. It refuses one without members,
 * which would end the system.
 */
export const invoke = (
  context: Context,
  state: AdministratorState,
  operation: Reconfigure
): AdministratorStep => {
  const { view } = state
  const members = changedMembers(view.members, operation.add, operation.remove)
  const begun = { _tag: "Invocation", operation } as const
  if (members.length === 0)
    return {
      state,
      sends: [],
      observations: [begun, { _tag: "Response", operation, result: refused }]
    }
  const next: View = { number: view.number + 1, members }
  const activity: Activity = {
    stage: "announce",
    operation,
    next,
    phase: begin([configurationOf(view)], null)
  }
  const first =
    context.directory === undefined
      ? startReading(context, { ...state, activity }, activity)
      : announce(context.directory, state, activity)
  return { ...first, observations: [begun, ...first.observations] }
}

/**
 * The administrator informs the trusted server first, so that it never reports a configuration as
 * current after the configuration has ended.
 */
const announce = (
  to: NodeId,
  state: AdministratorState,
  activity: Activity
): AdministratorStep => ({
  state: { ...state, activity },
  sends: ask([to], { _tag: "Announce", view: activity.next }),
  observations: []
})

/**
 * The administrator reads what the old configuration holds, if that is what it copies. Otherwise it
 * continues at once.
 */
const startReading = (
  context: Context,
  state: AdministratorState,
  activity: Activity
): AdministratorStep => {
  if (context.rules.copiesAsOfStopping) return startStopping(context, state, activity)
  const question: Message = {
    ...{ _tag: "Get", number: state.view.number },
    nonce: nonceOf(state, "read")
  }
  return {
    state: { ...state, activity: { ...activity, stage: "read" } },
    sends: ask(asked(activity.phase), question),
    observations: []
  }
}

/**
 * The administrator sends NEW_VIEW to all old and new members, and the new configuration to
 * clients.
 */
const startStopping = (
  context: Context,
  state: AdministratorState,
  activity: Activity
): AdministratorStep => {
  const { next, phase } = activity
  const { number } = state.view
  const nonce = nonceOf(state, "stop")
  const newView: Message = { _tag: "NewView", view: next, old: state.view, nonce }
  const forgotten = { _tag: "Note", name: "forgotten", detail: { number } } as const
  return {
    state: {
      ...state,
      activity: { ...activity, stage: "stop", phase: begin(phase.configurations, phase.answer) }
    },
    sends: [
      ...ask(union(state.view.members, next.members), newView),
      ...ask(context.clients, { _tag: "Notice", view: next } as const)
    ],
    observations: [
      { _tag: "Note", name: "asked", detail: { number } },
      ...(context.rules.askedIsStopped ? [forgotten] : [])
    ]
  }
}

/**
 * A member of the old configuration answers that it has stopped, with what it holds. The answer
 * that completes a super-majority ends the configuration, and the new members receive what it held.
 */
export const receiveAnswer = (
  context: Context,
  state: AdministratorState,
  activity: Activity,
  from: NodeId,
  { nonce, written }: Answer
): AdministratorStep => {
  const { rules, cryptography } = context
  const { stage } = activity
  if (stage === "announce") return ignore(state)
  if (!equals(nonce, nonceOf(state, stage)) || !isGenuine(cryptography, written))
    return ignore(state)
  const isCopied = stage === "read" || rules.copiesAsOfStopping
  const merge = (found: Stored) => (isCopied ? newer(found, written) : found)
  const enough = stage === "stop" ? rules.enoughStopped : undefined
  const { phase, isComplete } = advance(activity.phase, from, merge, "read", enough)
  const counted: Activity = { ...activity, phase }
  if (!isComplete) return become({ ...state, activity: counted })
  return stage === "read" ? startStopping(context, state, counted) : finish(context, state, counted)
}

/**
 * The old configuration has ended: the administrator sends the new members what it held, and tells
 * them to serve.
 */
const finish = (
  { rules }: Context,
  state: AdministratorState,
  { operation, next, phase }: Activity
): AdministratorStep => {
  const begins: Message = { _tag: "Begin", number: next.number, written: phase.answer }
  const sends: ReadonlyArray<Send<Message>> = ask(next.members, begins)
  const forgotten = {
    _tag: "Note",
    name: "forgotten",
    detail: { number: state.view.number }
  } as const
  return {
    state: { ...state, view: next, activity: null },
    sends,
    observations: [
      ...(rules.askedIsStopped ? [] : [forgotten]),
      { _tag: "Response", operation, result: null }
    ]
  }
}

/**
 * Dispatches every message that the administrator receives: answers of old members and of the
 * trusted server.
 */
export const receive = (
  context: Context,
  state: AdministratorState,
  from: NodeId,
  message: Message
): AdministratorStep => {
  const { activity } = state
  if (activity === null) return ignore(state)
  switch (message._tag) {
    case "Answer":
      return isMissing(activity.phase, from)
        ? receiveAnswer(context, state, activity, from, message)
        : ignore(state)
    case "Announced":
      return activity.stage === "announce" && from === context.directory
        ? startReading(context, state, activity)
        : ignore(state)
    default:
      return ignore(state)
  }
}

/** True when the message has no effect on the administrator, now or later. */
export const isObsolete = (
  context: Context,
  state: AdministratorState,
  from: NodeId,
  message: Message
): boolean => {
  switch (message._tag) {
    case "Answer":
      return (
        !isGenuine(context.cryptography, message.written) ||
        state.activity === null ||
        state.activity.stage === "announce" ||
        !equals(message.nonce, nonceOf(state, state.activity.stage)) ||
        !isMissing(state.activity.phase, from)
      )
    case "Announced":
      return from !== context.directory || message.number <= state.view.number
    default:
      return true
  }
}

/** True when the administrator no longer waits for an answer of this node to its question. */
export const isSettled = (state: AdministratorState, to: NodeId, message: Message): boolean =>
  message._tag === "Get" &&
  (state.activity?.stage !== "read" ||
    !equals(message.nonce, nonceOf(state, "read")) ||
    !isMissing(state.activity.phase, to))

export const administrator: Process<
  Context,
  AdministratorState,
  Reconfigure,
  Observed,
  Message,
  NoChoice,
  AdministratorId
> = {
  State: AdministratorState,
  durable: true,
  initial,
  ready: (_context, _self, { activity }) => activity === null,
  choices: () => [],
  step: (context, _self, state, input) =>
    match(input)
      .with({ _tag: "Invoke" }, ({ operation }) =>
        state.activity === null ? invoke(context, state, operation) : ignore(state)
      )
      .with({ _tag: "Receive" }, ({ from, message }) => receive(context, state, from, message))
      .with({ _tag: "Choose" }, () => ignore(state))
      .exhaustive(),
  promises: {
    heeds: ({ directory }, _self, node) => (node === directory ? ["Announced"] : ["Answer"]),
    isObsolete: (context, _self, state, from, message) => isObsolete(context, state, from, message),
    isSettled: (_context, _self, state, to, message) => isSettled(state, to, message),
    isAnswer: (_context, _self, _state, _from, message) => message._tag === "Answer"
  }
}
