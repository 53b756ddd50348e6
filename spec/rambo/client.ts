/**
 * The client under reconfiguration with a sequence of configurations (tutorial, section 5).
 */
import { match } from "ts-pattern"
import type { ClientId, NodeId } from "../kernel/node.ts"
import { ignore, type Process } from "../kernel/process.ts"
import { isMajority } from "../majority/client.ts"
import type { Operation, Reconfigure } from "../register/operation.ts"
import { choosePair, isFixedPoint, receiveGetReply, receiveSetReply, startGet, startSet } from "./access.ts"
import { isNoNews } from "./configuration-map.ts"
import type { Message, Reply } from "./messages.ts"
import * as Reconfigurer from "./reconfigurer.ts"
import {
  type Choice,
  ClientState,
  type ClientStep,
  type Context,
  finish,
  type Getting,
  initial,
  type Setting
} from "./state.ts"

type Activity = ClientState["activity"]

/** An idle client begins an operation. */
const invoke = (context: Context, state: ClientState, operation: Operation): ClientStep => {
  if (state.activity._tag !== "Idle" || operation._tag === "Propose") return ignore(state)
  const begun: ClientState = { ...state, begun: state.begun + 1 }
  const step =
    operation._tag === "Reconfigure"
      ? Reconfigurer.startReconfiguration(context, begun, operation)
      : startGet(context, begun, { operation, goal: 0 })
  return { ...step, observations: [{ _tag: "Invocation", operation }, ...step.observations] }
}

/**
 * A client whose phase is at a fixed point goes on: from the Get phase to the Set phase, from the Set phase to the end of
 * the operation, or of Action 2. It may do so at once; until it does, answers still count.
 */
const goOn = (context: Context, self: ClientId, state: ClientState): ClientStep => {
  const { activity } = state
  if (activity._tag !== "Getting" && activity._tag !== "Setting") return ignore(state)
  if (!isFixedPoint(context, state, activity)) return ignore(state)
  return activity._tag === "Getting"
    ? endGet(context, self, state, activity)
    : endSet(context, state, activity)
}

const endGet = (context: Context, self: ClientId, state: ClientState, getting: Getting): ClientStep =>
  isOfReconfiguration(getting) && context.variant === "get-before-forward-pointer"
    ? Reconfigurer.startPoint(state, getting, getting.phase.answer)
    : startSet(state, getting, choosePair(self, getting))

const endSet = (context: Context, state: ClientState, setting: Setting): ClientStep =>
  isOfReconfiguration(setting)
    ? Reconfigurer.retire(context, state, setting)
    : finish(state, setting.operation, setting.operation._tag === "Read" ? setting.phase.answer.value : null)

const isOfReconfiguration = <A extends { readonly operation: Operation }>(
  activity: A
): activity is A & { readonly operation: Reconfigure } => activity.operation._tag === "Reconfigure"

/** Whatever a client receives. A reply counts if it answers what the client waits for; any other has no effect. */
const receive = (context: Context, state: ClientState, from: NodeId, message: Message): ClientStep => {
  const { activity } = state
  if (!isReply(message) || isSettled(state, message)) return ignore(state)
  const step = match([activity, message] as const)
    .with([{ _tag: "Getting" }, { _tag: "GetReply" }], ([getting, reply]) =>
      receiveGetReply(context, state, getting, from, reply)
    )
    .with([{ _tag: "Setting" }, { _tag: "SetReply" }], ([setting, reply]) =>
      receiveSetReply(context, state, setting, from, reply)
    )
    .with([{ _tag: "Pointing" }, { _tag: "PointReply" }], ([pointing, reply]) =>
      isOfReconfiguration(pointing)
        ? Reconfigurer.receivePointReply(context, state, pointing, from, reply)
        : ignore(state)
    )
    .with([{ _tag: "Retiring" }, { _tag: "RetireReply" }], ([retiring, reply]) =>
      isOfReconfiguration(retiring)
        ? Reconfigurer.receiveRetireReply(context, state, retiring, from, reply)
        : ignore(state)
    )
    .otherwise(() => ignore(state))
  return state.map.retired === step.state.map.retired ? step : overtaken(context, step)
}

/**
 * A client that is retiring a configuration learns that somebody else has: it goes on to the next one, if it still has to.
 */
const overtaken = (context: Context, step: ClientStep): ClientStep => {
  const { activity } = step.state
  return (activity._tag === "Getting" || activity._tag === "Setting") && isOfReconfiguration(activity)
    ? Reconfigurer.collectGarbage(context, step.state, activity)
    : step
}

const isReply = (message: Message): message is Reply =>
  message._tag === "GetReply" ||
  message._tag === "SetReply" ||
  message._tag === "PointReply" ||
  message._tag === "RetireReply"

/** The order of the stages in which a client asks, while the same number of configurations is retired. */
const rankOfActivity: Record<Activity["_tag"], number> = {
  Retiring: 0,
  Pointing: 1,
  Getting: 2,
  Setting: 3,
  Idle: 4
}
const rankOfMessage: Record<Message["_tag"], number> = {
  Retire: 0,
  RetireReply: 0,
  Point: 1,
  PointReply: 1,
  Get: 2,
  GetReply: 2,
  Set: 3,
  SetReply: 3
}

/** True when the client no longer waits for answers to this message, or for this answer: what asked is over. */
const isSettled = ({ begun, activity }: ClientState, { _tag, operation, retired }: Message): boolean => {
  if (operation !== begun || activity._tag === "Idle") return operation <= begun
  if (retired !== activity.retired) return retired < activity.retired
  return rankOfMessage[_tag] < rankOfActivity[activity._tag]
}

/** True when the order in which the stage takes its answers does not matter. */
const takesAnswersInAnyOrder = ({ activity }: ClientState): boolean =>
  activity._tag === "Getting" ||
  activity._tag === "Setting" ||
  (activity._tag !== "Idle" && activity.phase.configurations.every(isMajority))

export const client: Process<Context, ClientState, Operation, Message, Choice> = {
  role: "client",
  State: ClientState,
  durable: false,
  perRegister: ["activity"],
  initial: ({ configuration }) => initial(configuration),
  ready: (_context, _self, { activity }) => activity._tag === "Idle",
  choices: (context, _self, state) =>
    (state.activity._tag === "Getting" || state.activity._tag === "Setting") &&
    isFixedPoint(context, state, state.activity)
      ? [{ _tag: "GoOn" }]
      : [],
  step: (context, self, state, input) =>
    match(input)
      .with({ _tag: "Invoke" }, ({ operation }) => invoke(context, state, operation))
      .with({ _tag: "Receive" }, ({ from, message }) => receive(context, state, from, message))
      .with({ _tag: "Choose" }, () => goOn(context, self as ClientId, state))
      .exhaustive(),
  promises: {
    isObsolete: (_context, _self, state, _from, reply) => isSettled(state, reply),
    isSettled: (_context, _self, state, _to, request) => isSettled(state, request),
    // An answer that brings news of configurations is not one: whether the phase went on before it came matters.
    isAnswer: (_context, _self, state, _from, reply) =>
      isReply(reply) && isNoNews(state.map, reply.map) && takesAnswersInAnyOrder(state)
  }
}
