/**
 * A node of the system: a replica of the membership service, or one that it tracks.
 *
 * Every node answers pings. One that is no member asks to be, with its admission. A replica probes
 * the others, and certifies each epoch when the log has it.
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
  /** The latest epoch that the log has told it of, and how far it is with probing in it. */
  view: View,
  ...Probing.Probing,
  key: SigningKey(ServerId),
  /** The share that a replica has of the key of the service. */
  share: Schema.NullOr(Share(ServerId)),
  /** The admission of a node that has not asked yet to be a member. */
  admission: Schema.NullOr(Admission)
})
export type ServerState = typeof ServerState.Type

/** What a node is told at the beginning. */
export interface Context extends Probing.Context {
  readonly servers: ServerSet
  readonly clients: ReadonlyArray<ClientId>
}

/** A node asks to be a member, or a replica goes on with probing. */
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

/** A node that is no member asks to be one. */
const join = (context: Context, state: ServerState): ServerStep =>
  state.admission === null
    ? ignore(state)
    : {
        state: { ...state, admission: null },
        sends: [{ to: logOf(context), message: { _tag: "Join", admission: state.admission } }],
        observations: []
      }

/** An epoch begins: a replica signs its certificate, for all who follow. */
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

/** Who may tell a node this. */
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

/** Where a message stands to what a replica has read of the log. */
const compareRounds = (state: ServerState, { epoch, round }: Round): number =>
  epoch === state.view.number ? round - state.round : epoch - state.view.number

/** Whether the time of a message has come, is over, or is yet to come. */
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
