/**
 * The proposer of single-decree Paxos: a client that tries to make an instance of consensus decide on its value, and
 * learns what the instance has decided.
 *
 * A ballot is two phases over the acceptors. When acceptors have promised a higher ballot the proposer is preempted; it
 * may begin again, above that ballot, as often as its owner allows. Nothing ensures that this ever ends: consensus
 * "cannot be implemented in asynchronous systems subject to node failures" (tutorial, section 6).
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import type { Configuration } from "../configuration/configuration.ts"
import type { ClientId, NodeId } from "../kernel/node.ts"
import { become, ignore, type Send, type Step } from "../kernel/process.ts"
import type { Setup } from "../kernel/protocol.ts"
import { ask, asked, begin, count, isOver, isOverButForOne, Phase } from "../phase/phase.ts"
import { Ballot, higherVote, Vote } from "./ballot.ts"
import type { Message, PromiseReply, Rejected } from "./messages.ts"
import type { VariantName } from "./variants.ts"

/** Phase 1: waiting for promises. The phase's answer is the vote in the highest ballot among those that came. */
export const Preparing = <Value extends Schema.Top>(value: Value) =>
  Schema.TaggedStruct("Preparing", { ballot: Ballot, value, phase: Phase(Schema.NullOr(Vote(value))) })
/** Phase 2: waiting until a quorum has accepted. The phase's answer is the value that is asked for. */
export const Accepting = <Value extends Schema.Top>(value: Value) =>
  Schema.TaggedStruct("Accepting", { ballot: Ballot, value, phase: Phase(value) })
/** An acceptor has promised a ballot of round `round`; the proposer may begin one above it. */
export const Preempted = <Value extends Schema.Top>(value: Value) =>
  Schema.TaggedStruct("Preempted", { value, round: Schema.Int })

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
 * A proposer begins a ballot among the members of the configuration, in the given round: it asks them to take part
 * in no lower one. (Phase 1a.)
 */
export const startBallot = <Value>(
  self: ClientId,
  configuration: Configuration,
  round: number,
  value: Value
): ProposerStep<Value> => {
  const ballot: Ballot = { round, proposer: self }
  return {
    state: { _tag: "Preparing", ballot, value, phase: begin([configuration], null) },
    sends: ask(configuration.members, { _tag: "Prepare", ballot }),
    observations: []
  }
}

/** A promise in the current ballot arrives; with a quorum of them, the proposer goes on to phase 2. */
export const receivePromise = <Value>(
  variant: VariantName,
  state: Preparing<Value>,
  from: NodeId,
  { vote }: PromiseReply<Value>
): ProposerStep<Value> => {
  const counted = { ...state, phase: count(state.phase, from, higherVote(state.phase.answer, vote)) }
  return enough(variant, counted.phase, "read") ? startAccept(variant, counted) : become(counted)
}

/**
 * The proposer asks for the value of the highest vote that it was told of; its own if there was none. (Phase 2a: this is
 * what makes a decision final.)
 */
const startAccept = <Value>(
  variant: VariantName,
  { ballot, value, phase }: Preparing<Value>
): ProposerStep<Value> => {
  const vote = variant === "highest-vote-ignored" ? null : phase.answer
  const chosen = vote === null ? value : vote.value
  const sends: ReadonlyArray<Send<Message<Value>>> = ask(asked(phase), {
    _tag: "Accept",
    ballot,
    value: chosen
  })
  return {
    state: { _tag: "Accepting", ballot, value, phase: begin(phase.configurations, chosen) },
    sends,
    observations: []
  }
}

/** An acceptor has accepted in the current ballot. With a quorum of them the value is decided, for ever. */
export const receiveAccepted = <Value>(
  variant: VariantName,
  state: Accepting<Value>,
  from: NodeId
): ProposerStep<Value> => {
  const counted = { ...state, phase: count(state.phase, from, state.phase.answer) }
  return enough(variant, counted.phase, "write")
    ? become({ _tag: "Decided", round: state.ballot.round, decision: state.phase.answer })
    : become(counted)
}

const enough = (variant: VariantName, phase: Phase<unknown>, access: "read" | "write"): boolean =>
  variant === "quorum-one-short" ? isOverButForOne(phase, access) : isOver(phase, access)

/** An acceptor has promised a higher ballot than the current one, which is given up. */
export const receiveRejected = <Value>(
  { value }: Preparing<Value> | Accepting<Value>,
  { promised }: Rejected
): ProposerStep<Value> => become({ _tag: "Preempted", value, round: promised.round })

/** True when a proposer that was preempted may begin another ballot: its host does not bound them, or not this low. */
export const mayRetry = (
  { lastRound }: Pick<Setup<string>, "lastRound">,
  { round }: Preempted<unknown>
): boolean => lastRound === undefined || round < lastRound

/** A proposer that was preempted begins a ballot above the one in its way. */
export const retry = <Value>(
  self: ClientId,
  configuration: Configuration,
  { value, round }: Preempted<Value>
): ProposerStep<Value> => startBallot(self, configuration, round + 1, value)

/** Whatever a proposer receives. A reply counts if it answers the current phase of the current ballot. */
export const receive = <Value>(
  variant: VariantName,
  state: Proposer<Value>,
  from: NodeId,
  message: Message<Value>
): ProposerStep<Value> => {
  if (isSettled(state, message)) return ignore(state)
  return match([state, message] as readonly [Proposer<unknown>, Message<unknown>])
    .returnType<ProposerStep<unknown>>()
    .with([{ _tag: "Preparing" }, { _tag: "Promise" }], ([preparing, promise]) =>
      receivePromise(variant, preparing, from, promise)
    )
    .with([{ _tag: "Accepting" }, { _tag: "Accepted" }], ([accepting]) =>
      receiveAccepted(variant, accepting, from)
    )
    .with([{ _tag: "Preparing" }, { _tag: "Rejected" }], ([preparing, rejected]) =>
      receiveRejected(preparing, rejected)
    )
    .with([{ _tag: "Accepting" }, { _tag: "Rejected" }], ([accepting, rejected]) =>
      receiveRejected(accepting, rejected)
    )
    .otherwise(() => ignore(state)) as ProposerStep<Value>
}

/** True when the proposer no longer waits for answers to this message, or for this answer. */
export const isSettled = (state: Proposer<unknown>, message: Message<unknown>): boolean =>
  state._tag === "Preempted"
    ? message.ballot.round <= state.round
    : message.ballot.round < state.ballot.round || (state._tag === "Accepting" && isOfFirstPhase(message))

const isOfFirstPhase = (message: Message<unknown>): boolean =>
  message._tag === "Prepare" ||
  message._tag === "Promise" ||
  (message._tag === "Rejected" && message.refused === "Prepare")
