/**
 * The log of the membership service, as its replicas see it: a sequence of operations that all
 * replicas agree on even though some of them lie. Here the log is given, as the sequence of
 * configurations is to RAMBO; `spec/pbft` shows how replicas agree on one.
 *
 * The log records that the service moves (a rule that every replica can follow chooses the members
 * of the next epoch), what each replica deals, which replicas say that they have erased, and that
 * the last epoch has thereby ended. The log is one node that never fails, and its messages reach
 * each replica in order.
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import type { Noted } from "../../administrator/observation.ts"
import { firstView, View } from "../../administrator/view.ts"
import { changedMembers } from "../../configuration/configuration.ts"
import type { Cryptography } from "../../kernel/cryptography.ts"
import { including, union } from "../../kernel/data.ts"
import { Count, type NodeId, SetOf } from "../../kernel/node.ts"
import type { Observation } from "../../kernel/observation.ts"
import { become, ignore, type Process, type Step } from "../../kernel/process.ts"
import { type AdministratorId, type ClientId, ServerId, ServerSet } from "../../nodes/nodes.ts"
import type { Value } from "../../register/operation.ts"
import { Reconfigure, refused } from "../../storage/reconfiguration.ts"
import { maxFaulty } from "../following.ts"
import { epochs } from "./bounds.ts"
import { type Deal, type Message, Sealed } from "./messages.ts"
import type { Rules } from "./rules.ts"

/** The parts that one replica has dealt. */
const Dealing = Schema.Struct({ dealer: ServerId, sealed: SetOf(Sealed) })

/** A move of the service that has not ended. */
const Moving = Schema.Struct({
  operation: Reconfigure,
  next: View,
  /** The first dealings, until there are enough: all replicas use the same ones. */
  dealings: SetOf(Dealing),
  isDealt: Schema.Boolean,
  /** The replicas that say that they have erased. */
  erased: ServerSet
})

type Moving = typeof Moving.Type

export const LogState = Schema.Struct({
  /** The latest epoch that has begun. */
  view: View,
  moving: Schema.NullOr(Moving),
  /** The epoch of the system whose members the service tracks. */
  system: Count
})
export type LogState = typeof LogState.Type

/** The parameters of the log. */
export interface Context {
  readonly rules: Rules
  readonly cryptography: Cryptography
  readonly configuration: { readonly members: ServerSet }
  readonly clients: ReadonlyArray<ClientId>
  readonly bounds?: Readonly<Record<string, number>>
}

/**
 * The effect of a submission: it enters the log as soon as it can. And the next epoch of the
 * system, at any time.
 */
export interface Choice {
  readonly _tag: "Agree" | "End" | "Advance"
}
type LogObservation = Observation<Reconfigure, Value, Noted>
type LogStep = Step<LogState, LogObservation, Message>

/** The service moves: the log informs its replicas of the next ones. */
const move = (state: LogState, operation: Reconfigure): LogStep => {
  const { view } = state
  const begun = { _tag: "Invocation", operation } as const
  const members = changedMembers(view.members, operation.add, operation.remove)
  if (members.length === 0)
    return {
      state,
      sends: [],
      observations: [begun, { _tag: "Response", operation, result: refused }]
    }
  const next: View = { number: view.number + 1, members }
  return {
    state: {
      ...state,
      moving: { operation, next, dealings: [], isDealt: false, erased: [] }
    },
    sends: view.members.map((to) => ({ to, message: { _tag: "Move", view: next } })),
    observations: [begun, { _tag: "Note", name: "asked", detail: { number: view.number } }]
  }
}

/**
 * The system goes on to its next epoch: the replicas are told, and those who follow. It does so
 * only while the service does not move, so all of it is in one epoch of the service.
 */
const advance = ({ clients }: Context, state: LogState): LogStep => {
  const { view } = state
  const number = state.system + 1
  const everybody: ReadonlyArray<NodeId> = [...view.members, ...clients]
  return {
    state: { ...state, system: number },
    sends: everybody.map((to) => ({
      to,
      message: { _tag: "Advance", epoch: view.number, number }
    })),
    observations: []
  }
}

/** A replica of the epoch has reshared its share. */
const receiveDeal = (
  state: LogState,
  moving: Moving,
  from: ServerId,
  { sealed }: Deal
): LogState => ({
  ...state,
  moving: { ...moving, dealings: including(moving.dealings, { dealer: from, sealed }) }
})

/** A replica of the epoch says that it has erased its secrets of the epoch. */
const receiveErased = (state: LogState, moving: Moving, from: ServerId): LogState => ({
  ...state,
  moving: { ...moving, erased: including(moving.erased, from) }
})

/**
 * The number of replicas that have to deal: 2f+1, the most that can be waited for. (Their parts
 * form a share if the dealers could sign together.)
 */
const isEnoughDealt = ({ view }: LogState, { dealings }: Moving): boolean =>
  dealings.length >= 2 * maxFaulty(view) + 1

/**
 * Enough replicas have dealt: the dealers are agreed on, and every replica of the last epoch and of
 * the next receives what they have dealt to it.
 */
const agree = (state: LogState, moving: Moving): LogStep => {
  const { view } = state
  const { number, members } = moving.next
  const all = moving.dealings.flatMap(({ sealed }) => sealed)
  return {
    state: { ...state, moving: { ...moving, isDealt: true } },
    sends: union(view.members, members).map((to) => ({
      to,
      message: { _tag: "Dealt", number, sealed: all.filter(({ owner }) => owner === to) }
    })),
    observations: []
  }
}

const isEnoughErased = ({ rules }: Context, { view }: LogState, { erased }: Moving): boolean =>
  rules.areEnoughErased(erased.length, view.members.length, maxFaulty(view))

/** Enough replicas have erased their secrets: the last epoch ends, and the next one begins. */
const end = ({ view, system }: LogState, { operation, next }: Moving): LogStep => ({
  state: { view: next, moving: null, system },
  sends: next.members.map((to) => ({
    to,
    message: { _tag: "Begin", number: next.number, system }
  })),
  observations: [
    { _tag: "Note", name: "forgotten", detail: { number: view.number } },
    { _tag: "Response", operation, result: null }
  ]
})

const choices = (context: Context, state: LogState): ReadonlyArray<Choice> => {
  const { moving } = state
  if (moving === null)
    return state.system + 1 < (context.bounds?.[epochs.name] ?? 1) ? [{ _tag: "Advance" }] : []
  if (!moving.isDealt) return isEnoughDealt(state, moving) ? [{ _tag: "Agree" }] : []
  return isEnoughErased(context, state, moving) ? [{ _tag: "End" }] : []
}

const choose = (context: Context, state: LogState, { _tag }: Choice): LogStep => {
  const { moving } = state
  if (moving === null) return _tag === "Advance" ? advance(context, state) : ignore(state)
  switch (_tag) {
    case "Agree":
      return agree(state, moving)
    case "End":
      return end(state, moving)
    case "Advance":
      return ignore(state)
  }
}

/** Whether the log accepts this node's submission, now or later. */
const timeOf = (
  context: Context,
  state: LogState,
  from: NodeId,
  message: Message
): "now" | "later" | "over" => {
  const { view, moving } = state
  if (message._tag !== "Deal" && message._tag !== "Erased") return "over"
  if (message.number <= view.number) return "over"
  if (moving === null || message.number > moving.next.number) return "later"
  const self = view.members.find((member) => member === from)
  if (self === undefined) return "over"
  if (message._tag === "Deal") {
    const isMissing = !moving.dealings.some(({ dealer }) => dealer === self)
    const isTaken = isMissing && !moving.isDealt && isComplete(context, moving, self, message)
    return isTaken ? "now" : "over"
  }
  if (moving.erased.includes(self)) return "over"
  return moving.isDealt ? "now" : "later"
}

/** Whether the dealer has given a part to each of the next replicas. */
const isComplete = (
  { rules, cryptography }: Context,
  { next }: Moving,
  dealer: ServerId,
  { sealed }: Deal
): boolean => {
  const threshold = rules.threshold(next.members.length, maxFaulty(next))
  return (
    sealed.length === next.members.length &&
    next.members.every((member) =>
      sealed.some(({ owner, times }) => owner === member && times === next.number)
    ) &&
    cryptography.threshold.isDealtBy(dealer, threshold, sealed)
  )
}

const receive = (context: Context, state: LogState, from: NodeId, message: Message): LogState => {
  const { view, moving } = state
  const member = view.members.find((one) => one === from)
  if (moving === null || member === undefined || timeOf(context, state, from, message) !== "now")
    return state
  switch (message._tag) {
    case "Deal":
      return receiveDeal(state, moving, member, message)
    case "Erased":
      return receiveErased(state, moving, member)
    default:
      return state
  }
}

export const log: Process<
  Context,
  LogState,
  Reconfigure,
  LogObservation,
  Message,
  Choice,
  AdministratorId
> = {
  State: LogState,
  durable: true,
  initial: (context) => ({ view: firstView(context), moving: null, system: 0 }),
  ready: (_context, _self, { moving }) => moving === null,
  choices: (context, _self, state) => choices(context, state),
  postpones: (context, _self, state, from, message) =>
    timeOf(context, state, from, message) === "later",
  step: (context, _self, state, input) =>
    match(input)
      .with({ _tag: "Invoke" }, ({ operation }) =>
        state.moving === null ? move(state, operation) : ignore(state)
      )
      .with({ _tag: "Receive" }, ({ from, message }) =>
        become(receive(context, state, from, message))
      )
      .with({ _tag: "Choose" }, ({ choice }) => choose(context, state, choice))
      .exhaustive(),
  promises: {
    heeds: () => ["Deal", "Erased"],
    isObsolete: (context, _self, state, from, message) =>
      timeOf(context, state, from, message) === "over",
    isWelcome: (context, _self, state, from, message) =>
      timeOf(context, state, from, message) === "now"
  }
}
