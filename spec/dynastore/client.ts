/**
 * The client of DynaStore (tutorial 6): between operations it knows a view; in an operation it traverses the graph from
 * there (`traversal.ts`).
 */
import * as Schema from "effect/Schema"
import { match, P } from "ts-pattern"
import type { ClientId, NodeId } from "../kernel/node.ts"
import { ignore, type NoChoice, type Process, type Step } from "../kernel/process.ts"
import { isMajority } from "../majority/client.ts"
import type { StorageOperation } from "../register/operation.ts"
import type { Message } from "./messages.ts"
import {
  type Context,
  type Over,
  receiveAnswer,
  receiveGetReply,
  receiveSetReply,
  startTraversal,
  Traversing
} from "./traversal.ts"
import { initialView, View } from "./view.ts"

/** Between operations a client keeps the view that the last one ended in, and how many it has begun. */
export const Idle = Schema.TaggedStruct("Idle", { begun: Schema.Int, view: View })

export const ClientState = Schema.Union([Idle, Traversing])
export type ClientState = typeof ClientState.Type

type ClientStep = Step<ClientState, StorageOperation, Message>

/** The client's step, from the traversal's. */
const within = ({ state, ...rest }: Step<Traversing | Over, StorageOperation, Message>): ClientStep => ({
  ...rest,
  state: state._tag === "Over" ? { ...state, _tag: "Idle" } : state
})

/** Whatever a client receives. An answer counts if it belongs to the current phase; no question is meant for a client. */
const receive = (
  context: Context,
  self: ClientId,
  state: ClientState,
  from: NodeId,
  message: Message
): ClientStep => {
  if (state._tag === "Idle" || isSettled(state, message)) return ignore(state)
  const step = match(message)
    .with({ _tag: P.union("Endorsed", "Stored", "Collected") }, (answer) =>
      receiveAnswer(context, self, state, from, answer)
    )
    .with({ _tag: "GetReply" }, (reply) => receiveGetReply(context, self, state, from, reply))
    .with({ _tag: "SetReply" }, () => receiveSetReply(context, self, state, from))
    .with({ _tag: P.union("Endorse", "Store", "Collect", "Get", "Set") }, () => undefined)
    .exhaustive()
  return step === undefined ? ignore(state) : within(step)
}

/** True when the client no longer waits for answers to this message of its own: its phase, or operation, is over. */
const isSettled = (state: ClientState, { operation, phase }: Message): boolean =>
  operation < state.begun || (operation === state.begun && (state._tag === "Idle" || phase < state.phase))

export const client: Process<Context, ClientState, StorageOperation, Message, NoChoice> = {
  role: "client",
  State: ClientState,
  durable: false,
  perRegister: [],
  initial: (context) => ({ _tag: "Idle", begun: 0, view: initialView(context) }),
  ready: (_context, _self, { _tag }) => _tag === "Idle",
  choices: () => [],
  step: (context, self, state, input) =>
    match(input)
      .with({ _tag: "Invoke" }, ({ operation }) =>
        state._tag === "Idle"
          ? within(startTraversal(context, self as ClientId, state.begun + 1, state.view, operation))
          : ignore(state)
      )
      .with({ _tag: "Receive" }, ({ from, message }) =>
        receive(context, self as ClientId, state, from, message)
      )
      .with({ _tag: "Choose" }, () => ignore(state))
      .exhaustive(),
  promises: {
    isObsolete: (_context, _self, state, _from, answer) => isSettled(state, answer),
    isSettled: (_context, _self, state, _to, question) => isSettled(state, question),
    isAnswer: ({ configuration }) => isMajority(configuration)
  }
}
