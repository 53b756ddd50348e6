/**
 * A client of PBFT (Castro and Liskov, OSDI 1999, 4.1): it sends its signed request to all replicas
 * and "waits for f + 1 replies" that agree. The slot may hold another client's request.
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import { Propose, type ProposeObservation } from "../consensus/operation.ts"
import { SigningKey } from "../kernel/cryptography.ts"
import { including, setOf } from "../kernel/data.ts"
import { SetOf } from "../kernel/node.ts"
import { become, ignore, type Process, type Step } from "../kernel/process.ts"
import { ClientId, ServerId } from "../nodes/nodes.ts"
import { Value } from "../register/operation.ts"
import { type Context, maxFaulty } from "./collected.ts"
import type { Message } from "./messages.ts"

export const ClientState = Schema.Struct({
  key: SigningKey(ClientId),
  /** The pending operation, if any. */
  operation: Schema.NullOr(Propose),
  replies: SetOf(Schema.Struct({ server: ServerId, value: Value }))
})
export type ClientState = typeof ClientState.Type

/** The client returns a value that f+1 replicas replied. */
export interface Return {
  readonly _tag: "Return"
  readonly value: Value
}
type ClientStep = Step<ClientState, ProposeObservation, Message>

/** A client signs its request and sends it to all replicas. */
const invoke = (context: Context, state: ClientState, operation: Propose): ClientStep => {
  const request = context.cryptography.sign(state.key, operation.value)
  return {
    state: { ...state, operation },
    sends: context.servers.map((to) => ({ to, message: { _tag: "Request", request } })),
    observations: [{ _tag: "Invocation", operation }]
  }
}

/** The values replied by more than f replicas, at least one of them correct. */
const returnable = (
  context: Context,
  { operation, replies }: ClientState
): ReadonlyArray<Return> =>
  operation === null
    ? []
    : setOf(replies.map(({ value }) => value))
        .filter(
          (value) => replies.filter((reply) => reply.value === value).length > maxFaulty(context)
        )
        .map((value) => ({ _tag: "Return", value }))

export const client: Process<
  Context,
  ClientState,
  Propose,
  ProposeObservation,
  Message,
  Return,
  ClientId
> = {
  State: ClientState,
  durable: false,
  initial: ({ cryptography }, self) => ({
    key: cryptography.ownKey(self),
    operation: null,
    replies: []
  }),
  ready: (_context, _self, { operation }) => operation === null,
  choices: (context, _self, state) => returnable(context, state),
  step: (context, _self, state, input) =>
    match(input)
      .with({ _tag: "Invoke" }, ({ operation }) => invoke(context, state, operation))
      .with({ _tag: "Receive" }, ({ from, message }) => {
        const server = context.servers.find((one) => one === from)
        return message._tag !== "Reply" || server === undefined
          ? ignore(state)
          : become({
              ...state,
              replies: including(state.replies, { server, value: message.value })
            })
      })
      .with(
        { _tag: "Choose" },
        ({ choice: { value } }): ClientStep =>
          state.operation === null
            ? ignore(state)
            : {
                state: { ...state, operation: null },
                sends: [],
                observations: [{ _tag: "Response", operation: state.operation, result: value }]
              }
      )
      .exhaustive(),
  promises: {
    heeds: () => ["Reply"],
    isObsolete: (_context, _self, _state, _from, { _tag }) => _tag !== "Reply",
    isWelcome: () => true
  }
}
