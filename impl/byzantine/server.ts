/**
 * The storage node of the forgetting protocol, with many registers. For each register it is the
 * storage node of the specification (`spec/forgetting/server.ts`); all registers share one view and
 * one set of keys.
 *
 * The specification makes all decisions. This file tells registers apart and counts them: NEW_VIEW
 * stops all of them in the one step that also erases the keys, and a storage node serves when it
 * has received all of them.
 */
import * as Schema from "effect/Schema"
import { type Begin, type Question, Stored } from "../../spec/administrator/messages.ts"
import { View } from "../../spec/administrator/view.ts"
import { type NewView, Possession, type Proven, SharedKey } from "../../spec/forgetting/messages.ts"
import { type ServerState as SingleState, server as single } from "../../spec/forgetting/server.ts"
import {
  noChoices,
  type ObjectsAfter,
  type Part,
  type PartSend,
  type PartStep
} from "../../spec/kernel/keyed.ts"
import { Count, type NodeId, SetOf } from "../../spec/kernel/node.ts"
import type { AnyObservation, AnyOperation } from "../../spec/kernel/observation.ts"
import type { ServerId } from "../../spec/nodes/nodes.ts"
import type { Message, Order, Serve, Stopped } from "./messages.ts"
import { type Context, singleContext } from "./trust.ts"

const Shared = Schema.Struct({
  view: View,
  serves: SetOf(Count),
  key: Schema.NullOr(SharedKey),
  possessions: SetOf(Possession),
  /** The number of registers that it has received in the configuration of `view`. */
  arrived: Count
})
const Own = Schema.Struct({
  written: Stored,
  /** The number of the configuration in which it last received this register. */
  toldIn: Schema.NullOr(Count)
})
export type ServerState = typeof Shared.Type & typeof Own.Type
type ServerStep = PartStep<ServerState, AnyObservation, Message>

/** The state of a storage node for this register alone. */
const singleState = ({ written, view, serves, key, possessions }: ServerState): SingleState => ({
  storage: { written, view, serves },
  key,
  possessions
})

/** The state of all registers, after a step of one register on behalf of all. */
const withShared = (
  state: ServerState,
  { storage, key, possessions }: SingleState
): ServerState => ({
  ...state,
  view: storage.view,
  serves: storage.serves,
  key,
  possessions
})

const ignore = (state: ServerState): ServerStep => ({ state, sends: [], observations: [] })

/** Whether the administrator sent this order to this storage node. */
const isOrder = ({ trust }: Context, self: ServerId, { order }: Order): boolean =>
  order.signer === trust.administrator &&
  order.content.to === self &&
  trust.cryptography.verifies(order)

/**
 * A client sends a request in a configuration. The storage node serves it, or answers that the
 * configuration has ended.
 */
const answer = (
  context: Context,
  self: ServerId,
  state: ServerState,
  from: NodeId,
  question: Question,
  register: string
): ServerStep => {
  const own = singleContext(context, register, from)
  const before = singleState(state)
  if (single.promises?.isObsolete?.(own, self, before, from, question) === true) {
    // A process of no certified client gets no answer.
    if (own.clients.length === 0) return ignore(state)
    const later = state.possessions[0]?.certificate ?? null
    return {
      state,
      sends: [{ to: from, message: { _tag: "Over", number: question.number, later } }],
      observations: []
    }
  }
  const step = single.step(own, self, before, { _tag: "Receive", from, message: question })
  const { written } = step.state.storage
  return {
    state: written === state.written ? state : { ...state, written },
    sends: step.sends.flatMap(provenOnly),
    observations: step.observations
  }
}

const provenOnly = <Sent extends { readonly message: { readonly _tag: string } }>(
  send: Sent
): ReadonlyArray<Sent & { readonly message: Proven }> =>
  send.message._tag === "Proven" ? [send as Sent & { readonly message: Proven }] : []

/**
 * NEW_VIEW: in one step the storage node stops, reports every register to the administrator, and
 * forgets its keys.
 */
const stop = (
  context: Context,
  self: ServerId,
  state: ServerState,
  newView: NewView,
  objectsAfter: ObjectsAfter<ServerState>
): ServerStep => {
  const { administrator, cryptography } = context.trust
  const input = { _tag: "Receive", from: administrator, message: newView } as const
  const ofOne = (register: string, before: ServerState) =>
    single.step(singleContext(context, register), self, singleState(before), input)
  const whole = ofOne("", { ...state, written: null })
  if (whole.state.storage.view.number === state.view.number) return ignore(state)
  const sends: Array<PartSend<Message>> = []
  const [proof] = whole.sends.flatMap(provenOnly)
  if (proof !== undefined) {
    const { nonce } = proof.message.proof.content
    for (const [register, before] of objectsAfter(null))
      for (const { to, message } of ofOne(register, before).sends.flatMap(provenOnly))
        sends.push({ to, message, key: register })
    const own = state.possessions.find(
      ({ certificate }) => certificate.content.meta.number === nonce.number
    )
    if (own !== undefined) {
      const registers = sends.length
      const told = cryptography.about("").sign(own.key, { nonce, registers })
      const stopped: Stopped = { _tag: "Stopped", proven: proof.message, told }
      sends.push({ to: administrator, message: stopped, key: "" })
    }
  }
  return {
    state: { ...withShared(state, whole.state), arrived: 0 },
    sends,
    observations: whole.observations
  }
}

/** This register's content from the previous configuration arrives. */
const take = (
  context: Context,
  self: ServerId,
  state: ServerState,
  begin: Begin,
  register: string
): ServerStep => {
  const { administrator } = context.trust
  const own = singleContext(context, register)
  const before = singleState(state)
  const isOver = single.promises?.isObsolete?.(own, self, before, administrator, begin) === true
  if (isOver || state.toldIn === begin.number) return ignore(state)
  const step = single.step(own, self, before, {
    _tag: "Receive",
    from: administrator,
    message: begin
  })
  const { written } = step.state.storage
  return ignore({ ...state, written, toldIn: begin.number, arrived: state.arrived + 1 })
}

/** All registers have arrived: the storage node serves. */
const serve = (
  context: Context,
  self: ServerId,
  state: ServerState,
  { number }: Serve
): ServerStep => {
  const { state: after } = single.step(
    singleContext(context, ""),
    self,
    singleState({ ...state, written: null }),
    {
      _tag: "Receive",
      from: context.trust.administrator,
      message: { _tag: "Begin", number, written: null }
    }
  )
  return ignore(withShared(state, after))
}

/** The storage node executes an order of the administrator. */
const obey = (
  context: Context,
  self: ServerId,
  state: ServerState,
  { order }: Order,
  objectsAfter: ObjectsAfter<ServerState>,
  register: string
): ServerStep => {
  const said = order.content.message
  switch (said._tag) {
    case "NewView":
      return stop(context, self, state, said, objectsAfter)
    case "Begin":
      return take(context, self, state, said, register)
    case "Serve":
      return serve(context, self, state, said)
  }
}

/** Whether the administrator's order or the client's request has arrived too early. */
const postpones = (
  context: Context,
  self: ServerId,
  state: ServerState,
  from: NodeId,
  message: Message
): boolean => {
  const { administrator } = context.trust
  const isEarly = (by: NodeId, about: Question | Begin | NewView): boolean =>
    single.postpones?.(singleContext(context, "", from), self, singleState(state), by, about) ===
    true
  switch (message._tag) {
    case "Get":
    case "Confirm":
    case "Set":
      return isEarly(from, message)
    case "Order": {
      if (!isOrder(context, self, message)) return false
      const said = message.order.content.message
      if (said._tag !== "Serve") return isEarly(administrator, said)
      const begin: Begin = { _tag: "Begin", number: said.number, written: null }
      return (
        isEarly(administrator, begin) ||
        (said.number === state.view.number && state.arrived < said.registers)
      )
    }
    default:
      return false
  }
}

export const server: Part<
  Context,
  ServerState,
  AnyOperation,
  AnyObservation,
  Message,
  undefined,
  ServerId
> = {
  Shared,
  Own,
  durable: true,
  initial: ({ trust }, self) => ({
    view: trust.view,
    serves: (trust.possessions ?? []).map(({ certificate }) => certificate.content.meta.number),
    key: trust.shared ?? { owner: self, times: 0 },
    possessions: trust.possessions ?? [],
    arrived: 0,
    written: null,
    toldIn: null
  }),
  ready: () => false,
  choices: noChoices,
  postpones,
  step: (context, self, state, input, objectsAfter, register = "") => {
    if (input._tag !== "Receive") return ignore(state)
    const { from, message } = input
    switch (message._tag) {
      case "Get":
      case "Confirm":
      case "Set":
        return answer(context, self, state, from, message, register)
      case "Order":
        return isOrder(context, self, message)
          ? obey(context, self, state, message, objectsAfter, register)
          : ignore(state)
      default:
        return ignore(state)
    }
  },
  promises: {
    onlyAnswers: (context, self, state, from, message) => {
      switch (message._tag) {
        case "Get":
        case "Confirm":
        case "Set": {
          const own = singleContext(context, "", from)
          return (
            single.promises?.onlyAnswers?.(own, self, singleState(state), from, message) === true
          )
        }
        case "Order":
          return false
        default:
          return true
      }
    }
  }
}
