/**
 * The storage node of dBQS (protocols.md 8.2): a replica of the object in each epoch whose group
 * contains it, in one epoch at a time.
 *
 * "Every client request carries epoch e. Server at epoch e_s":
 *
 *  - e < e_s: it answers STALE, with the certificate of its epoch;
 *  - e > e_s: it first catches up. The service's notice is in flight to it, and the question stays
 *    in flight until then (`postpones`);
 *  - e = e_s: it serves if it has the data of this epoch; if not, the question waits as well.
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import { including, union, without } from "../kernel/data.ts"
import { type NodeId, SetOf } from "../kernel/node.ts"
import { become, ignore, type NoChoice, type Process, type Step } from "../kernel/process.ts"
import type { ClientId, ServerId, ServerSet } from "../nodes/nodes.ts"
import { ask } from "../phase/phase.ts"
import { isNewer, newer, Written } from "../supermajority/signed-pair.ts"
import { Data } from "./content.ts"
import { Chain, firstCertificate, isAmong, type WithEpochs } from "./epoch.ts"
import type { Complete, Handover, Message, Notice, Question, Transfer } from "./messages.ts"
import type { Copied } from "./observation.ts"
import type { CommonRules, ReplicaRules } from "./rules.ts"
import { isData, type Stored } from "./stored.ts"
import {
  areEnough,
  Copying,
  groupAt,
  heard,
  isComplete,
  isReplica,
  keepers,
  lastOf,
  missingIn,
  newcomers,
  Owing,
  replaced
} from "./transfer.ts"

export const ServerState = Schema.Struct({
  /** The certificates of the epochs that it has entered, in order. */
  certificates: Chain,
  /** The newest version of the public-key object that it knows. */
  written: Written,
  /** The data of content-hash objects that it has. */
  contents: SetOf(Data),
  /** The stints for which it does not have the data yet. */
  copying: Copying,
  /**
   * The epochs for whose new replicas it keeps its data, and those replicas that have it by now.
   */
  owing: Owing
})
export type ServerState = typeof ServerState.Type

/** The parameters of a storage node. */
export interface Context extends WithEpochs {
  readonly rules: ReplicaRules & CommonRules
  readonly clients: ReadonlyArray<ClientId>
  readonly servers: ServerSet
}
type ServerStep = Step<ServerState, Copied, Message>

/** Initially every node is in epoch 0, whose replicas have nothing to copy. */
export const initial = (context: Context): ServerState => ({
  certificates: [firstCertificate(context)],
  written: null,
  contents: [],
  copying: [],
  owing: []
})

/**
 * A notice of the next epoch arrives: the storage node enters it, and "stops serving e forever". If
 * it becomes a replica and was not one before, it copies the data.
 */
const receiveNotice = (
  context: Context,
  self: ServerId,
  state: ServerState,
  { certificate }: Notice
): ServerStep => {
  const { rules } = context
  const { number } = certificate.content
  const certificates = [...state.certificates, certificate]
  const entered = { ...state, certificates }
  const was = isReplica(rules, certificates, number - 1, self)
  const is = isReplica(rules, certificates, number, self)
  if (is && !was) return startCopying(context, self, entered, number)
  const owing = isAmong(keepers(rules, certificates, number), self)
    ? including(state.owing, { epoch: number, replicas: [] })
    : state.owing
  return tell(context, self, state, erasing(context, self, { ...entered, owing }))
}

/** A replica that is new in this epoch asks the old group for its data. */
const startCopying = (
  { rules }: Context,
  self: ServerId,
  state: ServerState,
  epoch: number
): ServerStep => {
  const from = rules.copiesFrom(epoch)
  const old = without(groupAt(rules, state.certificates, from), [self])
  return {
    state: { ...state, copying: including(state.copying, { epoch, replicas: [] }) },
    sends: ask(old, { _tag: "Transfer", number: from }),
    observations: []
  }
}

/**
 * A storage node that is no longer a replica erases the data that it keeps for no other replica.
 */
const erasing = ({ rules }: Context, self: ServerId, state: ServerState): ServerState =>
  rules.erases === null ||
  state.owing.length > 0 ||
  isReplica(rules, state.certificates, lastOf(state.certificates), self)
    ? state
    : { ...state, written: null, contents: [] }

/**
 * A new replica that now has the data of an epoch reports this to the replicas it may be copied
 * from, if they wait to erase theirs.
 */
const tell = (
  { rules }: Context,
  self: ServerId,
  before: ServerState,
  after: ServerState,
  observations: ReadonlyArray<Copied> = []
): ServerStep => {
  const epochs =
    rules.erases === null ? [] : after.certificates.map(({ content }) => content.number)
  const gained = epochs.filter(
    (epoch) =>
      (rules.stayersTell || isAmong(newcomers(rules, after.certificates, epoch), self)) &&
      isComplete(rules, after, epoch, self) &&
      !isComplete(rules, before, epoch, self)
  )
  const sends = gained.flatMap((epoch) =>
    ask<Message>(without(keepers(rules, after.certificates, epoch), [self]), {
      _tag: "Complete",
      number: epoch
    })
  )
  return { state: after, sends, observations }
}

/**
 * A due question arrives. A replica stores the value it carries if that is newer, and answers with
 * what it then has. A replica that has left the epoch of the question answers STALE.
 */
const receiveQuestion = (
  { rules }: Context,
  self: ServerId,
  state: ServerState,
  from: NodeId,
  question: Question
): ServerStep => {
  const { nonce } = question
  const last = lastOf(state.certificates)
  const serves =
    nonce.number === last || (!rules.stops && isComplete(rules, state, nonce.number, self))
  const certificate = state.certificates[last]
  if (!serves && certificate !== undefined)
    return {
      state,
      sends: [{ to: from, message: { _tag: "Stale", nonce, certificate } }],
      observations: []
    }
  const next = question._tag === "Set" ? storing(state, question.stored) : state
  return {
    state: next,
    sends: [
      { to: from, message: { _tag: "Answer", nonce, stored: askedFor(rules, next, question) } }
    ],
    observations: []
  }
}

/** A replica stores a newer version; it stores data in any case. */
const storing = (state: ServerState, stored: Stored): ServerState => {
  if (isData(stored)) {
    const contents = including(state.contents, stored)
    return contents.length === state.contents.length ? state : { ...state, contents }
  }
  return isNewer(stored, state.written) ? { ...state, written: stored } : state
}

/** A replica's data of the object that a question is about. */
const askedFor = (
  { hashOf }: CommonRules,
  { written, contents }: ServerState,
  question: Question
): Stored => {
  if (question._tag === "Set") return isData(question.stored) ? question.stored : written
  const { hash } = question
  if (hash === undefined) return written
  return contents.find(({ value }) => hashOf(value) === hash) ?? null
}

/** A new replica asks for the data of an epoch that this one has left. */
const receiveTransfer = (state: ServerState, from: NodeId, { number }: Transfer): ServerStep => {
  const { written, contents } = state
  return {
    state,
    sends: [{ to: from, message: { _tag: "Handover", number, written, contents } }],
    observations: []
  }
}

/**
 * An old replica hands over its data. The new one keeps the newest. With the handover that
 * completes 2f+1 of the old group the new replica has the data, and serves.
 */
const receiveHandover = (
  context: Context,
  self: ServerId,
  state: ServerState,
  from: NodeId,
  handover: Handover
): ServerStep => {
  const { rules } = context
  const awaited = awaitedIn(context, state, from, handover)
  if (awaited === undefined) return ignore(state)
  const { entry, group, replica } = awaited
  const after = heard(entry, replica, (replicas) => areEnough(rules.enoughCopies, group, replicas))
  const next = {
    ...state,
    written: newer(state.written, handover.written),
    contents: union(state.contents, handover.contents),
    copying: replaced(state.copying, entry, after)
  }
  return after === null
    ? tell(context, self, state, next, [
        { _tag: "Note", name: "copied", detail: { number: entry.epoch } }
      ])
    : { state: next, sends: [], observations: [] }
}

/** The stint that a handover is for, if the replica waits for it. */
const awaitedIn = (
  { rules }: Context,
  { certificates, copying }: ServerState,
  from: NodeId,
  { number: epoch }: Handover
) => {
  const group = groupAt(rules, certificates, epoch)
  const entry = copying.find((one) => rules.copiesFrom(one.epoch) === epoch)
  const replica = entry === undefined ? undefined : missingIn(group, entry, from)
  return entry === undefined || replica === undefined ? undefined : { entry, group, replica }
}

/**
 * A replica says that it has the data of an epoch. Once enough replicas have it, nothing needs to
 * be kept for the new replicas of that epoch.
 */
const receiveComplete = (
  context: Context,
  self: ServerId,
  state: ServerState,
  from: NodeId,
  complete: Complete
): ServerStep => {
  const { rules } = context
  const awaited = owedIn(context, state, from, complete)
  if (awaited === undefined || rules.erases === null) return ignore(state)
  const { entry, replica } = awaited
  const { erases } = rules
  const copying = newcomers(rules, state.certificates, entry.epoch)
  const after = heard(entry, replica, (told) => erases(told, copying))
  const owing = replaced(state.owing, entry, after)
  return become(erasing(context, self, { ...state, owing }))
}

const owedIn = (
  { rules }: Context,
  { certificates, owing }: ServerState,
  from: NodeId,
  { number: epoch }: Complete
) => {
  const group = groupAt(rules, certificates, epoch)
  const entry = owing.find((one) => one.epoch === epoch)
  const replica = entry === undefined ? undefined : missingIn(group, entry, from)
  return entry === undefined || replica === undefined ? undefined : { entry, replica }
}

type Meant = Question | Notice | Transfer | Handover | Complete

/** Whether a storage node accepts this message from this sender, now or later. */
const isMeant = (context: Context, from: NodeId, message: Message): message is Meant => {
  const { rules, cryptography, clients, servers, administrator } = context
  switch (message._tag) {
    case "Set":
      return (
        clients.some((client) => client === from) &&
        (isData(message.stored) || rules.believes(cryptography, message.stored))
      )
    case "Get":
      return clients.some((client) => client === from)
    case "Notice":
      return from === administrator && rules.believesEpoch(context, message.certificate)
    case "Handover":
      return (
        servers.some((server) => server === from) && rules.believes(cryptography, message.written)
      )
    case "Transfer":
    case "Complete":
      return servers.some((server) => server === from)
    case "Answer":
    case "Stale":
      return false
  }
}

/** Whether a message is due, stale, or early. */
const timeOf = (
  context: Context,
  self: ServerId,
  state: ServerState,
  from: NodeId,
  message: Meant
): "now" | "over" | "later" => {
  const { rules } = context
  const last = lastOf(state.certificates)
  const isOne = (epoch: number) => isReplica(rules, state.certificates, epoch, self)
  switch (message._tag) {
    case "Notice": {
      const { number } = message.certificate.content
      return number === last + 1 ? "now" : number <= last ? "over" : "later"
    }
    case "Get":
    case "Set": {
      const { number } = message.nonce
      if (number > last) return "later"
      if (!isOne(number)) return "over"
      const serves = !rules.waitsForData || isComplete(rules, state, number, self)
      return number < last || serves ? "now" : "later"
    }
    case "Transfer": {
      const { number: epoch } = message
      if (epoch > last) return "later"
      if (!isOne(epoch)) return "over"
      const hasData = !rules.copiesWhenComplete || isComplete(rules, state, epoch, self)
      return hasData && (epoch < last || !rules.copiesAfterLeaving) ? "now" : "later"
    }
    case "Handover":
      if (awaitedIn(context, state, from, message) !== undefined) return "now"
      return message.number < rules.copiesFrom(last + 1) ? "over" : "later"
    case "Complete":
      if (rules.erases === null) return "over"
      if (message.number > last) return "later"
      return owedIn(context, state, from, message) === undefined ? "over" : "now"
  }
}

/** Dispatches every message that a storage node receives, once it is due. */
export const receive = (
  context: Context,
  self: ServerId,
  state: ServerState,
  from: NodeId,
  message: Message
): ServerStep => {
  if (!isMeant(context, from, message)) return ignore(state)
  if (timeOf(context, self, state, from, message) !== "now") return ignore(state)
  return match(message)
    .with({ _tag: "Notice" }, (notice) => receiveNotice(context, self, state, notice))
    .with({ _tag: "Get" }, { _tag: "Set" }, (question) =>
      receiveQuestion(context, self, state, from, question)
    )
    .with({ _tag: "Transfer" }, (transfer) => receiveTransfer(state, from, transfer))
    .with({ _tag: "Handover" }, (handover) => receiveHandover(context, self, state, from, handover))
    .with({ _tag: "Complete" }, (complete) => receiveComplete(context, self, state, from, complete))
    .exhaustive()
}

/** True of an early message. */
const postpones = (
  context: Context,
  self: ServerId,
  state: ServerState,
  from: NodeId,
  message: Message
): boolean =>
  isMeant(context, from, message) && timeOf(context, self, state, from, message) === "later"

/** True when the message has no effect on the storage node, now or later. */
const isObsolete = (
  context: Context,
  self: ServerId,
  state: ServerState,
  from: NodeId,
  message: Message
): boolean =>
  !isMeant(context, from, message) || timeOf(context, self, state, from, message) === "over"

/** True when the message will never change the storage node. */
const onlyAnswers = (
  context: Context,
  self: ServerId,
  state: ServerState,
  from: NodeId,
  message: Message
): boolean =>
  isObsolete(context, self, state, from, message) ||
  message._tag === "Get" ||
  message._tag === "Transfer" ||
  (message._tag === "Set" && isPassed(context, state, message))

/** Whether a Set will be answered without being stored: it is not newer, or its epoch has ended. */
const isPassed = (
  { rules }: Context,
  state: ServerState,
  message: Extract<Question, { readonly _tag: "Set" }>
): boolean =>
  (rules.erases === null && storing(state, message.stored) === state) ||
  (rules.stops && message.nonce.number < lastOf(state.certificates))

export const server: Process<Context, ServerState, never, Copied, Message, NoChoice, ServerId> = {
  State: ServerState,
  durable: true,
  initial: (context) => initial(context),
  ready: () => false,
  choices: () => [],
  postpones,
  step: (context, self, state, input) =>
    match(input)
      .with({ _tag: "Receive" }, ({ from, message }) =>
        receive(context, self, state, from, message)
      )
      .with({ _tag: "Invoke" }, { _tag: "Choose" }, () => ignore(state))
      .exhaustive(),
  promises: {
    heeds: ({ administrator, clients, rules }, _self, node) => {
      if (node === administrator) return ["Notice"]
      if (clients.some((client) => client === node)) return ["Get", "Set"]
      return ["Transfer", "Handover", ...(rules.erases === null ? [] : ["Complete"])]
    },
    isObsolete,
    onlyAnswers,
    isAnswer: ({ rules }, _self, _state, _from, message) =>
      rules.handoversCommute && message._tag === "Handover"
  }
}
