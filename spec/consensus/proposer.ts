/**
 * The proposer of single-decree Paxos: a client that proposes a value to an instance of consensus
 * and learns its decision.
 *
 * A ballot has two phases over the acceptors. If an acceptor has promised a higher ballot, the
 * proposer is preempted. It may begin another ballot above that one, as often as its owner allows.
 * This may never end: consensus "cannot be implemented in asynchronous systems subject to node
 * failures" (tutorial, section 6).
 */
import * as Schema from "effect/Schema"
import type { Configuration } from "../configuration/configuration.ts"
import { Count, type NodeId } from "../kernel/node.ts"
import { become, ignore, type Step } from "../kernel/process.ts"
import type { ClientId } from "../nodes/nodes.ts"
import { advance, isMissing, Phase, startPhase, unchanged } from "../phase/phase.ts"
import { isBefore, type Position, past } from "../phase/position.ts"
import { Ballot, higherVote, Vote } from "./ballot.ts"
import { ballots } from "./bounds.ts"
import type { Message, PromiseReply, Rejected } from "./messages.ts"
import type { Rules } from "./rules.ts"

/** Phase 1: waiting for promises. The phase's answer is the highest vote reported so far. */
export const Preparing = <Value extends Schema.Top>(value: Value) =>
  Schema.TaggedStruct("Preparing", {
    ballot: Ballot,
    value,
    phase: Phase(Schema.NullOr(Vote(value)))
  })
/** Phase 2: waiting for a quorum to accept. The phase's answer is the proposed value. */
export const Accepting = <Value extends Schema.Top>(value: Value) =>
  Schema.TaggedStruct("Accepting", { ballot: Ballot, value, phase: Phase(value) })
/** An acceptor has promised a ballot of this round; the proposer may begin one above it. */
export const Preempted = <Value extends Schema.Top>(value: Value) =>
  Schema.TaggedStruct("Preempted", { value, round: Count })

/** The Schema of a proposer that has not yet learned the decision. */
export const Proposer = <Value extends Schema.Top>(value: Value) =>
  Schema.Union([Preparing(value), Accepting(value), Preempted(value)])

export interface Preparing<Value> {
  readonly _tag: "Preparing"
  readonly ballot: Ballot
  /** The proposer's own. */
  readonly value: Value
  readonly phase: Phase<Vote<Value> | null>
}
export interface Accepting<Value> {
  readonly _tag: "Accepting"
  readonly ballot: Ballot
  readonly value: Value
  readonly phase: Phase<Value>
}
export interface Preempted<Value> {
  readonly _tag: "Preempted"
  readonly value: Value
  readonly round: number
}
export type Proposer<Value> = Preparing<Value> | Accepting<Value> | Preempted<Value>

/** The proposer has learned the decision, in a ballot of this round. */
export interface Decided<Value> {
  readonly _tag: "Decided"
  readonly round: number
  readonly decision: Value
}

type ProposerStep<Value> = Step<Proposer<Value> | Decided<Value>, never, Message<Value>>

/**
 * A proposer begins a ballot of this round: it asks the members of the configuration to join no
 * lower one. (Phase 1a.)
 */
export const startBallot = <Value>(
  self: ClientId,
  configuration: Configuration,
  round: number,
  value: Value
): ProposerStep<Value> => {
  const ballot: Ballot = { round, proposer: self }
  const question: Message<Value> = { _tag: "Prepare", ballot }
  const { phase, sends } = startPhase([configuration], null, question)
  return { state: { _tag: "Preparing", ballot, value, phase }, sends, observations: [] }
}

/**
 * A promise in the current ballot arrives. After a quorum of promises the proposer begins phase 2.
 */
export const receivePromise = <Value>(
  rules: Rules,
  state: Preparing<Value>,
  from: NodeId,
  { vote }: PromiseReply<Value>
): ProposerStep<Value> => {
  const merge = (highest: Vote<Value> | null) => higherVote(highest, vote)
  const { phase, isComplete } = advance(state.phase, from, merge, "read", rules.enough)
  const counted: Preparing<Value> = { ...state, phase }
  return isComplete ? startAccept(rules, counted) : become(counted)
}

/**
 * The proposer proposes the value of the highest vote reported; its own value if there is none.
 * (Phase 2a: this makes a decision final.)
 */
const startAccept = <Value>(
  rules: Rules,
  { ballot, value: own, phase: promises }: Preparing<Value>
): ProposerStep<Value> => {
  const value = rules.proposes(promises.answer, own)
  const question: Message<Value> = { _tag: "Accept", ballot, value }
  const { phase, sends } = startPhase(promises.configurations, value, question)
  return { state: { _tag: "Accepting", ballot, value: own, phase }, sends, observations: [] }
}

/**
 * An acceptor has voted in the current ballot. After a quorum of votes the value is decided
 * forever.
 */
export const receiveAccepted = <Value>(
  rules: Rules,
  state: Accepting<Value>,
  from: NodeId
): ProposerStep<Value> => {
  const { phase, isComplete } = advance(state.phase, from, unchanged, "write", rules.enough)
  return isComplete
    ? become({ _tag: "Decided", round: state.ballot.round, decision: phase.answer })
    : become({ ...state, phase })
}

/** An acceptor has promised a higher ballot. The proposer abandons its own. */
export const receiveRejected = <Value>(
  state: Preparing<Value> | Accepting<Value>,
  from: NodeId,
  { promised }: Rejected
): ProposerStep<Value> =>
  isMissing(state.phase, from)
    ? become({ _tag: "Preempted", value: state.value, round: promised.round })
    : ignore(state)

/** True if a preempted proposer may begin another ballot: it has not reached the host's bound. */
export const mayRetry = (
  { bounds }: { readonly bounds?: Readonly<Record<string, number>> },
  { round }: Preempted<unknown>
): boolean => {
  const last = bounds?.[ballots.name]
  return last === undefined || round < last
}

/** A preempted proposer begins a ballot above the one that preempted it. */
export const retry = <Value>(
  self: ClientId,
  configuration: Configuration,
  { value, round }: Preempted<Value>
): ProposerStep<Value> => startBallot(self, configuration, round + 1, value)

/**
 * A proposer receives a message. A reply counts if it answers the current phase of the current
 * ballot.
 */
export const receive = <Value>(
  rules: Rules,
  state: Proposer<Value>,
  from: NodeId,
  message: Message<Value>
): ProposerStep<Value> => {
  if (isSettled(state, message)) return ignore(state)
  switch (message._tag) {
    case "Promise":
      return state._tag === "Preparing"
        ? receivePromise(rules, state, from, message)
        : ignore(state)
    case "Accepted":
      return state._tag === "Accepting" ? receiveAccepted(rules, state, from) : ignore(state)
    case "Rejected":
      return state._tag === "Preempted" ? ignore(state) : receiveRejected(state, from, message)
    case "Prepare":
    case "Accept":
      return ignore(state)
  }
}

/** True if the proposer no longer waits for answers to this message, or for this answer. */
export const isSettled = (state: Proposer<unknown>, message: Message<unknown>): boolean =>
  isBefore(positionOf(message), standingOf(state))

/** The position of a message: the round of its ballot, then the phase. */
const positionOf = (message: Message<unknown>): Position => {
  const { round } = message.ballot
  switch (message._tag) {
    case "Prepare":
    case "Promise":
      return [round, 1]
    case "Accept":
    case "Accepted":
      return [round, 2]
    case "Rejected":
      return [round, message.refused === "Prepare" ? 1 : 2]
  }
}

/** The position of a proposer. A preempted proposer is past the round that preempted it. */
const standingOf = (state: Proposer<unknown>): Position => {
  switch (state._tag) {
    case "Preparing":
      return [state.ballot.round, 1]
    case "Accepting":
      return [state.ballot.round, 2]
    case "Preempted":
      return [state.round, past]
  }
}
