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

/**
 * A storage node receives a Get, at any time: it "replies with its vt-pair and its cmap". (Section 5, Get phase.) If the
 * request has a cmap, it is integrated first.
 */
export const receiveGet = (
  state: ServerState,
  from: NodeId,
  { operation, retired, map }: GetRequest
): ServerStep => {
  const told = map === null ? state : { ...state, map: integrate(state.map, map) }
  return {
    state: told,
    sends: [{ to: from, message: { _tag: "GetReply", operation, retired, ...told } }],
    observations: []
  }
}

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
 * A storage node receives a cmap to store: it integrates it into its own, and says so. (Section 5, Action 1: "the next
 * configuration has been stored in the local cmap variables"; and, once the old one is retired, the third step.)
 */
export const receiveMap = (
  state: ServerState,
  from: NodeId,
  { _tag, operation, retired, map }: Point | Retire
): ServerStep => {
  const integrated = integrate(state.map, map)
  const reply = { operation, retired, map: integrated }
  return {
    state: { ...state, map: integrated },
    sends: [{ to: from, message: { _tag: _tag === "Point" ? "PointReply" : "RetireReply", ...reply } }],
    observations: []
  }
}

/** Whatever a storage node receives. It asks nothing, so no reply is meant for it. */
export const receive = (state: ServerState, from: NodeId, message: Message): ServerStep =>
  match(message)
    .with({ _tag: "Get" }, (get) => receiveGet(state, from, get))
    .with({ _tag: "Set" }, (set) => receiveSet(state, from, set))
    .with({ _tag: P.union("Point", "Retire") }, (told) => receiveMap(state, from, told))
    .with({ _tag: P.union("GetReply", "SetReply", "PointReply", "RetireReply") }, () => ignore(state))
    .exhaustive()

/** True when the message will never change the storage node: it tells it nothing that it does not know. */
export const onlyAnswers = ({ pair, map }: ServerState, message: Message): boolean => {
  switch (message._tag) {
    case "Get":
      return message.map === null || isNoNews(map, message.map)
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
