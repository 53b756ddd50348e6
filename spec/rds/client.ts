/**
 * The client of RDS: that of RAMBO, but that it hears of configurations as soon as they are
 * accepted, and that a client that has itself brought about a decision was at the same time through
 * Action 1: acceptors tell whoever asks them what they have accepted, and with their votes they
 * have said what they held.
 */
import type { NodeId } from "../kernel/node.ts"
import { type Input, ignore, type Process } from "../kernel/process.ts"
import type { ClientId } from "../nodes/nodes.ts"
import * as Rambo from "../rambo/client.ts"
import { integrate, isDecided } from "../rambo/configuration-map.ts"
import { awaitAlso } from "../rambo/fixed-point.ts"
import type { Choice } from "../rambo/state.ts"
import { startTransfer } from "../rambo/state-transfer.ts"
import { initialPair, larger, type Pair } from "../register/pair.ts"
import type { StorageObservation, StorageOperation } from "../storage/reconfiguration.ts"
import type { BallotReply, GetReply, Message, SetReply } from "./messages.ts"
import type { Context } from "./rules.ts"
import { ClientState, type ClientStep, type Deciding } from "./state.ts"

/**
 * A storage node answers in the Get or the Set phase: the client takes the answer as in RAMBO, and
 * waits for what the node has accepted as well. (Unless the phase restarts because of the answer:
 * then it will be told again.)
 */
const receiveReply = (
  context: Context,
  self: ClientId,
  state: ClientState,
  from: NodeId,
  reply: GetReply | SetReply
): ClientStep => {
  const step = Rambo.step(context, self, state, { _tag: "Receive", from, message: reply })
  const { activity } = step.state
  if (activity === state.activity || step.state.map.retired > state.map.retired) return step
  if (activity._tag !== "Getting" && activity._tag !== "Setting") return step
  const asking = awaitAlso(step.state, activity, reply.accepted)
  return { ...asking, sends: [...step.sends, ...asking.sends] }
}

/**
 * An acceptor answers: the client counts what it holds. If it brings about the decision, it copies
 * that.
 */
const receiveBallotReply = (
  context: Context,
  self: ClientId,
  state: ClientState,
  deciding: Deciding,
  from: NodeId,
  reply: BallotReply
): ClientStep => {
  const step: ClientStep = Rambo.step(context, self, state, {
    _tag: "Receive",
    from,
    message: reply
  })
  const { activity } = step.state
  const held = deciding.pair && larger(deciding.pair, reply.pair ?? initialPair)
  if (activity._tag === "Deciding" && activity.instance === deciding.instance)
    return held === undefined ? step : holding(step, activity, held)
  const isTold = isDecided(integrate(state.map, reply.map), deciding.instance)
  if (held === undefined || isTold || activity._tag !== "StoringPointer")
    return collecting(context, step)
  const isOfOldest = activity.goal === activity.retired + 1
  return isOfOldest
    ? startTransfer(context, step.state, activity, context.rules.copies(held))
    : step
}

/**
 * A step after which the client may be in an instance of consensus: it has collected nothing there,
 * if it collects at all.
 */
const collecting = (context: Context, step: ClientStep): ClientStep => {
  const { activity, map } = step.state
  return activity._tag === "Deciding" && context.rules.collectsIn(activity.instance, map.retired)
    ? holding(step, activity, initialPair)
    : step
}

/** The step with what acceptors hold in the instance that the client is in. */
const holding = (step: ClientStep, deciding: Deciding, pair: Pair): ClientStep => ({
  ...step,
  state: { ...step.state, activity: { ...deciding, pair } }
})

const step = (
  context: Context,
  self: ClientId,
  state: ClientState,
  input: Input<StorageOperation, Message, Choice>
): ClientStep => {
  if (input._tag === "Receive") {
    const { from, message } = input
    if (Rambo.isSettled(state, from, message)) return ignore(state)
    if (message._tag === "GetReply" || message._tag === "SetReply")
      return receiveReply(context, self, state, from, message)
    if (message._tag === "BallotReply" && state.activity._tag === "Deciding")
      return receiveBallotReply(context, self, state, state.activity, from, message)
  }
  const taken = Rambo.step(context, self, state, input)
  return taken.state.activity === state.activity ? taken : collecting(context, taken)
}

export const client: Process<
  Context,
  ClientState,
  StorageOperation,
  StorageObservation,
  Message,
  Choice,
  ClientId
> = { ...Rambo.client, State: ClientState, step }
