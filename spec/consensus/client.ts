/**
 * A client that proposes values to one instance of consensus and returns the decision. (Tutorial,
 * section 5: "each correct node proposes some value and must reach an irrevocable decision on a
 * value".)
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import { type Configuration, countsOnly } from "../configuration/configuration.ts"
import { Count } from "../kernel/node.ts"
import { ignore, type Process, type Step } from "../kernel/process.ts"
import type { ClientId } from "../nodes/nodes.ts"
import { isBefore, past } from "../phase/position.ts"
import { Value } from "../register/operation.ts"
import { ballots } from "./bounds.ts"
import type { Message } from "./messages.ts"
import type { Propose, ProposeObservation } from "./operation.ts"
import * as Proposer from "./proposer.ts"
import type { Rules } from "./rules.ts"

/** A client without a proposal, and the last round it took part in. */
export const Idle = Schema.TaggedStruct("Idle", { round: Count })
export const ClientState = Schema.Union([Idle, Proposer.Proposer(Value)])
export type ClientState = typeof ClientState.Type

/** A preempted client begins a new ballot. */
export const Retry = Schema.TaggedStruct("Retry", {})
export type Retry = typeof Retry.Type

/** A client's parameters: the acceptors, the rules, and the host's bounds. */
export interface Context {
  readonly configuration: Configuration
  readonly rules: Rules
  readonly bounds?: Readonly<Record<string, number>>
}
type ClientStep = Step<ClientState, ProposeObservation, Message<Value>>

/** An idle client proposes a value: it begins a ballot above the last one it took part in. */
const invoke = (
  { configuration }: Context,
  self: ClientId,
  { round }: typeof Idle.Type,
  operation: Propose
): ClientStep => {
  const started = Proposer.startBallot(self, configuration, round + 1, operation.value)
  return {
    ...afterProposer(operation.value, started),
    observations: [{ _tag: "Invocation", operation }]
  }
}

/** Turns a step of the proposer of this value into a step of the client. */
const afterProposer = (
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

const isSettled = (state: ClientState, message: Message<Value>): boolean =>
  state._tag === "Idle"
    ? isBefore([message.ballot.round], [state.round, past])
    : Proposer.isSettled(state, message)

export const client: Process<
  Context,
  ClientState,
  Propose,
  ProposeObservation,
  Message<Value>,
  Retry,
  ClientId
> = {
  State: ClientState,
  durable: true,
  initial: () => ({ _tag: "Idle", round: 0 }),
  ready: (_context, _self, state) => state._tag === "Idle",
  choices: (context, _self, state) =>
    state._tag === "Preempted" && Proposer.mayRetry(context, state) ? [{ _tag: "Retry" }] : [],
  step: (context, self, state, input) =>
    match(input)
      .with({ _tag: "Invoke" }, ({ operation }) =>
        state._tag === "Idle" ? invoke(context, self, state, operation) : ignore(state)
      )
      .with({ _tag: "Receive" }, ({ from, message }) =>
        state._tag === "Idle"
          ? ignore(state)
          : afterProposer(state.value, Proposer.receive(context.rules, state, from, message))
      )
      .with({ _tag: "Choose" }, () =>
        state._tag === "Preempted"
          ? afterProposer(state.value, Proposer.retry(self, context.configuration, state))
          : ignore(state)
      )
      .exhaustive(),
  atBound: (context, state) =>
    state._tag === "Preempted" && !Proposer.mayRetry(context, state) ? ballots.name : undefined,
  promises: {
    isObsolete: (_context, _self, state, _from, reply) => isSettled(state, reply),
    isSettled: (_context, _self, state, _to, request) => isSettled(state, request),
    isAnswer: ({ configuration }, _self, _state, _from, { _tag }) =>
      countsOnly(configuration) && (_tag === "Promise" || _tag === "Accepted")
  }
}
