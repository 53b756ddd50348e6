/**
 * The administrator of the forgetting protocol, with many registers. It is the administrator of the
 * specification (`spec/forgetting/administrator.ts`). It counts a storage node's answer once that
 * node has reported all its registers, and it sends the new members every register before they
 * serve.
 */
import * as Schema from "effect/Schema"
import { Stored } from "../../spec/administrator/messages.ts"
import {
  AdministratorState as Single,
  administrator as single
} from "../../spec/forgetting/administrator.ts"
import { Proven, type Message as SingleMessage } from "../../spec/forgetting/messages.ts"
import { equals, including, union, without } from "../../spec/kernel/data.ts"
import {
  noChoices,
  type ObjectsAfter,
  type Part,
  type PartSend,
  type PartStep
} from "../../spec/kernel/keyed.ts"
import { Count, type NodeId } from "../../spec/kernel/node.ts"
import type { AnyObservation, AnyOperation } from "../../spec/kernel/observation.ts"
import type { Input, Send } from "../../spec/kernel/process.ts"
import { type AdministratorId, ServerId, ServerSet } from "../../spec/nodes/nodes.ts"
import { type Reconfigure, refused } from "../../spec/storage/reconfiguration.ts"
import { newer } from "../../spec/supermajority/signed-pair.ts"
import type { Message, Order, Stopped } from "./messages.ts"
import { type Context, singleContext } from "./trust.ts"

/** What a stopping storage node has reported so far. */
const Heard = Schema.Struct({
  server: ServerId,
  /** The number of registers reported. */
  came: Count,
  /**
   * The node's number of registers and its proof that it had the key; null until it reports them.
   */
  stopped: Schema.NullOr(Schema.Struct({ proven: Proven, registers: Count }))
})
type Heard = typeof Heard.Type

const Shared = Schema.Struct({
  ...Single.fields,
  heard: Schema.Array(Heard),
  /** Former members. None becomes a member again: its keys are gone, but old messages are not. */
  former: ServerSet
})
const Own = Schema.Struct({
  /** The newest pair that storage nodes have reported. */
  written: Stored,
  /** The nodes that have reported this register in the configuration with this number. */
  told: Schema.Struct({ number: Count, by: ServerSet })
})
export type AdministratorState = typeof Shared.Type & typeof Own.Type
type AdministratorStep = PartStep<AdministratorState, AnyObservation, Message>

const singleState = ({ key, view, activity }: AdministratorState): Single => ({
  key,
  view,
  activity
})
const ignore = (state: AdministratorState): AdministratorStep => ({
  state,
  sends: [],
  observations: []
})

/** Signs the message as the administrator. */
const ordered = (
  { trust }: Context,
  { key }: AdministratorState,
  to: ServerId,
  message: Order["order"]["content"]["message"]
): Order => ({ _tag: "Order", order: trust.cryptography.sign(key, { to, message }) })

/** A step of the specification's administrator of one register, on behalf of all registers. */
const step = (
  context: Context,
  self: AdministratorId,
  state: AdministratorState,
  input: Input<Reconfigure, SingleMessage, undefined>,
  registers: () => ReadonlyArray<readonly [register: string, state: AdministratorState]>
): AdministratorStep => {
  const taken = single.step(singleContext(context, ""), self, singleState(state), input)
  const { view } = taken.state
  const isOver = view.number !== state.view.number
  const known = union(
    union(state.view.members, view.members),
    taken.state.activity?.next.members ?? []
  )
  return {
    state: {
      ...state,
      ...taken.state,
      heard: isOver || state.activity === null ? [] : state.heard,
      former: isOver ? union(state.former, without(state.view.members, view.members)) : state.former
    },
    sends: taken.sends.flatMap((send) => toAll(context, state, known, send, registers)),
    observations: taken.observations
  }
}

/** Repeats for all registers what the step sends for one. */
const toAll = (
  context: Context,
  state: AdministratorState,
  /** The storage nodes that the administrator addresses. */
  known: ServerSet,
  { to, message }: Send<SingleMessage>,
  registers: () => ReadonlyArray<readonly [register: string, state: AdministratorState]>
): ReadonlyArray<PartSend<Message>> => {
  const server = known.find((one) => one === to)
  // Clients learn of it from storage nodes.
  if (server === undefined) return []
  switch (message._tag) {
    case "NewView":
      return [{ to, message: ordered(context, state, server, message), key: "" }]
    case "Begin": {
      const { number } = message
      const all = registers()
      const serve = { _tag: "Serve", number, registers: all.length } as const
      return [
        ...all.map(([key, { written }]) => {
          const begin = { _tag: "Begin", number, written } as const
          return { to, message: ordered(context, state, server, begin), key }
        }),
        { to, message: ordered(context, state, server, serve), key: "" }
      ]
    }
    default:
      return []
  }
}

/** A former member is not admitted again: that would take another key. */
const invoke = (
  context: Context,
  self: AdministratorId,
  state: AdministratorState,
  operation: Reconfigure,
  objectsAfter: ObjectsAfter<AdministratorState>
): AdministratorStep =>
  operation.add.some((one) => state.former.includes(one))
    ? {
        state,
        sends: [],
        observations: [
          { _tag: "Invocation", operation },
          { _tag: "Response", operation, result: refused }
        ]
      }
    : step(context, self, state, { _tag: "Invoke", operation }, () => [...objectsAfter(null)])

/** Whether the administrator counts this answer of a stopping storage node. */
const counts = (
  context: Context,
  self: AdministratorId,
  state: AdministratorState,
  from: NodeId,
  proven: Proven,
  register: string
): boolean =>
  single.promises?.isObsolete?.(
    singleContext(context, register),
    self,
    singleState(state),
    from,
    proven
  ) !== true

const heardOf = ({ heard }: AdministratorState, server: ServerId): Heard =>
  heard.find((one) => one.server === server) ?? { server, came: 0, stopped: null }

/** The state after this report of a storage node. */
const hearing = (state: AdministratorState, heard: Heard): AdministratorState => ({
  ...state,
  heard: [...state.heard.filter(({ server }) => server !== heard.server), heard]
})

/** A stopping storage node reports one register. */
const receiveProven = (
  state: AdministratorState,
  server: ServerId,
  { proof }: Proven
): AdministratorState => {
  const { number } = state.view
  const by = state.told.number === number ? state.told.by : []
  if (by.includes(server)) return state
  const before = heardOf(state, server)
  return {
    ...hearing(state, { ...before, came: before.came + 1 }),
    written: newer(state.written, proof.content.written),
    told: { number, by: including(by, server) }
  }
}

/** The node has reported this number of registers, and has stopped. */
const receiveStopped = (
  { trust }: Context,
  state: AdministratorState,
  server: ServerId,
  { proven, told }: Stopped
): AdministratorState => {
  const { nonce, registers } = told.content
  const isItsOwn =
    trust.cryptography.about("").verifiesWith(proven.certificate.content.key, told) &&
    equals(nonce, proven.proof.content.nonce)
  return isItsOwn
    ? hearing(state, { ...heardOf(state, server), stopped: { proven, registers } })
    : state
}

export const administrator: Part<
  Context,
  AdministratorState,
  AnyOperation,
  AnyObservation,
  Message,
  undefined,
  AdministratorId
> = {
  Shared,
  Own,
  durable: true,
  initial: ({ trust }, self) => ({
    key: trust.cryptography.ownKey(self),
    view: trust.view,
    activity: null,
    heard: [],
    former: [],
    written: null,
    told: { number: 0, by: [] }
  }),
  ready: (_context, _self, { activity }) => activity === null,
  choices: noChoices,
  step: (context, self, state, input, objectsAfter, register = "") => {
    if (input._tag === "Invoke")
      return invoke(context, self, state, input.operation as Reconfigure, objectsAfter)
    if (input._tag !== "Receive") return ignore(state)
    const { from, message } = input
    const proven = message._tag === "Stopped" ? message.proven : message
    const server = state.view.members.find((one) => one === from)
    if (proven._tag !== "Proven" || server === undefined) return ignore(state)
    if (!counts(context, self, state, from, proven, register)) return ignore(state)
    const after =
      message._tag === "Stopped"
        ? receiveStopped(context, state, server, message)
        : receiveProven(state, server, proven)
    const { came, stopped } = heardOf(after, server)
    if (stopped === null || came < stopped.registers) return ignore(after)
    // All registers of the node have arrived, so its answer counts.
    const registers = () => {
      const all = [...objectsAfter(null)]
      const isAbout = message._tag === "Proven"
      return isAbout
        ? [...all.filter(([key]) => key !== register), [register, after] as const]
        : all
    }
    return step(context, self, after, { _tag: "Receive", from, message: stopped.proven }, registers)
  }
}
