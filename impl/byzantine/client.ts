/**
 * The client of the forgetting protocol, with many registers. For each register it is the client of
 * the specification (`spec/forgetting/client.ts`). All registers share one key, and one counter of
 * operations, so that no two requests have the same nonce. They learn of a new configuration
 * together.
 */
import * as Schema from "effect/Schema"
import type { Message as AdministeredMessage } from "../../spec/administrator/messages.ts"
import { View } from "../../spec/administrator/view.ts"
import {
  ClientState as Single,
  type ClientState as SingleState,
  client as single
} from "../../spec/forgetting/client.ts"
import type { Message as SingleMessage } from "../../spec/forgetting/messages.ts"
import { SigningKey } from "../../spec/kernel/cryptography.ts"
import { without } from "../../spec/kernel/data.ts"
import {
  noChoices,
  type ObjectsAfter,
  type Part,
  type PartSend,
  type PartStep
} from "../../spec/kernel/keyed.ts"
import { Count, type NodeId } from "../../spec/kernel/node.ts"
import type { AnyObservation, AnyOperation } from "../../spec/kernel/observation.ts"
import type { Input } from "../../spec/kernel/process.ts"
import { ClientId, type ServerSet } from "../../spec/nodes/nodes.ts"
import type { Access } from "../../spec/register/operation.ts"
import type { Message, Over } from "./messages.ts"
import { type Context, singleContext } from "./trust.ts"

const Shared = Schema.Struct({
  /** The number of operations begun, on all registers. */
  begun: Count,
  key: SigningKey(ClientId),
  /** The latest configuration that the client knows. */
  latest: View
})
/** The state of the operation on this register; null between operations. */
const Own = Schema.Struct({ busy: Schema.NullOr(Single) })
export type ClientState = typeof Shared.Type & typeof Own.Type
type ClientStep = PartStep<ClientState, AnyObservation, Message>

/**
 * The notes of a client about a node that does not answer as a member of its configuration: its
 * proof is invalid, or it says that it has forgotten the configuration.
 */
export const unproved = "unproved"
export const forgotten = "forgotten"
export interface Doubt {
  readonly from: NodeId
  /** The number of the configuration. */
  readonly number: number
}

const singleState = ({ begun, key, latest, busy }: ClientState): SingleState =>
  busy ?? { _tag: "Idle", begun, key, view: latest }

/** The step of one register, as a step of the whole client. */
const step = (
  context: Context,
  self: ClientId,
  state: ClientState,
  input: Input<Access, SingleMessage, undefined>,
  register: string
): ClientStep => {
  const before = singleState(state)
  const {
    state: after,
    sends,
    observations
  } = single.step(singleContext(context, register), self, before, input)
  if (after === before) return { state, sends: [], observations }
  const { begun, latest } = state
  return {
    state: {
      ...state,
      begun: Math.max(begun, after.begun),
      latest: after.view.number > latest.number ? after.view : latest,
      busy: after._tag === "Idle" ? null : after
    },
    sends: sends.flatMap(({ to, message }) => (isQuestion(message) ? [{ to, message }] : [])),
    observations
  }
}

type Question = Extract<AdministeredMessage, { readonly _tag: "Get" | "Confirm" | "Set" }>
const isQuestion = (message: SingleMessage): message is Question =>
  message._tag === "Get" || message._tag === "Confirm" || message._tag === "Set"

const noting = (
  state: ClientState,
  name: typeof unproved | typeof forgotten,
  detail: Doubt
): ClientStep => ({ state, sends: [], observations: [{ _tag: "Note", name, detail }] })

/**
 * A storage node reports that the configuration has ended. If it shows the administrator's
 * certificate for a later one, the client learns of that configuration as from the administrator
 * itself.
 */
const learn = (
  context: Context,
  self: ClientId,
  state: ClientState,
  from: NodeId,
  { number, later }: Over,
  register: string
): ClientStep => {
  const { administrator, cryptography } = context.trust
  const { view } = singleState(state)
  if (state.busy === null || number !== view.number) return { state, sends: [], observations: [] }
  if (later === null) return noting(state, forgotten, { from, number })
  if (later.signer !== administrator || !cryptography.verifies(later))
    return noting(state, unproved, { from, number })
  const notice = { _tag: "Notice", view: later.content.meta } as const
  return step(
    context,
    self,
    state,
    { _tag: "Receive", from: administrator, message: notice },
    register
  )
}

/**
 * The directory's hint: the storage nodes that exist. A client whose configuration has ended may
 * know no node that could report the next one, so it asks the other nodes too. It counts none of
 * their answers; it only accepts the administrator's certificate.
 */
export interface Hint {
  readonly _tag: "Hint"
  readonly members: ServerSet
}

const askOthers = (
  self: ClientId,
  { members }: Hint,
  objectsAfter: ObjectsAfter<ClientState>
): ReadonlyArray<PartSend<Message>> =>
  [...objectsAfter(null)].flatMap(([key, { busy }]) => {
    if (busy === null) return []
    const { begun: operation, view } = busy
    const { number } = view
    const question: Message = {
      ...{ _tag: "Get", number },
      nonce: { asker: self, operation, number, stage: "get" }
    }
    return without(members, view.members).map((to) => ({ to, message: question, key }))
  })

export const client: Part<
  Context,
  ClientState,
  AnyOperation,
  AnyObservation,
  Message | Hint,
  undefined,
  ClientId
> = {
  Shared,
  Own,
  durable: false,
  initial: ({ trust }, self) => ({
    begun: 0,
    key: trust.cryptography.ownKey(self),
    latest: trust.view,
    busy: null
  }),
  ready: (_context, _self, { busy }) => busy === null,
  choices: noChoices,
  step: (context, self, state, input, objectsAfter, register = "") => {
    switch (input._tag) {
      case "Invoke":
        return step(
          context,
          self,
          state,
          { ...input, operation: input.operation as Access },
          register
        )
      case "Receive": {
        const { from, message } = input
        if (message._tag === "Hint")
          return { state, sends: askOthers(self, message, objectsAfter), observations: [] }
        if (message._tag === "Over") return learn(context, self, state, from, message, register)
        if (message._tag !== "Proven") return { state, sends: [], observations: [] }
        const { rules, trust } = context
        const { number } = singleState(state).view
        const shown = { from, administrator: trust.administrator, number, proven: message }
        const isMeant = state.busy !== null && message.proof.content.nonce.number === number
        return isMeant && !rules.believes(trust.cryptography.about(register), shown)
          ? noting(state, unproved, { from, number })
          : step(context, self, state, { _tag: "Receive", from, message }, register)
      }
      case "Choose":
        return { state, sends: [], observations: [] }
    }
  },
  promises: {
    isSettled: (context, self, state, to, message) =>
      isQuestionOf(message) &&
      single.promises?.isSettled?.(
        singleContext(context, ""),
        self,
        singleState(state),
        to,
        message
      ) === true
  }
}

const isQuestionOf = (message: Message | Hint): message is Question & Message =>
  message._tag === "Get" || message._tag === "Confirm" || message._tag === "Set"
