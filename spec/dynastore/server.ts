/**
 * The storage node of DynaStore (tutorial 6): one vt-pair, and its part of the weak snapshot of
 * every view it is a member of. Traversals are invisible to it.
 */
import * as Schema from "effect/Schema"
import { match, P } from "ts-pattern"
import { equals, setOf } from "../kernel/data.ts"
import { type NodeId, SetOf } from "../kernel/node.ts"
import {
  ignore,
  type NoChoice,
  type NoOperation,
  type Process,
  type Step
} from "../kernel/process.ts"
import type { ServerId } from "../nodes/nodes.ts"
import { initialPair, isLarger, Pair } from "../register/pair.ts"
import * as Snapshot from "../weak-snapshot/server.ts"
import type { GetRequest, Message, Notify, SetRequest, SnapshotQuestion } from "./messages.ts"
import type { Context } from "./state.ts"
import { initialView, isWithin, View } from "./view.ts"

export const ServerState = Schema.Struct({
  pair: Pair,
  /**
   * The latest view in which, to its knowledge, operations may begin. It changes only in systems
   * with a directory.
   */
  latest: View,
  /** The node's part of each weak snapshot in which it has endorsed or stored a change. */
  snapshots: SetOf(Schema.Struct({ view: View, ...Snapshot.ServerState.fields }))
})
export type ServerState = typeof ServerState.Type

type ServerStep = Step<ServerState, never, Message>

/** A storage node receives a Get, at any time, and replies with its vt-pair. (2.3) */
const receiveGet = (
  state: ServerState,
  from: NodeId,
  { operation, phase }: GetRequest
): ServerStep => ({
  state,
  sends: [{ to: from, message: { _tag: "GetReply", operation, phase, pair: state.pair } }],
  observations: []
})

/**
 * A storage node receives a Set, at any time. It stores the pair if it is newer, and acknowledges
 * in either case. (2.3)
 */
const receiveSet = (
  state: ServerState,
  from: NodeId,
  { operation, phase, pair }: SetRequest
): ServerStep => ({
  state: isLarger(pair.timestamp, state.pair.timestamp) ? { ...state, pair } : state,
  sends: [{ to: from, message: { _tag: "SetReply", operation, phase } }],
  observations: []
})

/**
 * A storage node receives a question about the weak snapshot of a view, and acts as in
 * `weak-snapshot/server.ts`.
 */
const receiveQuestion = (
  { rules }: Context,
  self: ServerId,
  state: ServerState,
  from: NodeId,
  question: SnapshotQuestion
): ServerStep => {
  const { view } = question
  const before = snapshotOf(state, view)
  const step = Snapshot.receive({ rules: rules.snapshot }, self, before, from, question)
  const others = state.snapshots.filter((other) => !equals(other.view, view))
  const isUnchanged = equals(step.state, before)
  return {
    state: isUnchanged
      ? state
      : { ...state, snapshots: setOf([...others, { view, ...step.state }]) },
    sends: step.sends,
    observations: []
  }
}

/** The node's part of the weak snapshot of a view. */
export const snapshotOf = ({ snapshots }: ServerState, view: View): Snapshot.ServerState => {
  const found = snapshots.find((one) => equals(one.view, view))
  return found === undefined ? Snapshot.initial : { endorsed: found.endorsed, known: found.known }
}

/**
 * A storage node receives a Notify, at any time: operations may begin in this view. It keeps the
 * later of the two views. (Both are on the path of every traversal, so one of them is the later.)
 */
const receiveNotify = (
  state: ServerState,
  from: NodeId,
  { operation, phase, view }: Notify
): ServerStep => ({
  state: isWithin(view, state.latest) ? state : { ...state, latest: view },
  sends: [{ to: from, message: { _tag: "Notified", operation, phase } }],
  observations: []
})

/**
 * A storage node receives an AskView, a request for the "latest configuration", at any time. It
 * replies with the latest view it knows.
 */
const receiveAskView = (state: ServerState, from: NodeId): ServerStep => ({
  state,
  sends: [{ to: from, message: { _tag: "ViewReply", view: state.latest } }],
  observations: []
})

/** A storage node receives a message. It sends no requests, so it ignores replies. */
const receive = (
  context: Context,
  self: ServerId,
  state: ServerState,
  from: NodeId,
  message: Message
): ServerStep =>
  match(message)
    .with({ _tag: "Get" }, (get) => receiveGet(state, from, get))
    .with({ _tag: "Set" }, (set) => receiveSet(state, from, set))
    .with({ _tag: P.union("Endorse", "Store", "Collect") }, (question) =>
      receiveQuestion(context, self, state, from, question)
    )
    .with({ _tag: "Notify" }, (notify) => receiveNotify(state, from, notify))
    .with({ _tag: "AskView" }, () => receiveAskView(state, from))
    .with({ _tag: notForServers }, () => ignore(state))
    .exhaustive()

/** The tags of replies, and of messages to and from the directory. */
const notForServers = P.union(
  "GetReply",
  "SetReply",
  "Endorsed",
  "Stored",
  "Collected",
  "Notified",
  "ViewReply",
  "Announce",
  "Announced",
  "Hint"
)

/** True if the message will never change the storage node. */
const onlyAnswers = (state: ServerState, message: Message): boolean =>
  match(message)
    .with({ _tag: "Get" }, () => true)
    .with({ _tag: "Set" }, ({ pair }) => !isLarger(pair.timestamp, state.pair.timestamp))
    .with({ _tag: P.union("Endorse", "Store", "Collect") }, (question) =>
      Snapshot.onlyAnswers(snapshotOf(state, question.view), question)
    )
    .with({ _tag: "Notify" }, ({ view }) => isWithin(view, state.latest))
    .with({ _tag: "AskView" }, () => true)
    .with({ _tag: notForServers }, () => false)
    .exhaustive()

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
  initial: (context) => ({ pair: initialPair, latest: initialView(context), snapshots: [] }),
  ready: () => false,
  choices: () => [],
  step: (context, self, state, input) =>
    match(input)
      .with({ _tag: "Receive" }, ({ from, message }) =>
        receive(context, self, state, from, message)
      )
      .with({ _tag: P.union("Invoke", "Choose") }, () => ignore(state))
      .exhaustive(),
  promises: { onlyAnswers: (_context, _self, state, _from, message) => onlyAnswers(state, message) }
}
