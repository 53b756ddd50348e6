/**
 * The storage node under reconfiguration along an agreed sequence (tutorial, section 5): "each
 * storage node stores a vt-pair and a local variable cmap".
 */
import * as Schema from "effect/Schema"
import { Configuration } from "../configuration/configuration.ts"
import * as Acceptor from "../consensus/acceptor.ts"
import { correct as consensus } from "../consensus/rules.ts"
import { equals, setOf } from "../kernel/data.ts"
import { Count, type NodeId, SetOf } from "../kernel/node.ts"
import {
  ignore,
  type NoChoice,
  type NoOperation,
  type Process,
  type Step
} from "../kernel/process.ts"
import type { ServerId } from "../nodes/nodes.ts"
import { initialPair, isLarger, Pair } from "../register/pair.ts"
import { ConfigurationMap, initial, integrate, isDecided, isNoNews } from "./configuration-map.ts"
import type { Ballot, GetRequest, Message, Retire, SetRequest, StorePointer } from "./messages.ts"
import type { Context, Ruled } from "./rules.ts"

export const ServerState = Schema.Struct({
  pair: Pair,
  map: ConfigurationMap,
  /**
   * The node's acceptors, by the index of the configuration; only of instances it does not know to
   * be decided.
   */
  instances: SetOf(Schema.Struct({ instance: Count, acceptor: Acceptor.Acceptor(Configuration) }))
})
export type ServerState = typeof ServerState.Type
type ServerStep = Step<ServerState, never, Message>

/**
 * A storage node receives a Get, at any time, and "replies with its vt-pair and its cmap". (Section
 * 5, Get phase.)
 */
export const receiveGet = (
  state: ServerState,
  from: NodeId,
  { operation, phase }: GetRequest
): ServerStep => {
  const { pair, map } = state
  const reply = { _tag: "GetReply", operation, phase, pair, map } as const
  return { state, sends: [{ to: from, message: reply }], observations: [] }
}

/**
 * A storage node receives a Set, at any time. It "updates its vt-pair if" the timestamp is larger,
 * "and then sends back an acknowledgement", with its cmap. (Section 5, Set phase.)
 */
export const receiveSet = (
  state: ServerState,
  from: NodeId,
  { operation, phase, pair }: SetRequest
): ServerStep => {
  const reply = { _tag: "SetReply", operation, phase, map: state.map } as const
  return {
    state: isLarger(pair.timestamp, state.pair.timestamp) ? { ...state, pair } : state,
    sends: [{ to: from, message: reply }],
    observations: []
  }
}

/**
 * A storage node of an old configuration receives the forward pointer. It integrates the cmap into
 * its own, and replies with its pair. (Section 5, Action 1: "the next configuration has been stored
 * in the local cmap variables".)
 */
export const receiveStorePointer = (
  context: Ruled,
  state: ServerState,
  from: NodeId,
  { operation, phase, map }: StorePointer
): ServerStep => {
  const after = withMap(context, state, map)
  return {
    state: after,
    sends: [
      {
        to: from,
        message: { _tag: "PointerStored", operation, phase, pair: after.pair, map: after.map }
      }
    ],
    observations: []
  }
}

/**
 * A storage node receives the retirement of a configuration, and integrates the cmap into its own.
 * (Section 5, third step.)
 */
export const receiveRetire = (
  context: Ruled,
  state: ServerState,
  from: NodeId,
  { operation, phase, map }: Retire
): ServerStep => {
  const after = withMap(context, state, map)
  return {
    state: after,
    sends: [{ to: from, message: { _tag: "Retired", operation, phase, map: after.map } }],
    observations: []
  }
}

/**
 * A storage node receives a message for its acceptor in an instance of consensus. (Section 5:
 * "there is a consensus instance associated with each configuration, allowing the nodes in it to
 * agree on the subsequent configuration".) A node that knows the subsequent configuration rejects
 * the request and sends its cmap; it no longer needs the acceptor. It never votes for a
 * configuration that may not succeed.
 */
export const receiveBallot = (
  { rules }: Ruled,
  state: ServerState,
  from: NodeId,
  { operation, phase, instance, message }: Ballot
): ServerStep => {
  const reply = { _tag: "BallotReply", operation, phase, instance, map: state.map } as const
  const isRefused = message._tag === "Accept" && !rules.maySucceed(message.value)
  if (isRefused || isDecided(state.map, instance))
    return {
      state,
      sends: [{ to: from, message: { ...reply, message: Acceptor.refusal(message) } }],
      observations: []
    }
  const key = rules.instances.of(instance)
  const acceptor = acceptorOf(state, key)
  const step = Acceptor.receive<Configuration>(consensus, acceptor, from, message)
  const others = state.instances.filter((one) => one.instance !== key)
  return {
    state: equals(step.state, acceptor)
      ? state
      : { ...state, instances: setOf([...others, { instance: key, acceptor: step.state }]) },
    sends: step.sends.map(({ to, message: answer }) => ({
      to,
      message: { ...reply, message: answer }
    })),
    observations: []
  }
}

const acceptorOf = (
  { instances }: ServerState,
  instance: number
): Acceptor.Acceptor<Configuration> =>
  instances.find((one) => one.instance === instance)?.acceptor ?? Acceptor.initial

/**
 * The state after integrating the map, without the acceptors of instances now known to be decided.
 */
const withMap = ({ rules }: Ruled, state: ServerState, map: ConfigurationMap): ServerState => {
  const integrated = integrate(state.map, map)
  return {
    ...state,
    map: integrated,
    instances: state.instances.filter(
      ({ instance }) => !rules.instances.isOver(integrated, instance)
    )
  }
}

/**
 * A storage node receives an AskMap, from a client that followed a hint, and replies with its cmap.
 * (Section 5: "obtains a list".)
 */
export const receiveAskMap = (state: ServerState, from: NodeId): ServerStep => ({
  state,
  sends: [{ to: from, message: { _tag: "MapReply", map: state.map } }],
  observations: []
})

/** A storage node receives a message. It sends no requests, so it ignores replies. */
export const receive = (
  context: Ruled,
  state: ServerState,
  from: NodeId,
  message: Message
): ServerStep => {
  switch (message._tag) {
    case "Get":
      return receiveGet(state, from, message)
    case "Set":
      return receiveSet(state, from, message)
    case "StorePointer":
      return receiveStorePointer(context, state, from, message)
    case "Ballot":
      return receiveBallot(context, state, from, message)
    case "Retire":
      return receiveRetire(context, state, from, message)
    case "AskMap":
      return receiveAskMap(state, from)
    case "GetReply":
    case "SetReply":
    case "PointerStored":
    case "Retired":
    case "BallotReply":
    case "MapReply":
    case "Announce":
    case "Announced":
    case "Hint":
      return ignore(state)
  }
}

/** True if the message will never change the storage node: it contains no news. */
export const onlyAnswers = ({ rules }: Ruled, state: ServerState, message: Message): boolean => {
  const { pair, map } = state
  switch (message._tag) {
    case "Get":
    case "AskMap":
      return true
    case "Set":
      return !isLarger(message.pair.timestamp, pair.timestamp)
    case "StorePointer":
    case "Retire":
      return isNoNews(map, message.map)
    case "Ballot":
      return (
        isDecided(map, message.instance) ||
        Acceptor.onlyAnswers(
          acceptorOf(state, rules.instances.of(message.instance)),
          message.message
        )
      )
    case "GetReply":
    case "SetReply":
    case "PointerStored":
    case "Retired":
    case "BallotReply":
    case "MapReply":
    case "Announce":
    case "Announced":
    case "Hint":
      return false
  }
}

export const server: Process<
  Context,
  ServerState,
  NoOperation,
  never,
  Message,
  NoChoice,
  ServerId
> = {
  State: ServerState,
  durable: true,
  initial: ({ configuration }) => ({
    pair: initialPair,
    map: initial(configuration),
    instances: []
  }),
  ready: () => false,
  choices: () => [],
  step: (context, _self, state, input) => {
    switch (input._tag) {
      case "Receive":
        return receive(context, state, input.from, input.message)
      case "Invoke":
      case "Choose":
        return ignore(state)
    }
  },
  promises: {
    onlyAnswers: (context, _self, state, _from, message) => onlyAnswers(context, state, message)
  }
}
