/**
 * The sequence of configurations that all nodes agree upon (tutorial, section 5): "there is a consensus instance associated
 * with each configuration c, allowing the nodes in c to agree on the subsequent configuration". Or "it can be provided
 * manually by human": then the one client that reconfigures is that person's, and what it says comes next does.
 *
 * Whichever it is, the interface is the same: `continueSequence` is asked for a change, and in the end it calls
 * `collectGarbage` on a map in which the change is made.
 */
import { type Configuration, changedMembers, majority } from "../configuration/configuration.ts"
import * as Proposer from "../consensus/proposer.ts"
import { equals } from "../kernel/data.ts"
import type { ClientId, NodeId } from "../kernel/node.ts"
import { become, ignore, type Step } from "../kernel/process.ts"
import type { Reconfigure } from "../register/operation.ts"
import { initialPair, larger, type Pair } from "../register/pair.ts"
import { append, type ConfigurationMap, integrate, isDecided, known, latest } from "./configuration-map.ts"
import type { BallotReply } from "./messages.ts"
import { announce, announcesFirst, collectDecided, collectGarbage } from "./reconfigurer.ts"
import type { ClientState, ClientStep, Context, Deciding } from "./state.ts"
import { decidesByConsensus, isFused } from "./variants.ts"

/**
 * The configuration that the operation makes of the latest one: "nodes that are not in the system" are not removed, nodes
 * that are in it already are not added. (3.1.) Undefined if nothing is left to change.
 */
const changed = (from: Configuration, { add, remove }: Reconfigure): Configuration | undefined => {
  const members = changedMembers(from.members, add, remove)
  return equals(members, from.members) ? undefined : majority(members)
}

/**
 * A client begins to reconfigure: it "tries to cause the consensus instance of the latest configuration c to decide on
 * its new configuration". Without consensus, the person that it acts for has decided.
 */
export const continueSequence = (
  context: Context,
  self: ClientId,
  state: ClientState,
  operation: Reconfigure
): ClientStep => {
  const from = latest(state.map)
  const to = changed(from, operation)
  if (to === undefined) return goalReached(context, state, operation)
  if (!decidesByConsensus(context.variant))
    return goalReached(context, { ...state, map: append(state.map, to) }, operation)
  const instance = known(state.map) - 1
  const step = Proposer.startBallot(self, from, 1, to)
  return within(context, self, state, operation, instance, step, collected(context, state, instance))
}

/** The change is made in the latest configuration: once those before it are retired, the operation is over. */
const goalReached = (context: Context, state: ClientState, operation: Reconfigure): ClientStep => {
  const task = { operation, goal: known(state.map) - 1 }
  return announcesFirst(context)
    ? announce(context, state, task, task.goal, latest(state.map))
    : collectGarbage(context, state, task)
}

/**
 * The client has brought about a decision. If its change is made with it, and reconfiguration is fused with consensus, what
 * the acceptors held (`pair`) is all that has to be copied. Otherwise it goes on as if it had been told.
 */
const decided = (
  context: Context,
  self: ClientId,
  state: ClientState,
  operation: Reconfigure,
  decision: Configuration,
  pair: Pair | undefined
): ClientStep => {
  const after = { ...state, map: append(state.map, decision) }
  if (pair === undefined || changed(decision, operation) !== undefined)
    return continueSequence(context, self, after, operation)
  return collectDecided(context, after, { operation, goal: known(after.map) - 1 }, pair)
}

/**
 * What a client has collected of what acceptors hold when a ballot begins: nothing, or, where it is not going to collect,
 * undefined. Fused with consensus it collects, if the instance is that of the oldest active configuration: as long as an
 * older one is being retired, what it held may not have been copied yet, and an acceptor may say what it holds too early.
 */
const collected = ({ variant }: Context, { map }: ClientState, instance: number): Pair | undefined =>
  isFused(variant) && (instance === map.retired || variant === "fused-while-older-active")
    ? initialPair
    : undefined

/** The client's step, from the step of the proposer that it is in the instance. */
const within = (
  context: Context,
  self: ClientId,
  state: ClientState,
  operation: Reconfigure,
  instance: number,
  step: Step<Proposer.Proposer<Configuration> | Proposer.Decided<Configuration>, never, Ballots>,
  pair?: Pair
): ClientStep =>
  step.state._tag === "Decided"
    ? decided(context, self, state, operation, step.state.decision, pair)
    : {
        state: {
          ...state,
          activity: {
            _tag: "Deciding",
            operation,
            instance,
            proposer: step.state,
            ...(pair === undefined ? {} : { pair })
          }
        },
        sends: step.sends.map(({ to, message }) => ({
          to,
          message: { _tag: "Ballot", operation: state.begun, instance, message }
        })),
        observations: []
      }

type Ballots = Parameters<typeof Proposer.receive<Configuration>>[3]

/**
 * A cmap arrives in which it stands what was decided. If that is not what the client asked for, "there must have
 * been another reconfiguration operation that succeeded, creating another configuration; the client retries using the
 * other configuration, until it is successful".
 */
export const receiveMap = (
  context: Context,
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
  context: Context,
  self: ClientId,
  state: ClientState,
  deciding: Deciding,
  from: NodeId,
  { message, map, pair }: BallotReply
): ClientStep => {
  const learning = receiveMap(context, self, state, deciding, map)
  const learned = learning.state
  const { operation, instance, proposer } = deciding
  if (isDecided(learned.map, instance)) return learning
  const step = Proposer.receive<Configuration>("correct", proposer, from, message)
  const held = deciding.pair && larger(deciding.pair, pair ?? initialPair)
  return within(context, self, learned, operation, instance, step, held)
}

/** True when the client was preempted and may begin another ballot. */
export const mayRetry = (context: Context, { proposer }: Deciding): boolean =>
  proposer._tag === "Preempted" && Proposer.mayRetry(context, proposer)

/** A client that was preempted begins a ballot above the one in its way. */
export const retry = (
  context: Context,
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
        Proposer.retry(self, latest(state.map), proposer),
        collected(context, state, instance)
      )
    : ignore(state)
