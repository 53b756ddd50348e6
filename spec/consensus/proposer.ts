/**
 * The proposer of single-decree Paxos: a client that tries to make an instance of consensus decide
 * on its value, and learns what the instance has decided.
 *
 * A ballot is two phases over the acceptors. When acceptors have promised a higher ballot the
 * proposer is preempted; it may begin again, above that ballot, as often as its owner allows.
 * Nothing ensures that this ever ends: consensus "cannot be implemented in asynchronous systems
 * subject to node failures" (tutorial, section 6).
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

/**
 * Phase 1: waiting for promises. The phase's answer is the vote in the highest ballot among those
 * that came.
 */
export const Preparing = <Value extends Schema.Top>(value: Value) =>
  Schema.TaggedStruct("Preparing", {
    ballot: Ballot,
    value,
    phase: Phase(Schema.NullOr(Vote(value)))
  })
/**
 * Phase 2: waiting until a quorum has accepted. The phase's answer is the value that is asked for.
 */
export const Accepting = <Value extends Schema.Top>(value: Value) =>
  Schema.TaggedStruct("Accepting", { ballot: Ballot, value, phase: Phase(value) })
/** An acceptor has promised a ballot of round `round`; the proposer may begin one above it. */
export const Preempted = <Value extends Schema.Top>(value: Value) =>
  Schema.TaggedStruct("Preempted", { value, round: Count })

/** The Schema of a proposer that has not learned the decision. */
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
 * A proposer begins a ballot among the members of the configuration, in the given round: it asks
 * them to take part in no lower one. (Phase 1a.)
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
 * A promise in the current ballot arrives; with a quorum of them, the proposer goes on to phase 2.
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
 * The proposer asks for the value of the highest vote that it was told of; its own if there was
 * none. (Phase 2a: this is what makes a decision final.)
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
 * An acceptor has accepted in the current ballot. With a quorum of them the value is decided,
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

/** An acceptor has promised a higher ballot than the current one, which is given up. */
export const receiveRejected = <Value>(
  state: Preparing<Value> | Accepting<Value>,
  from: NodeId,
  { promised }: Rejected
): ProposerStep<Value> =>
  isMissing(state.phase, from)
    ? become({ _tag: "Preempted", value: state.value, round: promised.round })
    : ignore(state)

/**
 * True when a proposer that was preempted may begin another ballot: its host does not bound them,
 * or not this low.
 */
export const mayRetry = (
  { bounds }: { readonly bounds?: Readonly<Record<string, number>> },
  { round }: Preempted<unknown>
): boolean => {
  const last = bounds?.[ballots.name]
  return last === undefined || round < last
}

/** A proposer that was preempted begins a ballot above the one in its way. */
export const retry = <Value>(
  self: ClientId,
  configuration: Configuration,
  { value, round }: Preempted<Value>
): ProposerStep<Value> => startBallot(self, configuration, round + 1, value)

/**
 * Whatever a proposer receives. A reply counts if it answers the current phase of the current
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

/** True when the proposer no longer waits for answers to this message, or for this answer. */
export const isSettled = (state: Proposer<unknown>, message: Message<unknown>): boolean =>
  isBefore(positionOf(message), standingOf(state))

/** Where a message belongs: its ballot's round, and the phase of the ballot. */
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

/** Where a proposer stands. One that was preempted is past the round that is in its way. */
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
