/**
 * Reliable broadcast (Bracha, "Asynchronous Byzantine agreement protocols", 1987), as a test of the
 * adversary: of four peers one may lie; of three, none may.
 *
 * One peer sends a value to all. A peer that receives the value echoes it to all. A peer with a
 * quorum of echoes for a value, or with enough peers that are ready for it, informs all once that
 * it is ready. A peer with enough ready peers for a value delivers it.
 */
import * as Schema from "effect/Schema"
import type { Model } from "../../../checker/network/model.ts"
import type { Strength } from "../../../spec/kernel/adversary.ts"
import { including } from "../../../spec/kernel/data.ts"
import { corruption } from "../../../spec/kernel/fault.ts"
import { identityOf, NodeId, SetOf } from "../../../spec/kernel/node.ts"
import {
  type AnyProcess,
  become,
  type NoOperation,
  type Process
} from "../../../spec/kernel/process.ts"
import type { AnyProperty } from "../../../spec/kernel/property.ts"

const Peer = NodeId.annotate(identityOf("peer"))
type Peer = typeof Peer.Type
const Vote = Schema.Struct({ peer: Peer, value: Schema.Int })
const Votes = SetOf(Vote)
const State = Schema.Struct({
  echoes: Votes,
  ready: Votes,
  hasEchoed: Schema.Boolean,
  isReady: Schema.Boolean,
  delivered: Schema.NullOr(Schema.Int)
})
type State = typeof State.Type

const Message = Schema.Union([
  Schema.TaggedStruct("Initial", { value: Schema.Int }),
  Schema.TaggedStruct("Echo", { value: Schema.Int }),
  Schema.TaggedStruct("Ready", { value: Schema.Int })
])
type Message = typeof Message.Type

const Parameters = Schema.Struct({ peers: SetOf(Peer), sender: Peer })
type Parameters = typeof Parameters.Type

type Choice = { readonly _tag: "Begin" }
type PeerStep = ReturnType<Process<Parameters, State, NoOperation, never, Message, Choice>["step"]>

const initial: State = { echoes: [], ready: [], hasEchoed: false, isReady: false, delivered: null }
const maxFaulty = ({ peers }: Parameters): number => Math.ceil(peers.length / 3) - 1
const quorum = (parameters: Parameters): number =>
  Math.ceil((parameters.peers.length + maxFaulty(parameters) + 1) / 2)

const toOthers = ({ peers }: Parameters, self: NodeId, message: Message): PeerStep["sends"] =>
  peers.filter((peer) => peer !== self).map((to) => ({ to, message }))
const votesFor = (votes: State["echoes"], value: number): number =>
  votes.filter((vote) => vote.value === value).length

/**
 * The consequences of the votes for a value: readiness, which counts for the peer itself at once,
 * and delivery.
 */
const conclude = (parameters: Parameters, self: Peer, state: State, value: number): PeerStep => {
  const faulty = maxFaulty(parameters)
  const isReadyNow =
    votesFor(state.echoes, value) >= quorum(parameters) || votesFor(state.ready, value) > faulty
  const becomesReady = isReadyNow && !state.isReady
  const votes = becomesReady ? including(state.ready, { peer: self, value }) : state.ready
  const isReady = state.isReady || isReadyNow
  const delivered = votesFor(votes, value) > 2 * faulty ? value : state.delivered
  return {
    // Forget votes that can have no further consequence.
    state: {
      ...state,
      ...{ isReady, delivered },
      echoes: isReady ? [] : state.echoes,
      ready: delivered === null ? votes : []
    },
    sends: becomesReady ? toOthers(parameters, self, { _tag: "Ready", value }) : [],
    observations: []
  }
}

/** A peer echoes the value to all, and counts its own echo. */
const echo = (parameters: Parameters, self: Peer, state: State, value: number): PeerStep => {
  const own = { ...state, hasEchoed: true, echoes: including(state.echoes, { peer: self, value }) }
  const concluded = conclude(parameters, self, own, value)
  const sends = toOthers(parameters, self, { _tag: "Echo", value })
  return { ...concluded, sends: [...sends, ...concluded.sends] }
}

const receive = (
  parameters: Parameters,
  self: Peer,
  state: State,
  from: NodeId,
  message: Message
): PeerStep => {
  const { value } = message
  const peer = parameters.peers.find((one) => one === from)
  if (peer === undefined || isObsolete(parameters, state, from, message)) return become(state)
  switch (message._tag) {
    case "Initial":
      return echo(parameters, self, state, value)
    case "Echo":
      return conclude(
        parameters,
        self,
        { ...state, echoes: including(state.echoes, { peer, value }) },
        value
      )
    case "Ready":
      return conclude(
        parameters,
        self,
        { ...state, ready: including(state.ready, { peer, value }) },
        value
      )
  }
}

const isObsolete = (
  { sender }: Parameters,
  state: State,
  from: NodeId,
  { _tag }: Message
): boolean => {
  const hasVoted = (votes: State["echoes"]) => votes.some(({ peer }) => peer === from)
  switch (_tag) {
    case "Initial":
      return state.hasEchoed || from !== sender
    case "Echo":
      return state.isReady || hasVoted(state.echoes)
    case "Ready":
      return state.delivered !== null || hasVoted(state.ready)
  }
}

const sentValue = 1

const process: Process<Parameters, State, NoOperation, never, Message, Choice> = {
  State,
  durable: false,
  initial: () => initial,
  ready: () => false,
  choices: ({ sender }, self, { hasEchoed }) =>
    self === sender && !hasEchoed ? [{ _tag: "Begin" }] : [],
  step: (parameters, self, state, input) => {
    switch (input._tag) {
      case "Receive":
        return receive(parameters, self, state, input.from, input.message)
      case "Choose": {
        const echoed = echo(parameters, self, state, sentValue)
        const initials = toOthers(parameters, self, { _tag: "Initial", value: sentValue })
        return { ...echoed, sends: [...initials, ...echoed.sends] }
      }
      default:
        return become(state)
    }
  },
  promises: {
    isObsolete: (parameters, _self, state, from, message) =>
      isObsolete(parameters, state, from, message)
  }
}

const properties = [
  {
    _tag: "Pair",
    name: "agreement",
    about: "two correct peers that deliver a value deliver the same",
    role: "peer",
    isSymmetric: true,
    holds: (_: unknown, left: State, right: State) =>
      left.delivered === null || right.delivered === null || left.delivered === right.delivered
  },
  {
    _tag: "Process",
    name: "validity",
    about: "a correct peer delivers nothing but what a correct sender sent",
    role: "peer",
    isSymmetric: true,
    holds: (_: unknown, __: unknown, { delivered }: State) =>
      delivered === null || delivered === sentValue
  },
  {
    _tag: "Sometimes",
    name: "somebody-delivers",
    about: "some correct peer delivers",
    isSymmetric: true,
    holds: (
      _: unknown,
      { nodes }: { readonly nodes: Readonly<Record<string, Readonly<Record<string, State>>>> }
    ) => Object.values(nodes.peer ?? {}).some(({ delivered }) => delivered !== null)
  }
] as ReadonlyArray<unknown> as ReadonlyArray<AnyProperty>

/** A broadcast among this many peers; `corrupt` lies from the start, and `p1` sends. */
export const broadcast = (
  count: number,
  corrupt: "p1" | "p2",
  strength: Strength = "arbitrary",
  names: ReadonlyArray<string> = corrupt === "p1" ? ["agreement"] : ["agreement", "validity"]
): Model => {
  const peers = Array.from({ length: count }, (_, index) => NodeId.make(`p${index + 1}`))
  const [sender] = peers
  if (sender === undefined) throw new Error("nobody sends")
  const liar = NodeId.make(corrupt)
  const parameters: Parameters = { peers, sender }
  return {
    protocol: {
      name: "reliable-broadcast",
      about: "Reliable broadcast.",
      Message: Message as never,
      Parameters: Parameters as never,
      objects: [],
      properties,
      describe: (message) => JSON.stringify(message)
    },
    system: {
      nodes: peers.map((id) => ({ id, role: "peer", process: process as AnyProcess })),
      context: parameters,
      parameters
    },
    scripts: {},
    faults: {
      budgets: [{ fault: corruption, nodes: [liar], most: 1 }],
      atStart: [{ fault: corruption, node: liar }],
      adversary: { strength, domain: { value: [sentValue, 2] } }
    },
    properties: properties.filter(
      ({ name }) => names.includes(name) || name === "somebody-delivers"
    )
  }
}
