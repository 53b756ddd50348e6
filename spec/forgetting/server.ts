/**
 * The storage node of the forgetting protocol (tutorial 7.2): the storage node of reconfiguration
 * by an administrator, except that it proves its answers with a key that it has only while it
 * serves.
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import type { Message as Administered } from "../administrator/messages.ts"
import type { Noted } from "../administrator/observation.ts"
import * as Storage from "../administrator/server.ts"
import { firstView, isMember } from "../administrator/view.ts"
import { setOf } from "../kernel/data.ts"
import { type NodeId, SetOf } from "../kernel/node.ts"
import { ignore, type NoChoice, type Process, type Send, type Step } from "../kernel/process.ts"
import type { ServerId } from "../nodes/nodes.ts"
import { administratorOf, possessionFor } from "./keys.ts"
import { type Message, type NewView, Possession, SharedKey } from "./messages.ts"
import type { Rules } from "./rules.ts"

export const ServerState = Schema.Struct({
  /** The state of any storage node under an administrator. */
  storage: Storage.ServerState,
  /** Its symmetric key; null once it is erased. */
  key: Schema.NullOr(SharedKey),
  /** Its private keys with their certificates: one while it is a member. */
  possessions: SetOf(Possession)
})
export type ServerState = typeof ServerState.Type

/** The parameters of a storage node. */
export interface Context extends Storage.Context {
  readonly rules: Rules
}
type ServerStep = Step<ServerState, Noted, Message>

/**
 * Initially a storage node shares a symmetric key with the administrator. The administrator also
 * sets up the first configuration: its members have their private keys and certificates.
 */
const initial = (context: Context, self: ServerId): ServerState => {
  const { cryptography } = context
  const storage = Storage.initial(context, self)
  const by = cryptography.ownKey(administratorOf(context))
  return {
    storage,
    key: cryptography.ownSharedKey(self),
    possessions: isMember(storage.view, self)
      ? [possessionFor(cryptography, by, self, firstView(context))]
      : []
  }
}

/**
 * Dispatches every message that a storage node receives. It proves each answer with the key that it
 * had when it was asked.
 */
const receive = (
  context: Context,
  self: ServerId,
  state: ServerState,
  from: NodeId,
  message: Message
): ServerStep => {
  if (message._tag === "Proven") return ignore(state)
  const {
    state: storage,
    sends,
    observations
  } = Storage.receive(context, self, state.storage, from, message)
  const hasMoved = message._tag === "NewView" && storage.view.number !== state.storage.view.number
  return {
    state: hasMoved ? forget(context, self, { ...state, storage }, message) : { ...state, storage },
    sends: sends.flatMap((send) => proved(context, state, send)),
    observations
  }
}

/**
 * The storage node attaches a proof to an answer if it has the key of the configuration that it
 * answers for.
 */
const proved = (
  { cryptography }: Context,
  { possessions }: ServerState,
  { to, message }: Send<Administered>
): ReadonlyArray<Send<Message>> => {
  if (message._tag !== "Answer") return []
  const { nonce, written } = message
  const owned = possessions.find(
    ({ certificate }) => certificate.content.meta.number === nonce.number
  )
  if (owned === undefined) return []
  const proof = cryptography.sign(owned.key, { nonce, written })
  return [{ to, message: { _tag: "Proven", certificate: owned.certificate, proof } }]
}

/**
 * A storage node overwrites its keys in the step in which it stops: the symmetric key with its
 * hash, the private key with the one that NEW_VIEW brings. "When a storage node sees that it is not
 * part of the new configuration, it discards its certificate, private key, and symmetric key."
 */
const forget = (
  { rules, cryptography }: Context,
  self: ServerId,
  state: ServerState,
  { view, keys }: NewView
): ServerState => {
  const isOne = isMember(view, self)
  const current = state.key === null ? undefined : cryptography.hashed(state.key, view.number)
  const brought = keys === undefined ? undefined : rules.open(cryptography, current, keys)
  return {
    ...state,
    key: state.key === null ? null : rules.nextKey(cryptography, state.key, view.number, isOne),
    possessions: setOf([
      ...rules.kept(state.possessions, isOne),
      ...(brought === undefined ? [] : [brought])
    ])
  }
}

export const server: Process<Context, ServerState, never, Noted, Message, NoChoice, ServerId> = {
  State: ServerState,
  durable: true,
  initial,
  ready: () => false,
  choices: () => [],
  postpones: (context, self, { storage }, from, message) =>
    message._tag !== "Proven" && Storage.postpones(context, self, storage, from, message),
  step: (context, self, state, input) =>
    match(input)
      .with({ _tag: "Receive" }, ({ from, message }) =>
        receive(context, self, state, from, message)
      )
      .with({ _tag: "Invoke" }, { _tag: "Choose" }, () => ignore(state))
      .exhaustive(),
  promises: {
    heeds: Storage.heeds,
    isObsolete: (context, self, { storage }, from, message) =>
      message._tag === "Proven" || Storage.isObsolete(context, self, storage, from, message),
    onlyAnswers: (context, self, { storage }, from, message) =>
      message._tag === "Proven" || Storage.onlyAnswers(context, self, storage, from, message),
    isWelcome: (context, self, { storage }, from, message) =>
      message._tag !== "Proven" && Storage.isWelcome(context, self, storage, from, message)
  }
}
