/**
 * The storage node under reconfiguration with a sequence of configurations (tutorial, section 5): "each storage node
 * stores a vt-pair and a local variable cmap".
 */
import * as Schema from "effect/Schema"
import { match, P } from "ts-pattern"
import type { NodeId } from "../kernel/node.ts"
import { ignore, type Process, type Step } from "../kernel/process.ts"
import type { Setup } from "../kernel/protocol.ts"
import type { Operation } from "../register/operation.ts"
import { initialPair, isLarger, Pair } from "../register/pair.ts"
import { ConfigurationMap, initial, integrate, isNoNews } from "./configuration-map.ts"
import type { GetRequest, Message, Point, Retire, SetRequest } from "./messages.ts"
import type { Choice } from "./state.ts"
import type { VariantName } from "./variants.ts"

export const ServerState = Schema.Struct({ pair: Pair, map: ConfigurationMap })
export type ServerState = typeof ServerState.Type
type ServerStep = Step<ServerState, never, Message>

/** A storage node receives a Get, at any time: it "replies with its vt-pair and its cmap". (Section 5, Get phase.) */
export const receiveGet = (
  state: ServerState,
  from: NodeId,
  { operation, retired }: GetRequest
): ServerStep => ({
  state,
  sends: [{ to: from, message: { _tag: "GetReply", operation, retired, ...state } }],
  observations: []
})

/**
 * A storage node receives a Set, at any time: it "updates its vt-pair if" the timestamp is larger, "and then sends back
 * an acknowledgement", with its cmap. (Section 5, Set phase.)
 */
export const receiveSet = (
  state: ServerState,
  from: NodeId,
  { operation, retired, pair }: SetRequest
): ServerStep => ({
  state: isLarger(pair.timestamp, state.pair.timestamp) ? { ...state, pair } : state,
  sends: [{ to: from, message: { _tag: "SetReply", operation, retired, map: state.map } }],
  observations: []
})

/**
 * A storage node of an old configuration is told of the next: it integrates the cmap into its own, and says what it holds.
 * (Section 5, Action 1: "the next configuration has been stored in the local cmap variables".)
 */
export const receivePoint = (
  state: ServerState,
  from: NodeId,
  { operation, retired, map }: Point
): ServerStep => {
  const told = { ...state, map: integrate(state.map, map) }
  return {
    state: told,
    sends: [{ to: from, message: { _tag: "PointReply", operation, retired, ...told } }],
    observations: []
  }
}

/** A storage node is told that a configuration is retired: it integrates the cmap into its own. (Section 5, third step.) */
export const receiveRetire = (
  state: ServerState,
  from: NodeId,
  { operation, retired, map }: Retire
): ServerStep => {
  const told = { ...state, map: integrate(state.map, map) }
  return {
    state: told,
    sends: [{ to: from, message: { _tag: "RetireReply", operation, retired, map: told.map } }],
    observations: []
  }
}

/** Whatever a storage node receives. It asks nothing, so no reply is meant for it. */
export const receive = (state: ServerState, from: NodeId, message: Message): ServerStep =>
  match(message)
    .with({ _tag: "Get" }, (get) => receiveGet(state, from, get))
    .with({ _tag: "Set" }, (set) => receiveSet(state, from, set))
    .with({ _tag: "Point" }, (point) => receivePoint(state, from, point))
    .with({ _tag: "Retire" }, (retire) => receiveRetire(state, from, retire))
    .with({ _tag: P.union("GetReply", "SetReply", "PointReply", "RetireReply") }, () => ignore(state))
    .exhaustive()

/** True when the message will never change the storage node: it tells it nothing that it does not know. */
export const onlyAnswers = ({ pair, map }: ServerState, message: Message): boolean => {
  switch (message._tag) {
    case "Get":
      return true
    case "Set":
      return !isLarger(message.pair.timestamp, pair.timestamp)
    case "Point":
    case "Retire":
      return isNoNews(map, message.map)
    default:
      return false
  }
}

export const server: Process<Setup<VariantName>, ServerState, Operation, Message, Choice> = {
  role: "server",
  State: ServerState,
  durable: true,
  perRegister: ["pair"],
  initial: ({ configuration }) => ({ pair: initialPair, map: initial(configuration) }),
  ready: () => false,
  choices: () => [],
  step: (_context, _self, state, input) =>
    match(input)
      .with({ _tag: "Receive" }, ({ from, message }) => receive(state, from, message))
      .with({ _tag: P.union("Invoke", "Choose") }, () => ignore(state))
      .exhaustive(),
  promises: { onlyAnswers: (_context, _self, state, _from, message) => onlyAnswers(state, message) }
}
