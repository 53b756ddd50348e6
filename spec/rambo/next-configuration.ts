/**
 * The agreed sequence of configurations (tutorial, section 5): "there is a consensus instance
 * associated with each configuration c, allowing the nodes in c to agree on the subsequent
 * configuration". Or "it can be provided manually by human": then a single client reconfigures on
 * behalf of that person, and its change determines the next configuration.
 *
 * Both have the same interface: `continueSequence` takes a change, and eventually calls `proceed`
 * with a map in which the change has been made.
 */
import {
  type Configuration,
  changedMembers,
  isServedBy,
  withMembers
} from "../configuration/configuration.ts"
import type { Message as BallotMessage } from "../consensus/messages.ts"
import * as Proposer from "../consensus/proposer.ts"
import { equals } from "../kernel/data.ts"
import type { NodeId } from "../kernel/node.ts"
import { become, ignore, type Step } from "../kernel/process.ts"
import type { ClientId } from "../nodes/nodes.ts"
import type { Value } from "../register/operation.ts"
import { type Reconfigure, refused, unanswered } from "../storage/reconfiguration.ts"
import {
  append,
  type ConfigurationMap,
  integrate,
  isDecided,
  latest,
  lengthOf
} from "./configuration-map.ts"
import { proceed, type Reconfiguring } from "./garbage-collection.ts"

import type { BallotReply } from "./messages.ts"
import type { Context, Ruled } from "./rules.ts"
import {
  type ClientState,
  type ClientStep,
  type Deciding,
  enter,
  finishAt,
  inPhase
} from "./state.ts"

/**
 * The configuration after applying the change to the latest one: removals of "nodes that are not in
 * the system" and additions of present nodes have no effect. (3.1.) Reclaiming registers raises the
 * floor. Undefined if nothing changes.
 */
const changed = (
  from: Configuration,
  { add, remove, reclaims }: Reconfigure
): Configuration | undefined => {
  if (reclaims !== undefined)
    return equals(from.floor, reclaims.floor) ? undefined : { ...from, floor: reclaims.floor }
  const members = changedMembers(from.members, add, remove)
  return equals(members, from.members) ? undefined : withMembers(from, members)
}

/**
 * A client begins to reconfigure: it "tries to cause the consensus instance of the latest
 * configuration c to decide on its new configuration". Without consensus, the person has decided.
 *
 * The client refuses a change that would leave no members, even if it would do so only after
 * another client's removal. If the operation names the nodes that answer, the client also refuses a
 * change that would leave no quorum among them. It checks again whenever another client's change is
 * decided first. (The tutorial mentions neither case.)
 */
export const continueSequence = (
  context: Reconfiguring,
  self: ClientId,
  state: ClientState,
  operation: Reconfigure
): ClientStep => {
  const next = successor(context, latest(state.map), operation)
  if (next._tag === "None") return proposeNothing(context, self, state, operation)
  switch (context.rules.sequence) {
    case "person":
      return afterDecision(context, { ...state, map: append(state.map, next.to) }, operation)
    case "consensus":
      return propose(context, self, state, operation, next.to)
  }
}

/** The successor that the change asks for; or none, and then the result of the operation. */
type Successor =
  | { readonly _tag: "Some"; readonly to: Configuration }
  | { readonly _tag: "None"; readonly result: Value }

const successor = ({ rules }: Ruled, from: Configuration, operation: Reconfigure): Successor => {
  const to = changed(from, operation)
  if (to === undefined) return { _tag: "None", result: null }
  if (!rules.maySucceed(to)) return { _tag: "None", result: refused }
  return answers(to, operation) ? { _tag: "Some", to } : { _tag: "None", result: unanswered }
}

/**
 * The latest configuration that the client knows already has the change, or the client has to
 * refuse the change there. The person knows the whole sequence. Under consensus, the sequence may
 * have gone on without this client: the change may have been undone long ago, or members added. So
 * the client tries to have its configuration decided here too: it begins a ballot for the same
 * configuration again, and learns in phase 1 whether there is a successor.
 *
 * A floor is unique to one operation, so nobody can have decided it before.
 *
 * (The tutorial does not mention these cases. The variant `own-map-trusted` asks nobody.)
 */
const proposeNothing = (
  context: Reconfiguring,
  self: ClientId,
  state: ClientState,
  operation: Reconfigure
): ClientStep =>
  context.rules.sequence === "consensus" &&
  context.rules.confirmsLatest &&
  operation.reclaims === undefined
    ? propose(context, self, state, operation, latest(state.map))
    : conclude(context, state, operation)

/** The latest configuration is where the operation has its place, with or without its change. */
const conclude = (
  context: Reconfiguring,
  state: ClientState,
  operation: Reconfigure
): ClientStep => {
  const next = successor(context, latest(state.map), operation)
  return next._tag === "None" && next.result !== null
    ? finishAt(lengthOf(state.map) - 1, state, operation, next.result)
    : afterDecision(context, state, operation)
}

/** The client begins a ballot in the instance of consensus of its latest configuration. */
const propose = (
  context: Reconfiguring,
  self: ClientId,
  state: ClientState,
  operation: Reconfigure,
  to: Configuration
): ClientStep => {
  const instance = lengthOf(state.map) - 1
  const ballot = Proposer.startBallot(self, latest(state.map), 1, to)
  return afterProposer(context, self, enter(state), operation, instance, ballot)
}

/**
 * True if the nodes that answer suffice for the configuration, or the operation does not name any.
 */
const answers = (to: Configuration, { answering }: Reconfigure): boolean =>
  answering === undefined || isServedBy(to, answering)

/**
 * The latest configuration has the change. The operation ends once all configurations before it are
 * retired.
 */
const afterDecision = (
  context: Reconfiguring,
  state: ClientState,
  operation: Reconfigure
): ClientStep => proceed(context, state, { operation, goal: lengthOf(state.map) - 1 })

/** Turns a step of the proposer in this instance into a step of the client. */
const afterProposer = (
  context: Reconfiguring,
  self: ClientId,
  state: ClientState,
  operation: Reconfigure,
  instance: number,
  { state: proposer, sends }: ProposerStep
): ClientStep => {
  if (proposer._tag === "Decided") return receiveDecision(context, self, state, operation, proposer)
  if (isLast(state.map, proposer)) return conclude(context, state, operation)
  return {
    state: { ...state, activity: { _tag: "Deciding", operation, instance, proposer } },
    sends: sends.map(({ to, message }) => ({
      to,
      message: { _tag: "Ballot", ...inPhase(state), instance, message }
    })),
    observations: []
  }
}

/**
 * True if the latest configuration that the client knows is the last of the sequence, and the
 * client would only propose it again. A quorum of it has promised, so it knew no successor and had
 * voted for none. No reconfiguration that goes beyond it has returned before these promises: the
 * client would have met its forward pointer. It proposes nothing in this ballot, so its next
 * operation may use the number again.
 */
const isLast = (map: ConfigurationMap, proposer: ProposerStep["state"]): boolean =>
  proposer._tag === "Accepting" &&
  equals(proposer.value, latest(map)) &&
  equals(proposer.phase.answer, proposer.value)

/**
 * The client's ballot decides. A quorum of the configuration before has voted, and so knew of no
 * later one: if nothing is left to propose, that needs no confirmation.
 */
const receiveDecision = (
  context: Reconfiguring,
  self: ClientId,
  state: ClientState,
  operation: Reconfigure,
  { decision }: Proposer.Decided<Configuration>
): ClientStep => {
  const decided: ClientState = { ...state, map: append(state.map, decision) }
  return successor(context, decision, operation)._tag === "None"
    ? conclude(context, decided, operation)
    : continueSequence(context, self, decided, operation)
}

type ProposerStep = Step<
  Proposer.Proposer<Configuration> | Proposer.Decided<Configuration>,
  never,
  BallotMessage<Configuration>
>

/**
 * A cmap arrives that may contain the decision. If the decision is not the client's own proposal,
 * "there must have been another reconfiguration operation that succeeded, creating another
 * configuration; the client retries using the other configuration, until it is successful".
 */
export const receiveMap = (
  context: Reconfiguring,
  self: ClientId,
  state: ClientState,
  { operation, instance }: Deciding,
  map: ConfigurationMap
): ClientStep => {
  const learned: ClientState = { ...state, map: integrate(state.map, map) }
  return isDecided(learned.map, instance)
    ? continueSequence(context, self, learned, operation)
    : become(learned)
}

/** An acceptor answers, or a storage node that knows the decision sends its cmap. */
export const receiveBallotReply = (
  context: Reconfiguring,
  self: ClientId,
  state: ClientState,
  deciding: Deciding,
  from: NodeId,
  { message, map }: BallotReply
): ClientStep => {
  const learning = receiveMap(context, self, state, deciding, map)
  const learned = learning.state
  const { operation, instance, proposer } = deciding
  if (isDecided(learned.map, instance)) return learning
  const step = Proposer.receive<Configuration>(context.rules.consensus, proposer, from, message)
  return afterProposer(context, self, learned, operation, instance, step)
}

/** True if the client was preempted and may begin another ballot. */
export const mayRetry = (context: Pick<Context, "bounds">, { proposer }: Deciding): boolean =>
  proposer._tag === "Preempted" && Proposer.mayRetry(context, proposer)

/** True if the client was preempted and has reached the bound on ballots. */
export const isAtBound = (context: Pick<Context, "bounds">, { proposer }: Deciding): boolean =>
  proposer._tag === "Preempted" && !Proposer.mayRetry(context, proposer)

/** A preempted client begins a ballot above the one that preempted it. */
export const retry = (
  context: Reconfiguring,
  self: ClientId,
  state: ClientState,
  { operation, instance, proposer }: Deciding
): ClientStep =>
  proposer._tag === "Preempted"
    ? afterProposer(
        context,
        self,
        state,
        operation,
        instance,
        Proposer.retry(self, latest(state.map), proposer)
      )
    : ignore(state)
