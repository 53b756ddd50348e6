/**
 * The storage node of dBQS, with many objects. For each object it is the storage node of the
 * specification (`spec/dbqs/server.ts`); all objects share the certificates.
 *
 * The specification makes all decisions. This file tells objects apart, and transfers them
 * together:
 *
 * - A certificate is taken once, for all objects. An object takes it before its next step.
 * - A new replica asks each old one for all objects that it takes over from it, in one `Transfer`.
 *   The old replica sends a `Handover` for each object that it had, and finally their number. Of
 *   any other object it had nothing.
 */
import { type Chain, type Epoch, isAmong } from "../../spec/dbqs/epoch.ts"
import type { Complete, Handover, Question } from "../../spec/dbqs/messages.ts"
import { server as single } from "../../spec/dbqs/server.ts"
import {
  groupAt,
  isComplete,
  isReplica,
  keepers,
  lastOf,
  newcomers
} from "../../spec/dbqs/transfer.ts"
import { including, setOf, without } from "../../spec/kernel/data.ts"
import {
  noChoices,
  type ObjectsAfter,
  type Part,
  type PartSend,
  type PartStep
} from "../../spec/kernel/keyed.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyObservation, AnyOperation } from "../../spec/kernel/observation.ts"
import { ServerId } from "../../spec/nodes/nodes.ts"
import { pong } from "../membership/pong.ts"
import {
  type Certificates,
  type Look,
  type Message,
  maxCertificates,
  type Told
} from "./messages.ts"
import {
  isErased,
  nothing,
  Own,
  type ServerState,
  Shared,
  singleState,
  stateOf,
  withSingle
} from "./objects.ts"
import { type Context, identifierOf, placeOfObject, rulesFor, singleContext } from "./trust.ts"

type ServerStep = PartStep<ServerState, AnyObservation, Message>

const ignore = (state: ServerState): ServerStep => ({ state, sends: [], observations: [] })

/** A client asks about an object. */
const answer = (
  context: Context,
  self: ServerId,
  state: ServerState,
  from: NodeId,
  question: Question,
  key: string
): ServerStep => {
  const before = stateOf(context, self, state, key)
  const step = single.step(singleContext(context, key, from), self, before, {
    _tag: "Receive",
    from,
    message: question
  })
  return {
    state: step.state === before ? state : withSingle(state, step.state),
    sends: step.sends as ReadonlyArray<PartSend<Message>>,
    observations: step.observations
  }
}

/**
 * Certificates of later epochs arrive: the storage node enters the epochs, and asks for the objects
 * that it takes over.
 */
const enter = (
  context: Context,
  self: ServerId,
  state: ServerState,
  { certificates: told }: Certificates
): ServerStep => {
  const about = singleContext(context, "")
  let { certificates } = state
  for (const certificate of told) {
    const isNext = certificate.content.number === certificates.length
    if (isNext && context.rules.believesEpoch(about, certificate))
      certificates = [...certificates, certificate]
  }
  if (certificates === state.certificates) return ignore(state)
  const asks = certificates
    .slice(state.certificates.length)
    .flatMap(({ content: { number } }) => transfersFor(context, self, certificates, number))
  return {
    state: { ...state, certificates, isToErase: true },
    sends: asks,
    observations: []
  }
}

/** The nodes that a new replica of this epoch asks. */
const transfersFor = (
  context: Context,
  self: ServerId,
  certificates: Chain,
  number: number
): ReadonlyArray<PartSend<Message>> => {
  const from = context.rules.copiesFrom(number)
  const old = placesIn(certificates, number).flatMap((place) => {
    const rules = rulesFor(context, "", place)
    const isNew =
      isReplica(rules, certificates, number, self) &&
      !isReplica(rules, certificates, number - 1, self)
    return isNew ? groupAt(rules, certificates, from) : []
  })
  return setOf(old)
    .filter((node) => node !== self)
    .map((to) => ({ to, message: { _tag: "Transfer", number: from }, key: "" }))
}

/**
 * Places that represent all others: between two neighbours on the circle an object has the same
 * replicas at every place. These are the neighbours in any epoch until this one.
 */
const placesIn = (certificates: Chain, number: number): ReadonlyArray<string> => {
  const known = places.get(certificates) ?? new Map<number, ReadonlyArray<string>>()
  places.set(certificates, known)
  const made =
    known.get(number) ??
    setOf(
      certificates
        .slice(0, number + 1)
        .flatMap(({ content }: { readonly content: Epoch }) => content.members.map(identifierOf))
    )
  known.set(number, made)
  return made
}
const places = new WeakMap<Chain, Map<number, ReadonlyArray<string>>>()

/** Whether the asking node is a new replica, after this epoch, of the object at this place. */
const takesOver = (
  context: Context,
  self: ServerId,
  { certificates }: ServerState,
  from: NodeId,
  number: number,
  place: string
): boolean => {
  const rules = rulesFor(context, "", place)
  return (
    isReplica(rules, certificates, number, self) &&
    !isReplica(rules, certificates, number, from) &&
    isReplica(rules, certificates, number + 1, from)
  )
}

/**
 * Whether a storage node cannot tell yet what it had in an epoch: it has not left the epoch, or has
 * not received all of its own objects.
 */
const isTransferEarly = (
  context: Context,
  self: ServerId,
  state: ServerState,
  from: NodeId,
  number: number
): boolean => {
  const { certificates } = state
  if (number >= lastOf(certificates)) return true
  return placesIn(certificates, number + 1).some((place) => {
    if (!takesOver(context, self, state, from, number, place)) return false
    const fresh: ServerState = { ...state, ...nothing }
    const at = singleState(context, self, fresh, "", place)
    return !isComplete(rulesFor(context, "", place), at, number, self)
  })
}

/**
 * A new replica takes over: the old one hands over every object that it has for it, and reports
 * their number.
 */
const handOver = (
  context: Context,
  self: ServerId,
  state: ServerState,
  from: NodeId,
  number: number,
  objectsAfter: ObjectsAfter<ServerState>
): ServerStep => {
  const sends: Array<PartSend<Message>> = []
  for (const [key, before] of objectsAfter(null)) {
    const place = placeOfObject(context.trust.authority, key)
    if (!takesOver(context, self, state, from, number, place)) continue
    const message = { _tag: "Transfer", number } as const
    const step = single.step(
      singleContext(context, key, from),
      self,
      stateOf(context, self, before, key),
      { _tag: "Receive", from, message }
    )
    for (const send of step.sends) sends.push({ ...(send as PartSend<Message>), key })
  }
  const told: Told = { _tag: "Told", number, objects: sends.length }
  return { state, sends: [...sends, { to: from, message: told, key: "" }], observations: [] }
}

/** What an old replica had of one object arrives. */
const take = (
  context: Context,
  self: ServerId,
  state: ServerState,
  from: ServerId,
  handover: Handover,
  key: string
): ServerStep => {
  const before = stateOf(context, self, state, key)
  const { state: after, observations } = single.step(
    singleContext(context, key, from),
    self,
    before,
    {
      _tag: "Receive",
      from,
      message: handover
    }
  )
  const arrived = counted(state.arrived, from, handover.number)
  const next = after === before ? state : withSingle(state, after)
  return { state: { ...next, arrived }, sends: [], observations }
}

const arrivedFrom = (arrived: ServerState["arrived"], from: NodeId, number: number): number =>
  arrived.find((one) => one.from === from && one.number === number)?.objects ?? 0

/** Counts one more object of this old replica. */
const counted = (
  arrived: ServerState["arrived"],
  from: ServerId,
  number: number
): ServerState["arrived"] => [
  ...arrived.filter((one) => one.from !== from || one.number !== number),
  { from, number, objects: arrivedFrom(arrived, from, number) + 1 }
]

/**
 * All that an old replica had has arrived. Once the storage node has all that it takes over in an
 * epoch, it says so to those who keep it.
 */
const conclude = (
  context: Context,
  self: ServerId,
  state: ServerState,
  from: ServerId,
  { number }: Told
): ServerStep => {
  const after = {
    ...state,
    told: including(state.told, { number, from }),
    arrived: state.arrived.filter((one) => one.from !== from || one.number !== number)
  }
  const { certificates } = state
  const takenOver = placesIn(certificates, lastOf(certificates)).flatMap((place) => {
    const rules = rulesFor(context, "", place)
    const epochs = certificates.map(({ content }) => content.number)
    return epochs
      .filter(
        (epoch) =>
          context.rules.copiesFrom(epoch) === number &&
          isAmong(newcomers(rules, certificates, epoch), self)
      )
      .map((epoch) => ({ place, rules, epoch }))
  })
  const hasAll = (at: ServerState): boolean =>
    takenOver.every(({ place, rules, epoch }) => {
      const unnamed = singleState(context, self, { ...at, ...nothing }, "", place)
      return isComplete(rules, unnamed, epoch, self)
    })
  if (takenOver.length === 0 || hasAll(state) || !hasAll(after)) return ignore(after)
  const sends = setOf(takenOver.map(({ epoch }) => epoch)).flatMap((epoch) =>
    without(setOf(takenOver.flatMap(({ rules }) => keepers(rules, certificates, epoch))), [
      self
    ]).map((to) => ({ to, message: { _tag: "Complete", number: epoch } as const, key: "" }))
  )
  return { state: after, sends, observations: [] }
}

/** A new replica has all that it takes over: what others keep for it alone, they may erase. */
const complete = (state: ServerState, from: ServerId, { number }: Complete): ServerStep =>
  ignore({
    ...state,
    completed: including(state.completed, { number, from }),
    isToErase: true
  })

/** So many objects are erased at a time. */
const maxErased = 256

/** Objects that need not be kept are erased, each in a step of its own. */
const eraseSome = (
  context: Context,
  self: ServerId,
  state: ServerState,
  objectsAfter: ObjectsAfter<ServerState>
): ServerStep => {
  if (!state.isToErase) return ignore(state)
  const sends: Array<PartSend<Message>> = []
  for (const [key, object] of objectsAfter(null)) {
    if (!isErased(context, self, { ...object, ...sharedOf(state) }, key)) continue
    sends.push({ to: self, message: { _tag: "Wake" }, key })
    if (sends.length === maxErased) return { state, sends, observations: [] }
  }
  return { state: { ...state, isToErase: false }, sends, observations: [] }
}

const sharedOf = ({ certificates, told, completed, arrived, isToErase }: ServerState) => ({
  ...{ certificates, told, completed, arrived, isToErase }
})

/** The storage node looks whether it has to keep this object. */
const erase = (context: Context, self: ServerId, state: ServerState, key: string): ServerStep =>
  ignore(isErased(context, self, state, key) ? { ...state, ...nothing } : state)

/**
 * It is time to look whether there are later epochs, and to ask for admission if the node is none
 * of the members.
 */
const look = (
  context: Context,
  self: ServerId,
  before: ServerState,
  { peers, admission }: Look,
  objectsAfter: ObjectsAfter<ServerState>
): ServerStep => {
  const { state, sends: wakes } = eraseSome(context, self, before, objectsAfter)
  const { certificates } = state
  const last = certificates[lastOf(certificates)]
  const isMember = last !== undefined && isAmong(last.content.members, self)
  const since: Message = { _tag: "Since", number: certificates.length }
  const join: Message = { _tag: "Submit", operation: { _tag: "Join", admission } }
  return {
    state,
    sends: [
      ...wakes,
      ...peers.flatMap((to) =>
        (isMember ? [since] : [since, join]).map((message) => ({ to, message, key: "" }))
      )
    ],
    observations: []
  }
}

/** Whether a message is early. */
const postpones = (
  context: Context,
  self: ServerId,
  state: ServerState,
  from: NodeId,
  message: Message | Look,
  key: string
): boolean => {
  switch (message._tag) {
    case "Get":
    case "Set":
    case "Handover": {
      const about = singleContext(context, key, from)
      return (
        single.postpones?.(about, self, stateOf(context, self, state, key), from, message) === true
      )
    }
    case "Transfer":
      return isTransferEarly(context, self, state, from, message.number)
    case "Told":
      return arrivedFrom(state.arrived, from, message.number) < message.objects
    case "Complete":
      return message.number > lastOf(state.certificates)
    default:
      return false
  }
}

export const server: Part<
  Context,
  ServerState,
  AnyOperation,
  AnyObservation,
  Message | Look,
  undefined,
  ServerId
> = {
  Shared,
  Own,
  durable: true,
  initial: ({ trust }) => ({
    certificates: [trust.certificate],
    told: [],
    arrived: [],
    completed: [],
    isToErase: false,
    ...nothing
  }),
  ready: () => false,
  choices: noChoices,
  postpones: (context, self, state, from, message, key = "") =>
    postpones(context, self, state, from, message, key),
  step: (context, self, state, input, objectsAfter, key = "") => {
    if (input._tag !== "Receive") return ignore(state)
    const { from, message } = input
    const peer = ServerId.make(from)
    switch (message._tag) {
      case "Get":
      case "Set":
        return answer(context, self, state, from, message, key)
      case "Certificates":
        return enter(context, self, state, message)
      case "Since":
        return {
          state,
          sends: sinceThen(from, state.certificates, message.number),
          observations: []
        }
      case "Transfer":
        return handOver(context, self, state, from, message.number, objectsAfter)
      case "Handover":
        return take(context, self, state, peer, message, key)
      case "Told":
        return conclude(context, self, state, peer, message)
      case "Ping":
        return { state, sends: pong(self, from, message), observations: [] }
      case "Look":
        return look(context, self, state, message, objectsAfter)
      case "Complete":
        return complete(state, peer, message)
      case "Wake":
        return from === self ? erase(context, self, state, key) : ignore(state)
      default:
        return ignore(state)
    }
  },
  promises: {
    onlyAnswers: (context, self, state, from, message, key = "") => {
      switch (message._tag) {
        case "Get":
        case "Set": {
          const about = singleContext(context, key, from)
          const at = stateOf(context, self, state, key)
          return single.promises?.onlyAnswers?.(about, self, at, from, message) === true
        }
        case "Transfer":
        case "Handover":
        case "Told":
        case "Complete":
        case "Wake":
          return false
        case "Certificates":
          return message.certificates.every(
            ({ content }) => content.number < state.certificates.length
          )
        // Messages for other nodes have no effect here, and the rest are only answered.
        default:
          return true
      }
    },
    isSettled: (_context, _self, _state, _to, message) => message._tag === "Since"
  }
}

/**
 * The certificates from this epoch on, as many as fit into a message, sent to the object for which
 * they were requested.
 */
export const sinceThen = (
  to: NodeId,
  certificates: Chain,
  number: number
): ReadonlyArray<PartSend<Message>> => {
  const later = certificates.slice(number, number + maxCertificates)
  return later.length === 0 ? [] : [{ to, message: { _tag: "Certificates", certificates: later } }]
}
