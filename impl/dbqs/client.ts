/**
 * The client of dBQS, with many objects. For each object it is the client of the specification
 * (`spec/dbqs/client.ts`). All objects share one key, and one counter of operations, so that no two
 * requests have the same nonce. They learn of a new epoch together.
 */
import * as Schema from "effect/Schema"
import {
  type ObjectOperation,
  ClientState as Single,
  type ClientState as SingleState,
  client as single
} from "../../spec/dbqs/client.ts"
import { Certificate } from "../../spec/dbqs/epoch.ts"
import { Lease, mayCount } from "../../spec/dbqs/lease.ts"
import type { Answer, Question, Message as SingleMessage, Stale } from "../../spec/dbqs/messages.ts"
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
import type { Message } from "./messages.ts"
import { type Context, singleContext } from "./trust.ts"

const Shared = Schema.Struct({
  /** The number of operations begun, on all objects. */
  begun: Count,
  key: SigningKey(ClientId),
  /** The certificate of the latest epoch that it knows. */
  latest: Certificate,
  /** As long as it counts answers: the epoch that was said to be the current one. */
  lease: Lease
})
/** The state of the operation on this object; null between operations. */
const Own = Schema.Struct({ busy: Schema.NullOr(Single) })
export type ClientState = typeof Shared.Type & typeof Own.Type
type ClientStep = PartStep<ClientState, AnyObservation, Message>

const ignore = (state: ClientState): ClientStep => ({ state, sends: [], observations: [] })

const singleState = ({ begun, key, latest, busy }: ClientState): SingleState =>
  busy ?? { _tag: "Idle", begun, key, certificate: latest }

/** The step of one object, as a step of the whole client. */
const step = (
  context: Context,
  self: ClientId,
  state: ClientState,
  input: Input<ObjectOperation, SingleMessage, undefined>,
  key: string
): ClientStep => {
  const before = singleState(state)
  const from = input._tag === "Receive" ? input.from : undefined
  const {
    state: after,
    sends,
    observations
  } = single.step(singleContext(context, key, from), self, before, input)
  if (after === before) return { state, sends: [], observations }
  const { begun, latest } = state
  return {
    state: {
      ...state,
      begun: Math.max(begun, after.begun),
      latest: laterOf(latest, after.certificate),
      busy: after._tag === "Idle" ? null : after
    },
    sends: sends as ReadonlyArray<PartSend<Message>>,
    observations
  }
}

const laterOf = (one: Certificate, other: Certificate): Certificate =>
  other.content.number > one.content.number ? other : one

/**
 * A storage node reports that the epoch has ended. The certificate proves it, whichever node
 * reports it: the client learns of the epoch as from the service itself.
 */
const learn = (
  context: Context,
  self: ClientId,
  state: ClientState,
  { certificate }: Stale,
  key: string
): ClientStep =>
  certificate.content.number <= singleState(state).certificate.content.number
    ? ignore(state)
    : step(
        context,
        self,
        state,
        {
          _tag: "Receive",
          from: context.trust.service,
          message: { _tag: "Notice", certificate }
        },
        key
      )

/** Passes what an answer says about this object to the operation that waits for it. */
const hear = (
  context: Context,
  self: ClientId,
  state: ClientState,
  from: NodeId,
  message: Answer,
  key: string
): ClientStep =>
  state.busy === null
    ? ignore(state)
    : step(context, self, state, { _tag: "Receive", from, message }, key)

/**
 * The directory's hint: the storage nodes that exist. A client whose epoch has ended may know no
 * node that could report the next one, so it asks the other nodes too. It counts none of their
 * answers; it only accepts a certificate.
 */
export interface Hint {
  readonly _tag: "Hint"
  readonly members: ServerSet
}

/** The edge: the lease begins, with this epoch as the current one, or is over (null). */
export interface Leased {
  readonly _tag: "Leased"
  readonly current: Certificate | null
}

const leased = (
  state: ClientState,
  { current }: Leased,
  objectsAfter: ObjectsAfter<ClientState>
): ClientStep => {
  if (current === null) return ignore({ ...state, lease: null })
  const { number: lease, members } = current.content
  const sends = [...objectsAfter(null)].flatMap(([key, { busy }]) =>
    busy?._tag === "Busy" && busy.certificate.content.number < lease
      ? askSince(members, busy.certificate, key)
      : []
  )
  const latest = laterOf(state.latest, current)
  return { state: { ...state, lease, latest }, sends, observations: [] }
}

const askSince = (
  nodes: ServerSet,
  { content: { number } }: Certificate,
  key: string
): ReadonlyArray<PartSend<Message>> =>
  nodes.map((to) => ({ to, message: { _tag: "Since", number: number + 1 } as const, key }))

const askOthers = (
  { members }: Hint,
  objectsAfter: ObjectsAfter<ClientState>
): ReadonlyArray<PartSend<Message>> =>
  [...objectsAfter(null)].flatMap(([key, { busy }]) =>
    busy?._tag === "Busy"
      ? askSince(without(members, busy.certificate.content.members), busy.certificate, key)
      : []
  )

export const client: Part<
  Context,
  ClientState,
  AnyOperation,
  AnyObservation,
  Message | Hint | Leased,
  undefined,
  ClientId
> = {
  Shared,
  Own,
  durable: false,
  initial: ({ trust }, self) => ({
    begun: 0,
    key: trust.cryptography.ownKey(self),
    latest: trust.certificate,
    lease: null,
    busy: null
  }),
  ready: (_context, _self, { busy }) => busy === null,
  choices: noChoices,
  postpones: (_context, _self, state, _from, message) =>
    message._tag === "Answer" &&
    !mayCount(state.lease, singleState(state).certificate.content.number),
  step: (context, self, state, input, objectsAfter, key = "") => {
    switch (input._tag) {
      case "Invoke": {
        const operation = input.operation as ObjectOperation
        return step(context, self, state, { ...input, operation }, key)
      }
      case "Receive": {
        const { from, message } = input
        switch (message._tag) {
          case "Hint":
            return { state, sends: askOthers(message, objectsAfter), observations: [] }
          case "Leased":
            return leased(state, message, objectsAfter)
          case "Stale":
            return learn(context, self, state, message, key)
          case "Certificates": {
            const last = message.certificates.at(-1)
            return last === undefined
              ? ignore(state)
              : learn(
                  context,
                  self,
                  state,
                  { _tag: "Stale", nonce: noNonce, certificate: last },
                  key
                )
          }
          case "Answer":
            return hear(context, self, state, from, message, key)
          default:
            return ignore(state)
        }
      }
      case "Choose":
        return ignore(state)
    }
  },
  promises: {
    isSettled: (context, self, state, to, message, key = "") =>
      message._tag === "Since" ||
      (isQuestion(message) &&
        single.promises?.isSettled?.(
          singleContext(context, key),
          self,
          singleState(state),
          to,
          message
        ) === true)
  }
}

const noNonce = { asker: ClientId.make("nobody"), operation: 0, number: 0, stage: "get" } as const

const isQuestion = (message: Message | Hint | Leased): message is Question =>
  message._tag === "Get" || message._tag === "Set"
