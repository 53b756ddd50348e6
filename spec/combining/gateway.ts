/**
 * A gateway: it executes the operations of its users as a client of majority replication, one at a
 * time, and combines those that wait (`queue.ts`).
 */
import * as Schema from "effect/Schema"
import { Count, type NodeId } from "../kernel/node.ts"
import {
  ignore,
  type NoChoice,
  type NoOperation,
  type Process,
  type Step
} from "../kernel/process.ts"
import type { ContextOf } from "../kernel/protocol.ts"
import * as Majority from "../majority/client.ts"
import type * as Replication from "../majority/messages.ts"
import { ClientId } from "../nodes/nodes.ts"
import { Access, type AccessObservation } from "../register/operation.ts"
import type { StorageParameters } from "../storage/parameters.ts"
import { isOfMajority, type Message } from "./messages.ts"
import { type Answer, arrive, begin, empty, end } from "./queue.ts"
import { majorityContext } from "./replication.ts"
import type { Rules } from "./rules.ts"

/** A request, and the user that waits for its result. */
export const Request = Schema.Struct({ user: ClientId, number: Count, operation: Access })
export type Request = typeof Request.Type

export const GatewayState = Schema.Struct({
  queue: Schema.Struct({ served: Schema.Array(Request), waiting: Schema.Array(Request) }),
  client: Majority.ClientState
})
export type GatewayState = typeof GatewayState.Type

type Context = ContextOf<Pick<StorageParameters, "configuration">, Rules>
type GatewayStep = Step<GatewayState, never, Message>

const answer = (answers: ReadonlyArray<Answer<Request>>): GatewayStep["sends"] =>
  answers.map(({ request: { user, number }, result }) => ({
    to: user,
    message: { _tag: "Answered", number, result }
  }))

/** A gateway receives a request of a user. It begins an operation unless one is in execution. */
const receiveAsk = (context: Context, self: ClientId, state: GatewayState, request: Request) =>
  beginNext(context, self, { ...state, queue: arrive(context.rules, state.queue, [request]) })

/** A gateway without an operation in execution begins one, if users wait. */
const beginNext = (context: Context, self: ClientId, state: GatewayState): GatewayStep => {
  const { client } = state
  const next = client._tag === "Idle" ? begin(context.rules, state.queue) : undefined
  if (client._tag !== "Idle" || next === undefined) return ignore(state)
  const begun = Majority.invoke(majorityContext(context), self, client, next.operation)
  return {
    state: { queue: next.queue, client: begun.state },
    sends: [...answer(next.answers), ...begun.sends],
    observations: []
  }
}

/**
 * A gateway receives an answer of a storage node. If that ends the operation, it answers the users
 * that the operation served, and begins the next operation in the same step.
 */
const receiveReply = (
  context: Context,
  self: ClientId,
  state: GatewayState,
  from: NodeId,
  reply: Replication.Message
): GatewayStep => {
  const after = Majority.receive(majorityContext(context), self, state.client, from, reply)
  const response = after.observations.find(isResponse)
  const counted = { ...state, client: after.state }
  if (response === undefined) return { state: counted, sends: after.sends, observations: [] }
  const { queue, answers } = end(state.queue, response.result)
  const next = beginNext(context, self, { ...counted, queue })
  return { ...next, sends: [...answer(answers), ...next.sends] }
}

const isResponse = (
  observation: AccessObservation
): observation is Extract<AccessObservation, { readonly _tag: "Response" }> =>
  observation._tag === "Response"

export const gateway: Process<
  Context,
  GatewayState,
  NoOperation,
  never,
  Message,
  NoChoice,
  ClientId
> = {
  State: GatewayState,
  durable: false,
  initial: () => ({ queue: empty, client: Majority.initial }),
  ready: () => false,
  choices: () => [],
  step: (context, self, state, input) => {
    if (input._tag !== "Receive") return ignore(state)
    const { from, message } = input
    if (isOfMajority(message)) return receiveReply(context, self, state, from, message)
    if (message._tag === "Answered") return ignore(state)
    const { number, asked: operation } = message
    return receiveAsk(context, self, state, { user: from as ClientId, number, operation })
  },
  promises: {
    isObsolete: (context, _self, { client }, _from, message) =>
      isOfMajority(message)
        ? Majority.isSettled(majorityContext(context), client, message)
        : message._tag === "Answered",
    isSettled: (context, _self, { client }, _to, message) =>
      isOfMajority(message) && Majority.isSettled(majorityContext(context), client, message)
  }
}
