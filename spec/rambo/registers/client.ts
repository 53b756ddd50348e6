/**
 * The client of a store of many registers. It runs `../client.ts` unchanged for each register, and
 * all registers share one cmap. News learned through one register must therefore take effect in the
 * operations on the others (`catchUp`). `transfer.ts` has the reconfiguration.
 */
import { equals } from "../../kernel/data.ts"
import type { Part } from "../../kernel/keyed.ts"
import type { NodeId } from "../../kernel/node.ts"
import { become, type Input, ignore } from "../../kernel/process.ts"
import type { ClientId } from "../../nodes/nodes.ts"
import { comparePositions } from "../../phase/position.ts"
import type { StorageOperation } from "../../storage/reconfiguration.ts"
import * as Rambo from "../client.ts"
import { integrate, isDecided, isNoNews } from "../configuration-map.ts"
import { receiveHint } from "../discovery.ts"
import { startGet } from "../get-phase.ts"
import type { InPhase } from "../messages.ts"
import { continueSequence } from "../next-configuration.ts"
import { startSet } from "../set-phase.ts"
import {
  type Choice as ChoiceOfOne,
  type ClientState as ClientOfOne,
  initial,
  positionOf
} from "../state.ts"
import { isOfOneRegister, type Message, type OfOneRegister } from "./messages.ts"
import type { Context, Ruled } from "./rules.ts"
import {
  type Choice,
  type ClientState,
  type ClientStep,
  Own,
  Shared,
  type StoreObservation
} from "./state.ts"
import { between, collect, forAll, receiveListing, receivePopulated } from "./transfer.ts"

/**
 * True if the cmap has grown since the activity on this register began, and the activity has not
 * taken that into account. (Never with one register: there each growth takes effect in the step in
 * which the client learns it.)
 */
const isBehind = ({ rules }: Ruled, { map, activity }: ClientState): boolean => {
  switch (activity._tag) {
    case "Idle":
      return false
    case "Getting":
    case "Setting":
      return (
        rules.heedsOthers &&
        (map.retired > activity.retired ||
          map.active.some(
            (one) => !activity.phase.configurations.some((known) => equals(known, one))
          ))
      )
    case "Deciding":
      return isDecided(map, activity.instance)
    case "Surveying":
    case "Transferring":
    case "Retiring":
      return map.retired > activity.retired
  }
}

/**
 * The client catches up with news from other registers: a phase restarts in the configurations
 * active now; a reconfiguration continues with what is left to do.
 */
const catchUp = (context: Ruled, self: ClientId, state: ClientState): ClientStep => {
  const { activity } = state
  switch (activity._tag) {
    case "Idle":
      return become(state)
    case "Getting":
      return forAll(context, startGet(between(state), activity.operation))
    case "Setting":
      return forAll(context, startSet(between(state), activity.operation, activity.phase.answer))
    case "Deciding":
      return forAll(context, continueSequence(context, self, between(state), activity.operation))
    case "Surveying":
    case "Transferring":
    case "Retiring":
      return collect(context, state, activity)
  }
}

/**
 * A step of one register, by `../client.ts`. During an activity for all registers there is none.
 */
const stepOfOne = (
  context: Ruled,
  self: ClientId,
  state: ClientState,
  input: Input<StorageOperation, OfOneRegister, ChoiceOfOne>
): ClientStep =>
  isOfOne(state) ? forAll(context, Rambo.step(context, self, state, input)) : ignore(state)

/** True if the activity is one of a client of one register; the others are for all registers. */
const isOfOne = (state: ClientState): state is ClientState & ClientOfOne =>
  state.activity._tag !== "Surveying" && state.activity._tag !== "Transferring"

/** A client receives a message. */
const receive = (
  context: Ruled,
  self: ClientId,
  state: ClientState,
  from: NodeId,
  message: Message
): ClientStep => {
  const { activity } = state
  switch (message._tag) {
    case "Hint":
      return receiveHint(state, message)
    case "MapReply":
      return become({ ...state, map: integrate(state.map, message.map) })
    case "Listing":
      return activity._tag === "Surveying" && isCurrent(state, message)
        ? receiveListing(context, state, activity, from, message)
        : ignore(state)
    case "Populated":
      return activity._tag === "Transferring" && isCurrent(state, message)
        ? receivePopulated(context, state, activity, from, message)
        : ignore(state)
    case "List":
    case "Populate":
      return ignore(state)
    default:
      return stepOfOne(context, self, state, { _tag: "Receive", from, message })
  }
}

/** True if the reply belongs to the current phase. */
const isCurrent = ({ begun, phase }: ClientState, reply: InPhase): boolean =>
  reply.operation === begun && reply.phase === phase

type ClientInput = Input<StorageOperation, Message, Choice>

/** A step of a client that has caught up. */
const take = (
  context: Ruled,
  self: ClientId,
  state: ClientState,
  input: ClientInput
): ClientStep => {
  switch (input._tag) {
    case "Receive":
      return receive(context, self, state, input.from, input.message)
    case "Invoke":
      return stepOfOne(context, self, state, input)
    case "Choose": {
      const { choice } = input
      return choice._tag === "CatchUp"
        ? ignore(state)
        : stepOfOne(context, self, state, { _tag: "Choose", choice })
    }
  }
}

/** A step of a client. First the client catches up with news from other registers. */
const step = (
  context: Ruled,
  self: ClientId,
  state: ClientState,
  input: ClientInput
): ClientStep => {
  if (input._tag === "Receive" && isSettled(state, input.from, input.message)) return ignore(state)
  if (!isBehind(context, state)) return take(context, self, state, input)
  const caught = catchUp(context, self, state)
  const after = take(context, self, caught.state, input)
  return {
    state: after.state,
    sends: [...caught.sends, ...after.sends],
    observations: [...caught.observations, ...after.observations]
  }
}

const choices = (context: Context, self: ClientId, state: ClientState): ReadonlyArray<Choice> => {
  if (isBehind(context, state)) return [{ _tag: "CatchUp" }]
  return isOfOne(state) ? Rambo.client.choices(context, self, state) : []
}

/** True if the client no longer waits for answers to this message, or for this answer. */
const isSettled = (state: ClientState, node: NodeId, message: Message): boolean => {
  // A Populate is about another register than this state, so its position is unknown here.
  if (message._tag === "Populate") return false
  if (isOfOne(state) && isOfOneRegister(message)) return Rambo.isSettled(state, node, message)
  if (!("operation" in message))
    return message._tag === "MapReply" && isNoNews(state.map, message.map)
  const order = comparePositions([message.operation, message.phase], positionOf(state))
  return order < 0 || (order === 0 && isAnswered(state, node, message))
}

/** True if the node has answered the phase's question, or the register needs no more answers. */
const isAnswered = ({ activity }: ClientState, node: NodeId, message: Message): boolean => {
  switch (activity._tag) {
    case "Surveying":
      return activity.phase.answered.some((member) => member === node)
    case "Transferring":
      return (
        message._tag === "Populated" && !activity.left.some(({ name }) => name === message.name)
      )
    default:
      return false
  }
}

/**
 * (There is no `isAnswer`: a message for another register may bring news, and then the order
 * matters.)
 */
export const client: Part<
  Context,
  ClientState,
  StorageOperation,
  StoreObservation,
  Message,
  Choice,
  ClientId
> = {
  Shared,
  Own,
  durable: false,
  initial: ({ configuration }) => between(initial(configuration)),
  ready: (_context, _self, { activity }) => activity._tag === "Idle",
  choices,
  step,
  atBound: (context, state) =>
    isOfOne(state) ? Rambo.client.atBound?.(context, state) : undefined,
  promises: {
    isObsolete: (_context, _self, state, from, reply) => isSettled(state, from, reply),
    isSettled: (_context, _self, state, to, request) => isSettled(state, to, request)
  }
}
