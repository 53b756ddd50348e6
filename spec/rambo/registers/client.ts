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
import { isLarger } from "../../register/pair.ts"
import type { StorageOperation } from "../../storage/reconfiguration.ts"
import * as Rambo from "../client.ts"
import { integrate, isDecided } from "../configuration-map.ts"
import { receiveHint } from "../discovery.ts"
import { restart } from "../fixed-point.ts"
import { floorOf, ground } from "../floor.ts"
import type { InPhase } from "../messages.ts"
import { continueSequence } from "../next-configuration.ts"
import {
  type Choice as ChoiceOfOne,
  type ClientState as ClientOfOne,
  initial,
  positionOf
} from "../state.ts"
import { endJoin, receiveJoined } from "./joining.ts"
import {
  type Forgotten,
  isOfOneRegister,
  type Joined,
  type Listing,
  type Message,
  type OfOneRegister,
  type Populated,
  type PopulatedList
} from "./messages.ts"
import { endReclaim, incomplete, overtaken } from "./raising.ts"
import {
  isOvertakenIn,
  receiveBrought,
  receiveForgotten,
  receiveRemoved,
  startForgetting,
  startReclaim
} from "./reclaiming.ts"
import type { Context, Ruled } from "./rules.ts"
import {
  type Choice,
  type ClientState,
  type ClientStep,
  Own,
  Shared,
  type StoreObservation,
  type StoreOperation
} from "./state.ts"
import {
  between,
  collect,
  continueTransfer,
  dispensable,
  forAll,
  receiveListing,
  receivePopulated
} from "./transfer.ts"

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
      return map.retired > activity.retired || isLarger(floorOf(map), activity.floor ?? ground)
    case "Retiring":
      return map.retired > activity.retired
    case "Joining":
      return isLarger(floorOf(map), activity.floor)
    case "Gathering":
    case "Bringing":
      return isOvertakenIn({ map }, activity)
    case "Raised":
    case "Forgetting":
      return false
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
    case "Setting":
      return forAll(context, restart(context, between(state), activity))
    case "Joining":
    case "Deciding":
      return forAll(context, continueSequence(context, self, between(state), activity.operation))
    case "Surveying":
    case "Transferring":
    case "Retiring":
      return collect(context, state, activity)
    case "Gathering":
    case "Bringing":
      return endReclaim(state, overtaken)
    case "Raised":
    case "Forgetting":
      return become(state)
  }
}

/** A step of one register, by `../client.ts`. */
const stepOfOne = (
  context: Ruled,
  self: ClientId,
  state: ClientState,
  input: Input<StorageOperation, OfOneRegister, ChoiceOfOne>
): ClientStep => forAll(context, Rambo.step(context, self, ofOne(state), input))

/**
 * The state as `../client.ts` sees it. During an activity for all registers it sees one that it
 * does not know: it waits for no message, begins nothing and ignores every input.
 */
const ofOne = (state: ClientState) => state as ClientState & ClientOfOne

/** A client receives a message. */
const receive = (
  context: Ruled,
  self: ClientId,
  state: ClientState,
  from: NodeId,
  message: Message
): ClientStep => {
  switch (message._tag) {
    case "Hint":
      return receiveHint(state, message)
    case "MapReply":
      return become({ ...state, map: integrate(state.map, message.map) })
    case "Refused":
      return become({ ...state, map: integrate(state.map, message.map) })
    case "Listing":
    case "PopulatedList":
    case "Populated":
    case "Forgotten":
    case "Joined":
      return isCurrent(state, message)
        ? receiveAnswer(context, self, state, from, message)
        : ignore(state)
    case "List":
    case "PopulateList":
    case "Populate":
    case "Forget":
    case "Join":
      return ignore(state)
    default:
      return stepOfOne(context, self, state, { _tag: "Receive", from, message })
  }
}

/** An answer arrives to the question of the current phase, about all registers. */
const receiveAnswer = (
  context: Ruled,
  self: ClientId,
  state: ClientState,
  from: NodeId,
  message: Listing | PopulatedList | Populated | Forgotten | Joined
): ClientStep => {
  const { activity } = state
  switch (activity._tag) {
    case "Surveying":
      return message._tag === "Listing"
        ? receiveListing(context, state, activity, from, message)
        : ignore(state)
    case "Transferring":
      return message._tag === "PopulatedList"
        ? receivePopulated(context, state, activity, from, message)
        : ignore(state)
    case "Gathering":
      return message._tag === "Listing"
        ? receiveRemoved(context, self, state, activity, from, message)
        : ignore(state)
    case "Bringing":
      return message._tag === "Populated"
        ? receiveBrought(context, self, state, activity, from, message)
        : ignore(state)
    case "Forgetting":
      return message._tag === "Forgotten"
        ? receiveForgotten(context, state, activity, from, message)
        : ignore(state)
    case "Joining":
      return message._tag === "Joined"
        ? receiveJoined(state, activity, from, message, (operation) =>
            forAll(context, continueSequence(context, self, between(state), operation))
          )
        : ignore(state)
    default:
      return ignore(state)
  }
}

/** True if the reply belongs to the current phase. */
const isCurrent = ({ begun, phase }: ClientState, reply: InPhase): boolean =>
  reply.operation === begun && reply.phase === phase

type ClientInput = Input<StoreOperation, Message, Choice>

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
    case "Invoke": {
      const { operation } = input
      if (operation._tag !== "Reclaim")
        return stepOfOne(context, self, state, { _tag: "Invoke", operation })
      return state.activity._tag === "Idle" ? startReclaim(context, state) : ignore(state)
    }
    case "Choose":
      return choose(context, self, state, input.choice)
  }
}

/** A step that the client takes by itself. */
const choose = (context: Ruled, self: ClientId, state: ClientState, choice: Choice): ClientStep => {
  const { activity } = state
  switch (choice._tag) {
    case "CatchUp":
      return ignore(state)
    case "BeginForgetting":
      return activity._tag === "Raised"
        ? startForgetting(context, state, activity.reclaimed)
        : ignore(state)
    case "GiveUp":
      return choice.phase === state.phase ? giveUp(state) : ignore(state)
    case "GoOn":
      return choice.phase === state.phase && activity._tag === "Transferring"
        ? continueTransfer(context, state, activity)
        : ignore(state)
    default:
      return stepOfOne(context, self, state, { _tag: "Choose", choice })
  }
}

/**
 * The client abandons a phase that needs the answers of all nodes. Its requests may still take
 * effect.
 */
const giveUp = (state: ClientState): ClientStep => {
  const { activity } = state
  switch (activity._tag) {
    case "Joining":
      return endJoin(state, activity.operation)
    case "Bringing":
      return endReclaim(state, incomplete)
    case "Forgetting":
      return endReclaim(state, activity.done)
    default:
      return ignore(state)
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

/** Why a write may stay pending forever: it began before registers were forgotten. */
const forgetting = "forgetting"

/**
 * True if storage nodes may refuse the pair of a write, which began without the floor. A client
 * cannot know whether any of them has it, so the outcome of the write is unknown. (In a runtime,
 * this write has slept for longer than operations may take.)
 */
const isRefusable = ({ map, activity }: ClientState): boolean =>
  activity._tag === "Setting" &&
  activity.operation._tag === "Write" &&
  isLarger(floorOf(map), activity.floor ?? ground)

const choices = (context: Context, self: ClientId, state: ClientState): ReadonlyArray<Choice> => {
  if (isBehind(context, state)) return [{ _tag: "CatchUp" }]
  switch (state.activity._tag) {
    case "Raised":
      return [{ _tag: "BeginForgetting" }]
    case "Joining":
    case "Bringing":
    case "Forgetting":
      return [{ _tag: "GiveUp", phase: state.phase }]
    case "Transferring": {
      const without = dispensable(context, state.activity)
      return without.length === 0 ? [] : [{ _tag: "GoOn", phase: state.phase, without }]
    }
  }
  return Rambo.client.choices(context, self, ofOne(state))
}

/** True if the client no longer waits for answers to this message, or for this answer. */
const isSettled = (state: ClientState, node: NodeId, message: Message): boolean => {
  // These are about a register other than that of this state, so their position is unknown here.
  if (message._tag === "Populate" || message._tag === "Forget") return false
  if (isOfOneRegister(message)) return Rambo.isSettled(ofOne(state), node, message)
  const order = comparePositions([message.operation, message.phase], positionOf(state))
  return order < 0 || (order === 0 && isAnswered(state, node, message))
}

/** True if the node has answered the phase's question, or the register needs no more answers. */
const isAnswered = ({ activity }: ClientState, node: NodeId, message: Message): boolean => {
  switch (activity._tag) {
    case "Surveying":
    case "Gathering":
    case "Joining":
    case "Transferring":
      return activity.phase.answered.some((member) => member === node)
    case "Bringing":
      return (
        message._tag === "Populated" && !activity.left.some(({ name }) => name === message.name)
      )
    case "Forgetting":
      return (
        message._tag === "Forgotten" && !activity.left.some(({ name }) => name === message.name)
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
  StoreOperation,
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
    isRefusable(state) ? forgetting : Rambo.client.atBound?.(context, ofOne(state)),
  promises: {
    isObsolete: (_context, _self, state, from, reply) => isSettled(state, from, reply),
    isSettled: (_context, _self, state, to, request) => isSettled(state, to, request)
  }
}
