/**
 * The client of RDS. It differs from the client of RAMBO in two ways. It learns of configurations
 * as soon as they are accepted, since acceptors send every client the configurations they have
 * accepted. And a client whose ballot decides has completed Action 1 with it, since acceptors send
 * their pairs with their votes.
 */
import type { NodeId } from "../kernel/node.ts"
import { type Input, ignore, type Process } from "../kernel/process.ts"
import type { ClientId } from "../nodes/nodes.ts"
import * as Rambo from "../rambo/client.ts"
import { integrate, isDecided } from "../rambo/configuration-map.ts"
import { awaitAlso } from "../rambo/fixed-point.ts"
import type { RamboObservation } from "../rambo/observation.ts"
import type { Choice } from "../rambo/state.ts"
import { startTransfer } from "../rambo/state-transfer.ts"
import { initialPair, larger, type Pair } from "../register/pair.ts"
import type { StorageOperation } from "../storage/reconfiguration.ts"
import type { BallotReply, GetReply, Message, SetReply } from "./messages.ts"
import type { Context } from "./rules.ts"
import { ClientState, type ClientStep, type Deciding } from "./state.ts"

/**
 * A storage node answers in the Get or the Set phase. The client handles the answer as in RAMBO,
 * and adds the configurations that the node has accepted to the phase. (If the answer restarts the
 * phase, the client will receive them again.)
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
 * An acceptor answers, and the client keeps the larger pair. If the answer decides, the client
 * copies the pair it has collected.
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
 * After this step the client may have entered an instance of consensus. If it collects pairs there,
 * it starts with the initial pair.
 */
const collecting = (context: Context, step: ClientStep): ClientStep => {
  const { activity, map } = step.state
  return activity._tag === "Deciding" && context.rules.collectsIn(activity.instance, map.retired)
    ? holding(step, activity, initialPair)
    : step
}

/** The step, with the pair collected in the client's instance of consensus. */
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
  RamboObservation,
  Message,
  Choice,
  ClientId
> = { ...Rambo.client, State: ClientState, step }
