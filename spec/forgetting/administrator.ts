/**
 * The administrator of the forgetting protocol (tutorial 7.2): NEW_VIEW brings each new member its
 * keys, and a member that stops proves that it had its key, using the key that it erases.
 */
import { match } from "ts-pattern"
import * as Administered from "../administrator/administrator.ts"
import type { Message as AdministeredMessage } from "../administrator/messages.ts"
import type { Noted } from "../administrator/observation.ts"
import type { NodeId } from "../kernel/node.ts"
import type { Observation } from "../kernel/observation.ts"
import { ignore, type NoChoice, type Process, type Send } from "../kernel/process.ts"
import type { AdministratorId } from "../nodes/nodes.ts"
import type { Value } from "../register/operation.ts"
import type { Reconfigure } from "../storage/reconfiguration.ts"
import { possessionFor, sharedKeyIn } from "./keys.ts"
import type { Message } from "./messages.ts"
import type { Rules } from "./rules.ts"

export const { AdministratorState } = Administered
export type AdministratorState = Administered.AdministratorState

/** The parameters of the administrator. */
export interface Context extends Administered.Context {
  readonly rules: Rules
}

/**
 * The message as any administrator accepts it: an answer, if proved; undefined otherwise.
 */
const opened = (
  { rules, cryptography }: Context,
  { key, view: { number } }: AdministratorState,
  from: NodeId,
  message: Message
): AdministeredMessage | undefined => {
  if (message._tag !== "Proven") return message
  const shown = { from, administrator: key.owner, number, proven: message }
  return rules.believesStopped(cryptography, shown)
    ? { _tag: "Answer", ...message.proof.content }
    : undefined
}

/** The administrator sends NEW_VIEW to a new member, with its keys. */
const withKeys = (
  { rules, cryptography }: Context,
  { key }: AdministratorState,
  { to, message }: Send<AdministeredMessage>
): ReadonlyArray<Send<Message>> => {
  if (message._tag === "Answer") return []
  if (message._tag !== "NewView") return [{ to, message }]
  const { view } = message
  const member = view.members.find((one) => one === to)
  if (member === undefined) return [{ to, message }]
  const shared = sharedKeyIn(cryptography, key, member, view.number)
  const keys = rules.seal(cryptography, shared, possessionFor(cryptography, key, member, view))
  return [{ to, message: { ...message, keys } }]
}

export const administrator: Process<
  Context,
  AdministratorState,
  Reconfigure,
  Observation<Reconfigure, Value, Noted>,
  Message,
  NoChoice,
  AdministratorId
> = {
  State: AdministratorState,
  durable: true,
  initial: Administered.initial,
  ready: (_context, _self, { activity }) => activity === null,
  choices: () => [],
  step: (context, _self, state, input) => {
    const step = match(input)
      .with({ _tag: "Invoke" }, ({ operation }) =>
        state.activity === null ? Administered.invoke(context, state, operation) : ignore(state)
      )
      .with({ _tag: "Receive" }, ({ from, message }) => {
        const known = opened(context, state, from, message)
        return known === undefined
          ? ignore(state)
          : Administered.receive(context, state, from, known)
      })
      .with({ _tag: "Choose" }, () => ignore(state))
      .exhaustive()
    return { ...step, sends: step.sends.flatMap((send) => withKeys(context, state, send)) }
  },
  promises: {
    heeds: () => ["Proven"],
    isObsolete: (context, _self, state, from, message) => {
      const known = opened(context, state, from, message)
      return known === undefined || Administered.isObsolete(context, state, from, known)
    },
    isSettled: (_context, _self, state, to, message) =>
      message._tag !== "Proven" && Administered.isSettled(state, to, message),
    isAnswer: (_context, _self, _state, _from, message) => message._tag === "Proven"
  }
}
