/**
 * The client of a store of many registers: what it does to each is what `../client.ts` says,
 * unchanged, and all of them share its cmap. What it learns on account of one register it therefore
 * has to heed in what it does to the others (`catchUp`). What a reconfiguration adds is in
 * `transfer.ts`.
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
import { type Choice as ChoiceOfOne, initial, positionOf } from "../state.ts"
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
 * True when the cmap has grown since the client began what it is doing to this register, and that
 * has not heeded it. (Never where there is one register: each growth is heeded in the step in which
 * it is learned.)
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
 * The client heeds what it has learned elsewhere: a phase restarts, among the configurations that
 * are active by now; a reconfiguration goes about what is left to do.
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
 * A step of one register, as `../client.ts` takes it. While the client is about all of them, it
 * takes none.
 */
const ofOne = (
  context: Ruled,
  self: ClientId,
  state: ClientState,
  input: Input<StorageOperation, OfOneRegister, ChoiceOfOne>
): ClientStep => {
  const { activity } = state
  return activity._tag === "Surveying" || activity._tag === "Transferring"
    ? ignore(state)
    : forAll(context, Rambo.step(context, self, { ...state, activity }, input))
}

/** Whatever a client receives. */
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
      return ofOne(context, self, state, { _tag: "Receive", from, message })
  }
}

/** Whether the reply answers what the phase asks. */
const isCurrent = ({ begun, phase }: ClientState, reply: InPhase): boolean =>
  reply.operation === begun && reply.phase === phase

type ClientInput = Input<StorageOperation, Message, Choice>

/** The step of a client that is not behind. */
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
      return ofOne(context, self, state, input)
    case "Choose": {
      const { choice } = input
      return choice._tag === "CatchUp"
        ? ignore(state)
        : ofOne(context, self, state, { _tag: "Choose", choice })
    }
  }
}

/** Whatever happens to a client: first it heeds what it learned on account of other registers. */
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
  const { activity } = state
  return activity._tag === "Surveying" || activity._tag === "Transferring"
    ? []
    : Rambo.client.choices(context, self, { ...state, activity })
}

/** Which of what it asked, and of the answers, it no longer waits for. */
const isSettled = (state: ClientState, node: NodeId, message: Message): boolean => {
  // It is about another register than the one whose state is shown, and where it was asked is not
  // known here.
  if (message._tag === "Populate") return false
  const { activity } = state
  if (activity._tag !== "Surveying" && activity._tag !== "Transferring" && isOfOneRegister(message))
    return Rambo.isSettled({ ...state, activity }, node, message)
  if (!("operation" in message))
    return message._tag === "MapReply" && isNoNews(state.map, message.map)
  const order = comparePositions([message.operation, message.phase], positionOf(state))
  return order < 0 || (order === 0 && isAnswered(state, node, message))
}

/** Whether the node has answered what the phase asks, or what is stored needs no more answers. */
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
 * (There is no `isAnswer`: what comes for another register meanwhile may bring news, and then the
 * order matters.)
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
  atBound: (context, state) => {
    const { activity } = state
    return activity._tag === "Surveying" || activity._tag === "Transferring"
      ? undefined
      : Rambo.client.atBound?.(context, { ...state, activity })
  },
  promises: {
    isObsolete: (_context, _self, state, from, reply) => isSettled(state, from, reply),
    isSettled: (_context, _self, state, to, request) => isSettled(state, to, request)
  }
}
