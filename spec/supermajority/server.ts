/**
 * The storage node of super-majority replication: the storage node of majority replication
 * (tutorial 2.3), except that it stores only what it believes.
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import type { Cryptography } from "../kernel/cryptography.ts"
import type { NodeId } from "../kernel/node.ts"
import { ignore, type NoOperation, type Process, type Step } from "../kernel/process.ts"
import type { GetRequest } from "../majority/messages.ts"
import type { ClientId } from "../nodes/nodes.ts"
import type { Message, SetRequest } from "./messages.ts"
import type { Rules } from "./rules.ts"
import { newer, Written } from "./signed-pair.ts"

/**
 * "Each storage node keeps a local copy of what it believes to be the most recent value", with its
 * timestamp.
 */
export const ServerState = Schema.Struct({ written: Written })
export type ServerState = typeof ServerState.Type

/** The parameters of a storage node. */
export interface Context {
  readonly rules: Pick<Rules, "believes" | "isNewer">
  readonly cryptography: Cryptography
  readonly clients: ReadonlyArray<ClientId>
}
type ServerStep = Step<ServerState, never, Message>

/**
 * A storage node receives a Get, at any time: it answers with its signed vt-pair. (2.3, Get phase.)
 */
export const receiveGet = (
  state: ServerState,
  from: NodeId,
  { operation }: GetRequest
): ServerStep => ({
  state,
  sends: [{ to: from, message: { _tag: "GetReply", operation, written: state.written } }],
  observations: []
})

/**
 * A storage node receives a Set, at any time. If it believes the pair, it stores the pair if the
 * timestamp is larger than its own, and acknowledges in either case (2.3, Set phase). If not, it
 * ignores the Set: the sender lies. (Two values under one timestamp: `isNewer`.)
 */
export const receiveSet = (
  { rules, cryptography }: Context,
  state: ServerState,
  from: NodeId,
  { operation, written }: SetRequest
): ServerStep => {
  if (!rules.believes(cryptography, written)) return ignore(state)
  return {
    state: { written: newer(state.written, written, rules.isNewer) },
    sends: [{ to: from, message: { _tag: "SetReply", operation } }],
    observations: []
  }
}

/**
 * Dispatches every message that a storage node receives. It serves clients and asks no questions,
 * so it receives no replies.
 */
export const receive = (
  context: Context,
  state: ServerState,
  from: NodeId,
  message: Message
): ServerStep =>
  !isClient(context, from)
    ? ignore(state)
    : match(message)
        .with({ _tag: "Get" }, (get) => receiveGet(state, from, get))
        .with({ _tag: "Set" }, (set) => receiveSet(context, state, from, set))
        .with({ _tag: "GetReply" }, { _tag: "SetReply" }, () => ignore(state))
        .exhaustive()

const isClient = ({ clients }: Context, node: NodeId): boolean =>
  clients.some((client) => client === node)

/**
 * True when the message has no effect on any storage node: it does not come from a client, or it is
 * a Set that no node believes.
 */
const isGarbage = (context: Context, from: NodeId, message: Message): boolean =>
  !isClient(context, from) ||
  (message._tag === "Set" && !context.rules.believes(context.cryptography, message.written))

/**
 * True when the message will never change the storage node: a Get, or a Set that is not newer than
 * its pair.
 */
export const onlyAnswers = (
  context: Context,
  state: ServerState,
  from: NodeId,
  message: Message
): boolean =>
  isGarbage(context, from, message) ||
  message._tag === "Get" ||
  (message._tag === "Set" && !context.rules.isNewer(message.written, state.written))

export const server: Process<Context, ServerState, NoOperation, never, Message> = {
  State: ServerState,
  durable: true,
  initial: () => ({ written: null }),
  ready: () => false,
  choices: () => [],
  step: (context, _self, state, input) =>
    match(input)
      .with({ _tag: "Receive" }, ({ from, message }) => receive(context, state, from, message))
      .with({ _tag: "Invoke" }, { _tag: "Choose" }, () => ignore(state))
      .exhaustive(),
  promises: {
    isObsolete: (context, _self, _state, from, message) => isGarbage(context, from, message),
    onlyAnswers: (context, _self, state, from, message) =>
      onlyAnswers(context, state, from, message)
  }
}
