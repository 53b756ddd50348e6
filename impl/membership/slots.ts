/**
 * The slots of the log. Each slot is a separate run of PBFT (`spec/pbft`), and its primary is
 * another replica than that of the previous slot. Which slots a replica takes part in, and which
 * it remembers: `spec/membership/slots.ts`.
 *
 * A replica is a client of PBFT as well. It requests what other nodes have submitted to it. From
 * the replies of f+1 replicas it learns the content of a slot whose decision it has missed. As in
 * the paper, the hash of a batch goes through the phases, and the batch goes to every replica
 * alongside.
 */
import * as Schema from "effect/Schema"
import type { View } from "../../spec/administrator/view.ts"
import type { SigningKey } from "../../spec/kernel/cryptography.ts"
import type { PartSend } from "../../spec/kernel/keyed.ts"
import { Count, type NodeId } from "../../spec/kernel/node.ts"
import { roomOf } from "../../spec/membership/slots.ts"
import { client as clientNode, type ServerId } from "../../spec/nodes/nodes.ts"
import { ClientState, client } from "../../spec/pbft/client.ts"
import { isLeftBehind } from "../../spec/pbft/collected.ts"
import { contentOf, passesOn } from "../../spec/pbft/learning.ts"
import type { Message as PbftMessage } from "../../spec/pbft/messages.ts"
import { ReplicaState, replica } from "../../spec/pbft/replica.ts"
import { withProofs } from "../../spec/pbft/rules.ts"
import type { Value } from "../../spec/register/operation.ts"
import type { ServiceCryptography } from "./cryptography.ts"
import type { Message } from "./messages.ts"

/** One slot, in one epoch of the service. */
export const SlotState = Schema.Struct({
  epoch: Count,
  slot: Count,
  replica: ReplicaState,
  client: ClientState
})
export type SlotState = typeof SlotState.Type

/** The key of a slot's object. An earlier slot had the same key, and is forgotten then. */
export const keyOfSlot = (slot: number): string => `slot ${roomOf(slot)}`

/** The context of a replica in a slot. */
export interface AtSlot {
  readonly cryptography: ServiceCryptography
  readonly service: View
  readonly self: ServerId
  readonly key: SigningKey<ServerId>
}

const contextOf = ({ cryptography, service }: AtSlot, slot: number) => {
  const { members, number } = service
  const first = slot % members.length
  return {
    rules: withProofs,
    cryptography: cryptography.about(`slot ${number}/${slot}`),
    // Replicas take turns as the primary of view 0.
    servers: [...members.slice(first), ...members.slice(0, first)],
    clients: members.map((member) => clientNode(member))
  }
}

export const newSlot = (at: AtSlot, slot: number): SlotState => {
  const context = contextOf(at, slot)
  const own = clientNode(at.self)
  return {
    epoch: at.service.number,
    slot,
    replica: { ...replica.initial(context, at.self), key: at.key },
    client: { ...client.initial(context, own), key: { ...at.key, owner: own } }
  }
}

export interface SlotStep {
  readonly state: SlotState
  readonly sends: ReadonlyArray<PartSend<Message>>
}

const sent = (
  { epoch, slot }: SlotState,
  sends: ReadonlyArray<{ readonly to: NodeId; readonly message: PbftMessage }>
): ReadonlyArray<PartSend<Message>> =>
  sends.map(({ to, message }) => ({
    to,
    message: { _tag: "Slot", epoch, slot, message },
    key: keyOfSlot(slot)
  }))

/** The replica submits this value for the slot. */
export const request = (at: AtSlot, state: SlotState, value: Value): SlotStep => {
  const context = contextOf(at, state.slot)
  const step = client.step(context, clientNode(at.self), state.client, {
    _tag: "Invoke",
    operation: { _tag: "Propose", value }
  })
  return { state: { ...state, client: step.state }, sends: sent(state, step.sends) }
}

/**
 * A message about the slot arrives; the replica then takes all steps that it can take by itself.
 */
export const receive = (
  at: AtSlot,
  state: SlotState,
  from: NodeId,
  message: PbftMessage
): SlotStep => {
  const context = contextOf(at, state.slot)
  const input = { _tag: "Receive", from, message } as const
  if (message._tag === "Reply") {
    const { state: heard } = client.step(context, clientNode(at.self), state.client, input)
    const after = { ...state, client: heard }
    const own = clientNode(at.self)
    return { state: after, sends: sent(after, passesOn(context, at.self, own, state, after)) }
  }
  const { state: after } = replica.step(context, at.self, state.replica, input)
  return join(at, goOn(at, { ...state, replica: after }, []))
}

/** A replica that is behind the views of others moves on until it is not. */
const join = (at: AtSlot, soFar: SlotStep): SlotStep => {
  const { view, collected } = soFar.state.replica
  if (!isLeftBehind({ servers: at.service.members }, collected, view)) return soFar
  const { state, sends } = toNextView(at, soFar.state)
  return join(at, { state, sends: [...soFar.sends, ...sends] })
}

const goOn = (at: AtSlot, before: SlotState, soFar: ReadonlyArray<PartSend<Message>>): SlotStep => {
  const context = contextOf(at, before.slot)
  let state = before
  let sends = soFar
  for (;;) {
    const [choice] = replica.choices(context, at.self, state.replica)
    if (choice === undefined || choice._tag === "ChangeView") return { state, sends }
    const step = replica.step(context, at.self, state.replica, { _tag: "Choose", choice })
    state = { ...state, replica: step.state }
    sends = [...sends, ...sent(state, step.sends)]
  }
}

/** The replica has waited in vain in this view, and moves to the next. */
export const changeView = (at: AtSlot, state: SlotState, view: number): SlotStep => {
  if (state.replica.view !== view || decidedIn(at, state) !== undefined) return { state, sends: [] }
  return toNextView(at, state)
}

const toNextView = (at: AtSlot, state: SlotState): SlotStep => {
  const context = contextOf(at, state.slot)
  const step = replica.step(context, at.self, state.replica, {
    _tag: "Choose",
    choice: { _tag: "ChangeView" }
  })
  const after = { ...state, replica: step.state }
  return goOn(at, after, sent(after, step.sends))
}

/** The content of the slot; undefined while this replica does not know it. */
export const decidedIn = (at: AtSlot, state: SlotState) =>
  contentOf(contextOf(at, state.slot), clientNode(at.self), state)

/** The first primary of a slot. */
export const firstPrimary = ({ members }: View, slot: number): ServerId | undefined =>
  members[slot % members.length]

/**
 * The hash of the batch that a message of PBFT is about, if no replica may act on the message
 * without the batch.
 */
export const hashIn = (message: PbftMessage): Value | undefined => {
  switch (message._tag) {
    case "Request":
      return message.request.content
    case "Vote":
      return message.vote.content.request.content
    default:
      return undefined
  }
}

/** Whether the slot has anything to decide. */
export const isAsked = ({ replica: { collected } }: SlotState): boolean =>
  collected.requests.length > 0
