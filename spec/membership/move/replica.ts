/**
 * A node of the system. It is a replica of the membership service in some epochs, and follows the
 * epochs in all.
 *
 * As a replica it has a share of the service's key. When the service moves, it certifies the next
 * epoch and reshares its share among the next replicas. Once enough have dealt, it erases its own
 * share in the step in which it says so, and from then on signs nothing in its epoch. The parts
 * dealt to it are encrypted: it reads them with a key that it hashes as soon as it has used it
 * (forward-secure encryption; Canetti, Halevi, Katz, 2003), so that no node can read them again.
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import type { Noted } from "../../administrator/observation.ts"
import { firstView, isMember, View } from "../../administrator/view.ts"
import { setOf, without } from "../../kernel/data.ts"
import { Count, type NodeId, SetOf } from "../../kernel/node.ts"
import {
  become,
  ignore,
  type NoOperation,
  type Process,
  type Send,
  type Step
} from "../../kernel/process.ts"
import type { AdministratorId, ClientId, ServerId, ServerSet } from "../../nodes/nodes.ts"
import * as Following from "../following.ts"
import { maxFaulty } from "../following.ts"
import { logOf } from "../log.ts"
import {
  type Advance,
  type Dealt,
  type Message,
  type Nonce,
  ReadingKey,
  type Sealed,
  ServiceShare
} from "./messages.ts"
import type { Advanced } from "./operation.ts"
import type { Rules } from "./rules.ts"

export const ReplicaState = Schema.Struct({
  ...Following.Following,
  /** The key with which it reads what is dealt to it; null once erased. */
  key: Schema.NullOr(ReadingKey),
  /** Its shares of the service's key: one while it is a replica. */
  shares: SetOf(ServiceShare),
  /** The epoch in which it answers. */
  serving: Schema.NullOr(View),
  /** The epoch of the system whose members the service tracks. */
  system: Count
})
export type ReplicaState = typeof ReplicaState.Type

/** The parameters of a node. */
export interface Context extends Following.Context {
  readonly rules: Rules
  readonly servers: ServerSet
  readonly clients: ReadonlyArray<ClientId>
  readonly administrator?: AdministratorId
  readonly configuration: { readonly members: ServerSet }
}

/** A node moves to a certified epoch. */
export interface Choice {
  readonly _tag: "Follow"
  readonly view: View
}
type ReplicaStep = Step<ReplicaState, Noted | Advanced, Message>

/**
 * Initially the replicas of the first epoch have received and read their shares from a trusted
 * dealer.
 */
const initial = (context: Context, self: ServerId): ReplicaState => {
  const { rules, cryptography } = context
  const view = firstView(context)
  const own = cryptography.ownSharedKey(self)
  const isReplica = isMember(view, self)
  const threshold = rules.threshold(view.members.length, maxFaulty(view))
  return {
    view,
    parts: [],
    key: isReplica ? (rules.nextKey(cryptography, own, 0) ?? null) : own,
    shares: isReplica ? [cryptography.threshold.firstShare(self, threshold)] : [],
    serving: isReplica ? view : null,
    system: 0
  }
}

const shareOf = ({ shares }: ReplicaState, dealing: number): ServiceShare | undefined =>
  shares.find((share) => share.dealing === dealing)

/**
 * The service moves: a replica signs the certificate of the next epoch, for all followers, and
 * reshares its share among the next replicas.
 */
const receiveMove = (
  context: Context,
  state: ReplicaState,
  from: NodeId,
  next: View
): ReplicaStep => {
  const { servers, clients, cryptography } = context
  const { serving } = state
  const share = shareOf(state, next.number - 1)
  if (serving === null || share === undefined) return ignore(state)
  const part = cryptography.threshold.sign(share, next)
  const followers: ReadonlyArray<NodeId> = [...without(servers, serving.members), ...clients]
  return {
    state: Following.enter(state, next),
    sends: [
      ...followers.map((to) => ({ to, message: { _tag: "Certify", part } as const })),
      {
        to: from,
        message: { _tag: "Deal", number: next.number, sealed: dealt(context, share, next) }
      }
    ],
    observations: []
  }
}

/** A part of the share for each of the next replicas, encrypted for it. */
const dealt = (
  { rules, cryptography }: Context,
  share: ServiceShare,
  next: View
): ReadonlyArray<Sealed> => {
  const threshold = rules.threshold(next.members.length, maxFaulty(next))
  return setOf(
    next.members.map((member) =>
      cryptography.encryptFor(
        member,
        next.number,
        cryptography.threshold.deal(share, member, threshold)
      )
    )
  )
}

/**
 * Enough replicas have dealt, and the parts cannot be lost: a replica of the next epoch makes its
 * share from them, and a replica of this epoch erases its own.
 */
const receiveDealt = (
  context: Context,
  self: ServerId,
  state: ReplicaState,
  from: NodeId,
  { number, sealed }: Dealt
): ReplicaStep => {
  const { rules, cryptography } = context
  const isStaying = isMember(state.view, self)
  const wasReplica = shareOf(state, number - 1) !== undefined
  const next = isStaying ? opened(context, state, number, sealed) : undefined
  const erased: Send<Message> = { to: from, message: { _tag: "Erased", number } }
  return {
    state: {
      ...state,
      shares: setOf([
        ...rules.keptShares(state.shares, isStaying),
        ...(next === undefined ? [] : [next])
      ]),
      key:
        isStaying && state.key !== null
          ? (rules.nextKey(cryptography, state.key, number) ?? null)
          : state.key,
      serving: isStaying && !rules.waitsForBegin ? state.view : null
    },
    sends: wasReplica ? [erased] : [],
    observations: wasReplica
      ? [{ _tag: "Note", name: "stopped", detail: { number: number - 1 } }]
      : []
  }
}

/** The share that the parts form. */
const opened = (
  { cryptography }: Context,
  { key }: ReplicaState,
  number: number,
  sealed: ReadonlyArray<Sealed>
): ServiceShare | undefined => {
  const current = key === null ? undefined : cryptography.hashed(key, number)
  if (current === undefined) return undefined
  return cryptography.threshold.redealt(
    sealed.flatMap((one) => cryptography.decrypt(current, one) ?? [])
  )
}

/**
 * The system goes on to its next epoch: from now on a replica says of no earlier one that it lasts.
 */
const receiveAdvance = (state: ReplicaState, { number }: Advance): ReplicaStep => ({
  state: { ...state, system: number },
  sends: [],
  observations: [
    {
      _tag: "Note",
      name: "advanced",
      detail: { number, enough: maxFaulty(state.serving ?? state.view) + 1 }
    }
  ]
})

/**
 * A client asks whether its epochs are the current ones: as long as they are, a replica signs that.
 */
const answer = (
  { rules, cryptography }: Context,
  state: ReplicaState,
  from: NodeId,
  nonce: Nonce
): ReplicaStep => {
  const { serving } = state
  const share = serving === null ? undefined : shareOf(state, serving.number)
  if (serving === null || share === undefined) return ignore(state)
  const statement = { nonce: rules.signsNonce(nonce), view: serving }
  const part = cryptography.threshold.sign(share, statement)
  return {
    state,
    sends: [{ to: from, message: { _tag: "Answer", part } }],
    observations: []
  }
}

/** The nodes that may send a node this message. */
const isMeant = (context: Context, from: NodeId, { _tag }: Message): boolean => {
  switch (_tag) {
    case "Move":
    case "Dealt":
    case "Begin":
    case "Advance":
      return from === logOf(context)
    case "Certify":
      return context.servers.some((server) => server === from)
    case "Ask":
      return context.clients.some((client) => client === from)
    default:
      return false
  }
}

/** Whether a message is due, stale, or early. */
const timeOf = (
  context: Context,
  state: ReplicaState,
  message: Message
): "now" | "over" | "later" => {
  const { view, serving, system } = state
  switch (message._tag) {
    case "Move":
      if (message.view.number <= view.number) return "over"
      return serving?.number === message.view.number - 1 ? "now" : "later"
    case "Certify":
      if (Following.isEarly(context, state, message.part)) return "later"
      return Following.isObsolete(context, state, message.part) ? "over" : "now"
    case "Dealt":
      if (message.number < view.number) return "over"
      return message.number === view.number ? "now" : "later"
    case "Begin":
      if (message.number < view.number) return "over"
      return shareOf(state, message.number) === undefined ? "later" : "now"
    case "Advance": {
      const { epoch, number } = message
      if (epoch < (serving ?? view).number || number <= system) return "over"
      return epoch === serving?.number && number === system + 1 ? "now" : "later"
    }
    case "Ask": {
      const { number, system: asked } = message.nonce
      if (number !== serving?.number) return number < (serving ?? view).number ? "over" : "later"
      if (context.rules.statesSystem(asked, system)) return "now"
      return asked < system ? "over" : "later"
    }
    default:
      return "over"
  }
}

const receive = (
  context: Context,
  self: ServerId,
  state: ReplicaState,
  from: NodeId,
  message: Message
): ReplicaStep => {
  if (!isMeant(context, from, message) || timeOf(context, state, message) !== "now")
    return ignore(state)
  switch (message._tag) {
    case "Move":
      return receiveMove(context, state, from, message.view)
    case "Certify":
      return become(Following.collect(context, state, message.part))
    case "Dealt":
      return receiveDealt(context, self, state, from, message)
    case "Begin":
      return become({
        ...state,
        serving: state.view,
        system: context.rules.beginsIn(state.system, message.system)
      })
    case "Advance":
      return receiveAdvance(state, message)
    case "Ask":
      return answer(context, state, from, message.nonce)
    default:
      return ignore(state)
  }
}

/**
 * Messages whose time of arrival no node can observe: parts of a certificate, which a node
 * collects; parts dealt to a node that was not a replica before; and the start of the epoch, before
 * which the node answers nothing.
 */
const isWelcome = (context: Context, state: ReplicaState, message: Message): boolean => {
  if (timeOf(context, state, message) !== "now") return false
  switch (message._tag) {
    case "Certify":
      return true
    case "Dealt":
      return shareOf(state, message.number - 1) === undefined && state.serving === null
    case "Begin":
      return state.serving === null
    default:
      return false
  }
}

export const replica: Process<
  Context,
  ReplicaState,
  NoOperation,
  Noted | Advanced,
  Message,
  Choice,
  ServerId
> = {
  State: ReplicaState,
  durable: true,
  initial,
  ready: () => false,
  choices: (context, _self, state) =>
    Following.certified(context, state).map((view) => ({ _tag: "Follow", view })),
  postpones: (context, _self, state, from, message) =>
    isMeant(context, from, message) && timeOf(context, state, message) === "later",
  step: (context, self, state, input) =>
    match(input)
      .with({ _tag: "Receive" }, ({ from, message }) =>
        receive(context, self, state, from, message)
      )
      .with({ _tag: "Choose" }, ({ choice }) => become(Following.enter(state, choice.view)))
      .with({ _tag: "Invoke" }, () => ignore(state))
      .exhaustive(),
  promises: {
    heeds: (context, _self, node) => {
      if (node === logOf(context)) return ["Move", "Dealt", "Begin", "Advance"]
      return context.clients.some((client) => client === node) ? ["Ask"] : ["Certify"]
    },
    isObsolete: (context, _self, state, from, message) =>
      !isMeant(context, from, message) || timeOf(context, state, message) === "over",
    onlyAnswers: (context, _self, state, from, message) =>
      message._tag === "Ask" ||
      !isMeant(context, from, message) ||
      timeOf(context, state, message) === "over",
    isWelcome: (context, _self, state, from, message) =>
      isMeant(context, from, message) && isWelcome(context, state, message)
  }
}
