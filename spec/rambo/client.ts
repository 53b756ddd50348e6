/**
 * The client under reconfiguration with a sequence of configurations (tutorial, section 5).
 */
import { match } from "ts-pattern"
import type { ClientId, NodeId } from "../kernel/node.ts"
import { ignore, type Process } from "../kernel/process.ts"
import { isMajority } from "../majority/client.ts"
import type { Operation } from "../register/operation.ts"
import { choosePair, isFixedPoint, receiveGetReply, receiveSetReply, startGet, startSet } from "./access.ts"
import type { Message, Reply } from "./messages.ts"
import * as Reconfigurer from "./reconfigurer.ts"
import { type Choice, ClientState, type ClientStep, type Context, finish, initial } from "./state.ts"

/** An idle client begins an operation. */
const invoke = (context: Context, state: ClientState, operation: Operation): ClientStep => {
  if (state.activity._tag !== "Idle" || operation._tag === "Propose") return ignore(state)
  const begun: ClientState = { ...state, begun: state.begun + 1 }
  const step =
    operation._tag === "Reconfigure"
      ? Reconfigurer.startReconfiguration(context, begun, operation)
      : startGet(begun, operation)
  return { ...step, observations: [{ _tag: "Invocation", operation }, ...step.observations] }
}

/**
 * A client whose phase is at a fixed point goes on: from the Get phase to the Set phase, from the Set phase to the end of
 * the operation: a write returns ok, a read the value that it stored. It may go on at once; until it does, answers count.
 */
const goOn = (context: Context, self: ClientId, state: ClientState): ClientStep => {
  const { activity } = state
  if (activity._tag !== "Getting" && activity._tag !== "Setting") return ignore(state)
  if (!isFixedPoint(context, state, activity)) return ignore(state)
  const { operation, phase } = activity
  return activity._tag === "Getting"
    ? startSet(state, operation, choosePair(self, activity))
    : finish(state, operation, operation._tag === "Read" ? phase.answer.value : null)
}

/** Whatever a client receives. A reply counts if it answers what the client waits for; any other has no effect. */
const receive = (context: Context, state: ClientState, from: NodeId, message: Message): ClientStep => {
  if (!isReply(message) || isSettled(state, message)) return ignore(state)
  return match([state.activity, message] as const)
    .with([{ _tag: "Getting" }, { _tag: "GetReply" }], ([getting, reply]) =>
      receiveGetReply(context, state, getting, from, reply)
    )
    .with([{ _tag: "Setting" }, { _tag: "SetReply" }], ([setting, reply]) =>
      receiveSetReply(context, state, setting, from, reply)
    )
    .with(
      [{ _tag: "Pointing" }, { _tag: "PointReply" }],
      [{ _tag: "Copying" }, { _tag: "GetReply" }],
      [{ _tag: "Populating" }, { _tag: "SetReply" }],
      [{ _tag: "Retiring" }, { _tag: "RetireReply" }],
      ([stage, reply]) => Reconfigurer.receiveReply(context, state, stage, from, reply)
    )
    .otherwise(() => ignore(state))
}

const isReply = (message: Message): message is Reply =>
  message._tag === "GetReply" ||
  message._tag === "SetReply" ||
  message._tag === "PointReply" ||
  message._tag === "RetireReply"

/** The order of the stages in which a client asks, while the same number of configurations is retired. */
const rankOfActivity: Record<ClientState["activity"]["_tag"], number> = {
  Retiring: 0,
  Pointing: 1,
  Getting: 2,
  Copying: 2,
  Setting: 3,
  Populating: 3,
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
    // What brings news of a retirement is not one: a phase that begins anew forgets what it would have learned before.
    isAnswer: (_context, _self, state, _from, reply) =>
      isReply(reply) && reply.map.retired <= state.map.retired && takesAnswersInAnyOrder(state)
  }
}
