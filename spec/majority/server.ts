/**
 * The storage node of majority replication (tutorial 2.3).
 */

import * as Schema from "effect/Schema"
import { noChoices } from "../kernel/keyed.ts"
import type { NodeId } from "../kernel/node.ts"
import { ignore, type NoOperation, type Process, type Step } from "../kernel/process.ts"
import { initialPair, isLarger, Pair } from "../register/pair.ts"
import type { GetRequest, Message, SetRequest } from "./messages.ts"
import type { Rules } from "./rules.ts"

/**
 * "Each storage node keeps a local copy of what it believes to be the most recent value", with its
 * timestamp.
 */
export const ServerState = Schema.Struct({ pair: Pair })
export type ServerState = typeof ServerState.Type

/** A storage node's parameters. */
export interface Context {
  readonly rules: Pick<Rules, "acknowledgesOlder" | "kept">
}
type ServerStep<State extends ServerState> = Step<State, never, Message>

/**
 * A storage node receives a Get, at any time, and replies with its vt-pair. (2.3, Get phase:
 * clients "ask storage nodes to send their vt-pairs".)
 */
export const receiveGet = <State extends ServerState>(
  state: State,
  from: NodeId,
  { operation }: GetRequest
): ServerStep<State> => ({
  state,
  sends: [{ to: from, message: { _tag: "GetReply", operation, pair: state.pair } }],
  observations: []
})

/**
 * A storage node receives a Set, at any time. It stores the pair if the timestamp is larger than
 * its own, and acknowledges in either case. (2.3, Set phase.)
 */
export const receiveSet = <State extends ServerState>(
  { rules }: Context,
  state: State,
  from: NodeId,
  { operation, pair }: SetRequest
): ServerStep<State> => {
  const stores = isLarger(pair.timestamp, state.pair.timestamp)
  const acknowledges = stores || rules.acknowledgesOlder
  return {
    state: stores ? { ...state, pair: rules.kept(pair) } : state,
    sends: acknowledges ? [{ to: from, message: { _tag: "SetReply", operation } }] : [],
    observations: []
  }
}

/** A storage node receives a message. It sends no requests, so it ignores replies. */
export const receive = <State extends ServerState>(
  context: Context,
  state: State,
  from: NodeId,
  message: Message
): ServerStep<State> => {
  switch (message._tag) {
    case "Get":
      return receiveGet(state, from, message)
    case "Set":
      return receiveSet(context, state, from, message)
    case "GetReply":
    case "SetReply":
      return ignore(state)
  }
}

/**
 * True if the message will never change the storage node: a Get, or a Set that is not newer than
 * the node's pair.
 */
export const onlyAnswers = (state: ServerState, message: Message): boolean =>
  message._tag === "Get" ||
  (message._tag === "Set" && !isLarger(message.pair.timestamp, state.pair.timestamp))

export const server: Process<Context, ServerState, NoOperation, never, Message> = {
  State: ServerState,
  durable: true,
  initial: () => ({ pair: initialPair }),
  ready: () => false,
  choices: noChoices,
  step: (context, _self, state, input) => {
    switch (input._tag) {
      case "Receive":
        return receive(context, state, input.from, input.message)
      case "Invoke":
      case "Choose":
        return ignore(state)
    }
  },
  promises: { onlyAnswers: (_context, _self, state, _from, message) => onlyAnswers(state, message) }
}
