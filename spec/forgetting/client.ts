/**
 * The client of the forgetting protocol (tutorial 7.2): the client of reconfiguration by an
 * administrator, except that it believes only proved answers. "Clients only proceed when a
 * supermajority of storage nodes have the key for the same configuration."
 */
import { match } from "ts-pattern"
import * as Administered from "../administrator/client.ts"
import type { Message as AdministeredMessage } from "../administrator/messages.ts"
import type { Noted } from "../administrator/observation.ts"
import type { NodeId } from "../kernel/node.ts"
import { ignore, type NoChoice, type Process, type Step } from "../kernel/process.ts"
import type { ClientId } from "../nodes/nodes.ts"
import type { Access, AccessObservation } from "../register/operation.ts"
import { administratorOf } from "./keys.ts"
import type { Message, Proven } from "./messages.ts"
import type { Rules } from "./rules.ts"

export const { ClientState } = Administered
export type ClientState = Administered.ClientState

/** The parameters of a client. */
export interface Context extends Administered.Context {
  readonly rules: Rules
}
type ClientStep = Step<ClientState, AccessObservation | Noted, AdministeredMessage>

/**
 * The message as a client under an administrator accepts it: an answer, if proved; undefined
 * otherwise.
 */
const opened = (
  context: Context,
  { view: { number } }: ClientState,
  from: NodeId,
  message: Message
): AdministeredMessage | undefined =>
  message._tag === "Proven" ? answerIn(context, number, from, message) : message

/**
 * The proved answer, if the client believes that it comes from a member of the configuration that
 * it asks.
 */
const answerIn = (
  context: Context,
  number: number,
  from: NodeId,
  proven: Proven
): AdministeredMessage | undefined => {
  const { rules, cryptography } = context
  const shown = { from, administrator: administratorOf(context), number, proven }
  return rules.believes(cryptography, shown)
    ? { _tag: "Answer", ...proven.proof.content }
    : undefined
}

/** A client asks; it never answers. */
const asQuestions = ({ state, sends, observations }: ClientStep) => ({
  state,
  observations,
  sends: sends.flatMap(({ to, message }) =>
    message._tag === "Answer" || message._tag === "NewView" ? [] : [{ to, message }]
  )
})

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
  initial: Administered.initial,
  ready: (_context, _self, state) => state._tag === "Idle",
  choices: () => [],
  step: (context, self, state, input) =>
    match(input)
      .with({ _tag: "Invoke" }, ({ operation }) =>
        asQuestions(
          state._tag === "Idle" ? Administered.invoke(context, state, operation) : ignore(state)
        )
      )
      .with({ _tag: "Receive" }, ({ from, message }) => {
        const known = opened(context, state, from, message)
        return known === undefined
          ? ignore(state)
          : asQuestions(Administered.receive(context, self, state, from, known))
      })
      .with({ _tag: "Choose" }, () => ignore(state))
      .exhaustive(),
  promises: {
    heeds: ({ administrator }, _self, node) => (node === administrator ? ["Notice"] : ["Proven"]),
    isObsolete: (context, _self, state, from, message) => {
      const known = opened(context, state, from, message)
      return known === undefined || Administered.isObsolete(context, state, from, known)
    },
    isSettled: (context, _self, state, to, message) =>
      message._tag !== "Proven" && Administered.isSettled(context, state, to, message),
    isAnswer: ({ rules }, _self, _state, _from, message) =>
      rules.isFresh && message._tag === "Proven"
  }
}
