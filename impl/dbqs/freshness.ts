/**
 * Who asks the membership service, for all clients of an endpoint, whether the epoch that they know
 * is the current one: the client of the specification (`spec/membership/move/client.ts`).
 *
 * Here is what it takes to run that. Certificates of the system's epochs stand for what the log
 * tells it; the parts of a certificate of an epoch of the service arrive together (`Moved`); and
 * who hears nothing for long asks the same again.
 */
import * as Schema from "effect/Schema"
import { Certificate } from "../../spec/dbqs/epoch.ts"
import type { Cryptography } from "../../spec/kernel/cryptography.ts"
import { without } from "../../spec/kernel/data.ts"
import { noChoices, type Part, type PartStep } from "../../spec/kernel/keyed.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyObservation, AnyOperation } from "../../spec/kernel/observation.ts"
import type { Step } from "../../spec/kernel/process.ts"
import {
  ClientState as Asking,
  client as asking,
  askingAgain
} from "../../spec/membership/move/client.ts"
import type { Message as MoveMessage } from "../../spec/membership/move/messages.ts"
import type { AskEpoch } from "../../spec/membership/move/operation.ts"
import { correct } from "../../spec/membership/move/rules.ts"
import type { ClientId, ServerSet } from "../../spec/nodes/nodes.ts"
import { logNode } from "../membership/log.ts"
import type { Moved } from "../membership/moves.ts"
import type { Message } from "./messages.ts"
import type { ClientTrust } from "./trust.ts"

const Shared = Schema.Struct({
  asking: Asking,
  /** The certificate of the latest epoch of the system that it knows. */
  latest: Certificate
})
const Own = Schema.Struct({})
export type FreshnessState = typeof Shared.Type & typeof Own.Type
type FreshnessStep = PartStep<FreshnessState, AnyObservation, Message>
type AskingStep = Step<Asking, AnyObservation, MoveMessage>

/** It has heard nothing for long. */
export interface Again {
  readonly _tag: "Again"
  /** Who else is there: the service may have left all whom the asker knows. */
  readonly peers: ServerSet
}

interface Context {
  readonly trust: ClientTrust
}

const contextOf = ({ trust }: Context) => ({
  rules: correct,
  cryptography: trust.cryptography.ofService as Cryptography,
  configuration: { members: trust.replicas.members },
  administrator: logNode
})

const ignore = (state: FreshnessState): FreshnessStep => ({ state, sends: [], observations: [] })

const receives = (
  context: Context,
  self: ClientId,
  state: Asking,
  from: NodeId,
  message: MoveMessage
): AskingStep => asking.step(contextOf(context), self, state, { _tag: "Receive", from, message })

/** After a step it goes on to what is certified, and returns what it has been told. */
const goOn = (context: Context, self: ClientId, before: AskingStep): AskingStep => {
  const [choice] = asking.choices(contextOf(context), self, before.state)
  if (choice === undefined) return before
  const { state, sends, observations } = asking.step(contextOf(context), self, before.state, {
    _tag: "Choose",
    choice
  })
  return goOn(context, self, {
    state,
    sends: [...before.sends, ...sends],
    observations: [...before.observations, ...observations]
  })
}

/** What certifies the next epoch of the service. Parts that do not are not kept. */
const follow = (
  context: Context,
  self: ClientId,
  before: Asking,
  from: NodeId,
  { parts }: Moved
): AskingStep => {
  let state = before
  for (const part of parts)
    state = receives(context, self, state, from, { _tag: "Certify", part }).state
  const after = goOn(context, self, { state, sends: [], observations: [] })
  return after.state.view.number === before.view.number
    ? { state: before, sends: [], observations: [] }
    : after
}

const taken = (state: FreshnessState, step: AskingStep): FreshnessStep => ({
  state: { ...state, asking: step.state },
  sends: step.sends.flatMap(({ to, message }) =>
    message._tag === "Ask" ? [{ to, message, key: "" }] : []
  ),
  observations: step.observations
})

/** Somebody tells of epochs of the system: what the service has signed, it has said. */
const learn = (
  context: Context,
  self: ClientId,
  state: FreshnessState,
  certificate: Certificate
): FreshnessStep => {
  const { number } = certificate.content
  const { cryptography, service } = context.trust
  const isNews = number > state.asking.system && certificate.signer === service
  if (!isNews || !cryptography.verifies(certificate)) return ignore(state)
  const epoch = state.asking.view.number
  const said = { _tag: "Advance", epoch, number } as const
  return taken(
    { ...state, latest: certificate },
    receives(context, self, state.asking, logNode, said)
  )
}

/** Asks the same again, and others where the service has gone. */
const again = (self: ClientId, state: FreshnessState, { peers }: Again): FreshnessStep => {
  const { view } = state.asking
  const step = taken(state, askingAgain(self, state.asking))
  const message = { _tag: "SinceMove", number: view.number + 1 } as const
  const sends = without(peers, view.members).map((to) => ({ to, message, key: "" }))
  return { ...step, sends: [...step.sends, ...sends] }
}

const receive = (
  context: Context,
  self: ClientId,
  state: FreshnessState,
  from: NodeId,
  message: Message | Again
): FreshnessStep => {
  switch (message._tag) {
    case "Again":
      return again(self, state, message)
    case "Moved":
      return message.number === state.asking.view.number + 1
        ? taken(state, follow(context, self, state.asking, from, message))
        : ignore(state)
    case "Certificates": {
      const last = message.certificates.at(-1)
      return last === undefined ? ignore(state) : learn(context, self, state, last)
    }
    case "Stated": {
      const { part } = message
      // Nobody passes on an answer: each replica gives its own.
      if (part.holder !== from) return ignore(state)
      const answered = receives(context, self, state.asking, from, { _tag: "Answer", part })
      return taken(state, goOn(context, self, answered))
    }
    default:
      return ignore(state)
  }
}

export const freshness: Part<
  Context,
  FreshnessState,
  AnyOperation,
  AnyObservation,
  Message | Again,
  undefined,
  ClientId
> = {
  Shared,
  Own,
  durable: false,
  initial: (context, self) => {
    const { replicas, certificate } = context.trust
    const first = asking.initial(contextOf(context), self)
    const { number: system } = certificate.content
    return { asking: { ...first, view: replicas, system }, latest: certificate }
  },
  ready: (context, self, state) => asking.ready(contextOf(context), self, state.asking),
  choices: noChoices,
  step: (context, self, state, input) => {
    switch (input._tag) {
      case "Invoke": {
        const operation = input.operation as AskEpoch
        return taken(
          state,
          asking.step(contextOf(context), self, state.asking, { ...input, operation })
        )
      }
      case "Receive":
        return receive(context, self, state, input.from, input.message)
      case "Choose":
        return ignore(state)
    }
  },
  promises: {
    // Whoever is asked again answers again.
    isSettled: () => true
  }
}
