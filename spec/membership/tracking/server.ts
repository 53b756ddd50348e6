/**
 * A node of the system: a replica of the membership service, or one that it tracks.
 *
 * Every node answers pings. A node that is not a member asks to become one, with its admission. A
 * replica probes the other nodes, and certifies each epoch once it is in the log.
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import { firstView, isMember, View } from "../../administrator/view.ts"
import { SigningKey } from "../../kernel/cryptography.ts"
import type { NodeId } from "../../kernel/node.ts"
import { ignore, type NoOperation, type Process, type Step } from "../../kernel/process.ts"
import { Share } from "../../kernel/threshold.ts"
import { type ClientId, ServerId, type ServerSet } from "../../nodes/nodes.ts"
import { logOf } from "../log.ts"
import { authority } from "./authority.ts"
import { Admission, type Message, type Round } from "./messages.ts"
import type { Noted } from "./observation.ts"
import * as Probing from "./probing.ts"
import { maxFaulty, replicasOf } from "./service.ts"

export const ServerState = Schema.Struct({
  /**
   * The latest epoch that it has learned of from the log, and its progress with probing in that
   * epoch.
   */
  view: View,
  ...Probing.Probing,
  key: SigningKey(ServerId),
  /** A replica's share of the service's key. */
  share: Schema.NullOr(Share(ServerId)),
  /** The admission of a node that has not yet asked to become a member. */
  admission: Schema.NullOr(Admission)
})
export type ServerState = typeof ServerState.Type

/** The parameters of a node. */
export interface Context extends Probing.Context {
  readonly servers: ServerSet
  readonly clients: ReadonlyArray<ClientId>
}

/** A node asks to become a member, or a replica continues probing. */
export type Choice = Probing.Choice | { readonly _tag: "Join" }
type ServerStep = Step<ServerState, Noted, Message>

const initial = (context: Context, self: ServerId): ServerState => {
  const { cryptography, rules } = context
  const view = firstView(context)
  const by = cryptography.ownKey(authority)
  return {
    view,
    ...Probing.beginning(0),
    key: cryptography.ownKey(self),
    share: replicasOf(context).includes(self)
      ? cryptography.threshold.firstShare(self, rules.threshold(maxFaulty(context)))
      : null,
    admission: isMember(view, self) ? null : cryptography.sign(by, { node: self })
  }
}

/** A node that is not a member asks to become one. */
const join = (context: Context, state: ServerState): ServerStep =>
  state.admission === null
    ? ignore(state)
    : {
        state: { ...state, admission: null },
        sends: [{ to: logOf(context), message: { _tag: "Join", admission: state.admission } }],
        observations: []
      }

/** An epoch begins: a replica signs its certificate, for all followers. */
const receiveEpoch = (
  { clients, cryptography }: Context,
  before: ServerState,
  view: View
): ServerStep => {
  const state = { ...before, view, ...Probing.beginning(0) }
  if (state.share === null) return ignore(state)
  const part = cryptography.threshold.sign(state.share, view)
  return {
    state,
    sends: clients.map((to) => ({ to, message: { _tag: "Certify", part } })),
    observations: []
  }
}

/** The nodes that may send a node this message. */
const isMeant = (context: Context, self: ServerId, from: NodeId, message: Message): boolean => {
  const replicas = replicasOf(context)
  const isOfReplica = replicas.some((replica) => replica === from)
  switch (message._tag) {
    case "Begin":
    case "Epoch":
      return from === logOf(context)
    case "Ping":
      return isOfReplica
    case "Pong":
      return replicas.includes(self) && context.servers.some((server) => server === from)
    case "Propose":
      return replicas.includes(self) && isOfReplica && !replicas.includes(message.node)
    default:
      return false
  }
}

/** The position of a message relative to what a replica has read of the log. */
const compareRounds = (state: ServerState, { epoch, round }: Round): number =>
  epoch === state.view.number ? round - state.round : epoch - state.view.number

/** Whether a message is due, stale, or early. */
const timeOf = (state: ServerState, message: Message): "now" | "over" | "later" => {
  switch (message._tag) {
    case "Epoch":
      if (message.view.number <= state.view.number) return "over"
      return message.view.number === state.view.number + 1 ? "now" : "later"
    case "Begin": {
      if (message.epoch > state.view.number) return "later"
      const ahead = compareRounds(state, message)
      return ahead <= 0 ? "over" : ahead === 1 ? "now" : "later"
    }
    case "Ping":
      return "now"
    case "Propose":
    case "Pong": {
      const ahead = compareRounds(state, message)
      return ahead === 0 ? "now" : ahead < 0 ? "over" : "later"
    }
    default:
      return "over"
  }
}

const receive = (
  context: Context,
  self: ServerId,
  state: ServerState,
  from: NodeId,
  message: Message
): ServerStep => {
  if (!isMeant(context, self, from, message) || timeOf(state, message) !== "now")
    return ignore(state)
  switch (message._tag) {
    case "Epoch":
      return receiveEpoch(context, state, message.view)
    case "Begin":
      return Probing.startRound(context, state, message.round)
    case "Ping":
      return {
        state,
        sends: [{ to: from, message: { ...message, _tag: "Pong" } }],
        observations: []
      }
    case "Pong":
      return Probing.receivePong(state, from)
    case "Propose":
      return Probing.receivePropose(context, self, state, message.node)
    default:
      return ignore(state)
  }
}

export const server: Process<Context, ServerState, NoOperation, Noted, Message, Choice, ServerId> =
  {
    State: ServerState,
    durable: true,
    initial,
    ready: () => false,
    choices: (context, _self, state) => [
      ...(state.admission === null ? [] : [{ _tag: "Join" } as const]),
      ...Probing.choices(context, state)
    ],
    postpones: (context, self, state, from, message) =>
      isMeant(context, self, from, message) && timeOf(state, message) === "later",
    step: (context, self, state, input) =>
      match(input)
        .with({ _tag: "Receive" }, ({ from, message }) =>
          receive(context, self, state, from, message)
        )
        .with({ _tag: "Choose" }, ({ choice }) =>
          choice._tag === "Join"
            ? join(context, state)
            : Probing.wait(context, self, state, choice.node)
        )
        .with({ _tag: "Invoke" }, () => ignore(state))
        .exhaustive(),
    promises: {
      heeds: (context, self, node) => {
        if (node === logOf(context)) return ["Begin", "Epoch"]
        const replicas = replicasOf(context)
        const asks = replicas.some((replica) => replica === node) ? ["Ping", "Propose"] : []
        return replicas.includes(self) ? [...asks, "Pong"] : asks
      },
      isObsolete: (context, self, state, from, message) =>
        !isMeant(context, self, from, message) ||
        timeOf(state, message) === "over" ||
        (message._tag === "Propose" && Probing.isDecided(state, message))
    }
  }
