/**
 * A client that proposes values to one instance of consensus and returns what was decided. (Tutorial, section 5: "each
 * correct node proposes some value and must reach an irrevocable decision on a value".)
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import type { ClientId, NodeId } from "../kernel/node.ts"
import { ignore, type Process, type Step } from "../kernel/process.ts"
import type { Setup } from "../kernel/protocol.ts"
import { isMajority } from "../majority/client.ts"
import { type Operation, Value } from "../register/operation.ts"
import type { Message } from "./messages.ts"
import * as Proposer from "./proposer.ts"
import type { VariantName } from "./variants.ts"

/** A client that proposes nothing now, and the last round that it took part in. */
export const Idle = Schema.TaggedStruct("Idle", { round: Schema.Int })
export const ClientState = Schema.Union([Idle, Proposer.Proposer(Value)])
export type ClientState = typeof ClientState.Type

/** A preempted client begins a new ballot. */
export const Retry = Schema.TaggedStruct("Retry", {})
export type Retry = typeof Retry.Type

type Context = Setup<VariantName>
type ClientStep = Step<ClientState, Operation, Message<Value>>

/** A client's proposal, as it stands in its script. */
const invoke = (
  context: Context,
  self: ClientId,
  state: typeof Idle.Type,
  operation: Operation
): ClientStep => {
  if (operation._tag !== "Propose") return ignore(state)
  const started = Proposer.startBallot(self, context.configuration, state.round + 1, operation.value)
  return { ...within(operation.value, started), observations: [{ _tag: "Invocation", operation }] }
}

/** The client's step, from the step of the proposer that it is, with its own value. */
const within = (
  value: Value,
  step: Step<Proposer.Proposer<Value> | Proposer.Decided<Value>, never, Message<Value>>
): ClientStep => {
  if (step.state._tag !== "Decided") return { ...step, state: step.state }
  const { round, decision } = step.state
  return {
    state: { _tag: "Idle", round },
    sends: step.sends,
    observations: [{ _tag: "Response", operation: { _tag: "Propose", value }, result: decision }]
  }
}

const receive = (
  { variant }: Context,
  state: ClientState,
  from: NodeId,
  message: Message<Value>
): ClientStep =>
  state._tag === "Idle"
    ? ignore(state)
    : within(state.value, Proposer.receive<Value>(variant, state, from, message))

const isSettled = (state: ClientState, message: Message<Value>): boolean =>
  state._tag === "Idle" ? message.ballot.round <= state.round : Proposer.isSettled(state, message)

export const client: Process<Context, ClientState, Operation, Message<Value>, Retry> = {
  role: "client",
  State: ClientState,
  durable: true,
  perRegister: [],
  initial: () => ({ _tag: "Idle", round: 0 }),
  ready: (_context, _self, state) => state._tag === "Idle",
  choices: (context, _self, state) =>
    state._tag === "Preempted" && Proposer.mayRetry(context, state) ? [{ _tag: "Retry" }] : [],
  step: (context, self, state, input) =>
    match(input)
      .with({ _tag: "Invoke" }, ({ operation }) =>
        state._tag === "Idle" ? invoke(context, self as ClientId, state, operation) : ignore(state)
      )
      .with({ _tag: "Receive" }, ({ from, message }) => receive(context, state, from, message))
      .with({ _tag: "Choose" }, () =>
        state._tag === "Preempted"
          ? within(state.value, Proposer.retry<Value>(self as ClientId, context.configuration, state))
          : ignore(state)
      )
      .exhaustive(),
  promises: {
    isObsolete: (_context, _self, state, _from, reply) => isSettled(state, reply),
    isSettled: (_context, _self, state, _to, request) => isSettled(state, request),
    isAnswer: ({ configuration }, _self, _state, _from, { _tag }) =>
      isMajority(configuration) && (_tag === "Promise" || _tag === "Accepted")
  }
}
