/**
 * The sequence of configurations that all nodes agree upon (tutorial, section 5): "there is a
 * consensus instance associated with each configuration c, allowing the nodes in c to agree on the
 * subsequent configuration". Or "it can be provided manually by human": then the one client that
 * reconfigures is that person's, and what it says comes next does.
 *
 * Whichever it is, the interface is the same: `continueSequence` is asked for a change, and in the
 * end it calls `proceed` on a map in which the change is made.
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

import { type Reconfigure, refused, unanswered } from "../storage/reconfiguration.ts"
import {
  append,
  type ConfigurationMap,
  integrate,
  isDecided,
  known,
  latest
} from "./configuration-map.ts"
import { proceed, type Reconfiguring } from "./garbage-collection.ts"

import type { BallotReply } from "./messages.ts"
import type { Context } from "./rules.ts"
import {
  type ClientState,
  type ClientStep,
  type Deciding,
  enter,
  finish,
  inPhase
} from "./state.ts"

/**
 * The configuration that the operation makes of the latest one: "nodes that are not in the system"
 * are not removed, nodes that are in it already are not added. (3.1.) Undefined if nothing is left
 * to change.
 */
const changed = (from: Configuration, { add, remove }: Reconfigure): Configuration | undefined => {
  const members = changedMembers(from.members, add, remove)
  return equals(members, from.members) ? undefined : withMembers(from, members)
}

/**
 * A client begins to reconfigure: it "tries to cause the consensus instance of the latest
 * configuration c to decide on its new configuration". Without consensus, the person that it acts
 * for has decided.
 *
 * A change that would leave nobody is refused, whether it would from the beginning or because of
 * what somebody else has removed meanwhile. So is one that would leave no quorum of those who
 * answer, where the operation says who does: it is looked at again whenever somebody else's change
 * comes first. (The prose does not speak of either.)
 */
export const continueSequence = (
  context: Reconfiguring,
  self: ClientId,
  state: ClientState,
  operation: Reconfigure
): ClientStep => {
  const from = latest(state.map)
  const to = changed(from, operation)
  if (to === undefined) return goalReached(context, state, operation)
  if (!context.rules.maySucceed(to)) return finish(state, operation, refused)
  if (!answers(to, operation)) return finish(state, operation, unanswered)
  switch (context.rules.sequence) {
    case "person":
      return goalReached(context, { ...state, map: append(state.map, to) }, operation)
    case "consensus": {
      const instance = known(state.map) - 1
      const ballot = Proposer.startBallot(self, from, 1, to)
      return within(context, self, enter(state), operation, instance, ballot)
    }
  }
}

/**
 * True when the configuration can go on with the storage nodes that answer, as far as that is
 * asked.
 */
const answers = (to: Configuration, { answering }: Reconfigure): boolean =>
  answering === undefined || isServedBy(to, answering)

/**
 * The change is made in the latest configuration: once those before it are retired, the operation
 * is over.
 */
const goalReached = (
  context: Reconfiguring,
  state: ClientState,
  operation: Reconfigure
): ClientStep => proceed(context, state, { operation, goal: known(state.map) - 1 })

/** The client's step, from the step of the proposer that it is in the instance. */
const within = (
  context: Reconfiguring,
  self: ClientId,
  state: ClientState,
  operation: Reconfigure,
  instance: number,
  { state: proposer, sends }: ProposerStep
): ClientStep =>
  proposer._tag === "Decided"
    ? continueSequence(
        context,
        self,
        { ...state, map: append(state.map, proposer.decision) },
        operation
      )
    : {
        state: { ...state, activity: { _tag: "Deciding", operation, instance, proposer } },
        sends: sends.map(({ to, message }) => ({
          to,
          message: { _tag: "Ballot", ...inPhase(state), instance, message }
        })),
        observations: []
      }

type ProposerStep = Step<
  Proposer.Proposer<Configuration> | Proposer.Decided<Configuration>,
  never,
  BallotMessage<Configuration>
>

/**
 * A cmap arrives in which it stands what was decided. If that is not what the client asked for,
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

/** An acceptor answers, or a storage node that knows tells what was decided. */
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
  return within(context, self, learned, operation, instance, step)
}

/** True when the client was preempted and may begin another ballot. */
export const mayRetry = (context: Pick<Context, "bounds">, { proposer }: Deciding): boolean =>
  proposer._tag === "Preempted" && Proposer.mayRetry(context, proposer)

/**
 * True when the client was preempted, and only the bound on ballots keeps it from beginning
 * another.
 */
export const isAtBound = (context: Pick<Context, "bounds">, { proposer }: Deciding): boolean =>
  proposer._tag === "Preempted" && !Proposer.mayRetry(context, proposer)

/** A client that was preempted begins a ballot above the one in its way. */
export const retry = (
  context: Reconfiguring,
  self: ClientId,
  state: ClientState,
  { operation, instance, proposer }: Deciding
): ClientStep =>
  proposer._tag === "Preempted"
    ? within(
        context,
        self,
        state,
        operation,
        instance,
        Proposer.retry(self, latest(state.map), proposer)
      )
    : ignore(state)
