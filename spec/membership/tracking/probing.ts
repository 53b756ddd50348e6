/**
 * Probing, and the agreement to evict who does not answer.
 *
 * In each round a replica pings each member that is no replica, until it answers. How long it waits
 * is not modelled: the next interval may be over at any time. Who misses a node for so many
 * intervals asks the other replicas whether they do as well; those who have missed it for some, if
 * fewer, sign that they agree. One that lies evicts
 * nobody alone, and a node that is down is missed by all. What somebody has signed about one round
 * says nothing about the next.
 */
import * as Schema from "effect/Schema"
import type { View } from "../../administrator/view.ts"
import type { Cryptography, SigningKey } from "../../kernel/cryptography.ts"
import { including } from "../../kernel/data.ts"
import { Count, type NodeId, SetOf } from "../../kernel/node.ts"
import { ignore, type Step } from "../../kernel/process.ts"
import { type AdministratorId, ServerId, ServerSet } from "../../nodes/nodes.ts"
import { logOf } from "../log.ts"
import type { Message, Round } from "./messages.ts"
import type { Noted } from "./observation.ts"
import type { Rules } from "./rules.ts"
import { probedOf, replicasOf } from "./service.ts"

/** A node that has not answered in this round, and for how many intervals. */
const Probe = Schema.Struct({ node: ServerId, missed: Count })
type Probe = typeof Probe.Type

export const Probing = {
  round: Count,
  /** The nodes that it has pinged in this round, and that have not answered. */
  probes: SetOf(Probe),
  /** Those that somebody proposes to evict. */
  proposed: ServerSet,
  /** Those that it has agreed to evict. */
  agreed: ServerSet
}
export interface Probing {
  readonly view: View
  readonly key: SigningKey<ServerId>
  readonly round: number
  readonly probes: ReadonlyArray<Probe>
  readonly proposed: ServerSet
  readonly agreed: ServerSet
}

/** A round in which nothing has happened yet. */
export const beginning = (round: number) => ({
  round,
  probes: [],
  proposed: [],
  agreed: []
})

/** The parameters of a replica. */
export interface Context {
  readonly rules: Rules
  readonly cryptography: Cryptography
  readonly configuration: { readonly members: ServerSet }
  readonly administrator?: AdministratorId
}

/** A replica has waited for the answer of a node for another interval. */
export interface Choice {
  readonly _tag: "Wait"
  readonly node: ServerId
}
type ProbingStep<State> = Step<State, Noted, Message>

export const roundOf = ({ view, round }: Pick<Probing, "view" | "round">): Round => ({
  epoch: view.number,
  round
})

/** Nobody is probed in the round that an epoch begins with. */
export const choices = ({ rules }: Context, { probes }: Probing): ReadonlyArray<Choice> =>
  probes.flatMap(({ node, missed }) =>
    missed < rules.missedToPropose ? [{ _tag: "Wait", node }] : []
  )

/** A round begins: a replica pings each member that is no replica. */
export const startRound = <State extends Probing>(
  context: Context,
  before: State,
  round: number
): ProbingStep<State> => {
  const nodes = probedOf(context, before.view.members)
  const state = {
    ...before,
    ...beginning(round),
    probes: nodes.map((node) => ({ node, missed: 0 }))
  }
  return {
    state,
    sends: nodes.map((to) => ({ to, message: { _tag: "Ping", ...roundOf(state) } })),
    observations: []
  }
}

/**
 * An interval has passed, and the node has not answered. If it has missed enough, the replica asks
 * the others whether they miss the node as well, and agrees itself; if somebody has asked before,
 * it agrees as soon as it has missed the node for so long that it may.
 */
export const wait = <State extends Probing>(
  context: Context,
  self: ServerId,
  before: State,
  node: ServerId
): ProbingStep<State> => {
  const probes = before.probes.map((probe) =>
    probe.node === node ? { node, missed: probe.missed + 1 } : probe
  )
  const isProposed = (missedOf({ probes }, node) ?? 0) >= context.rules.missedToPropose
  const message: Message = { _tag: "Propose", node, ...roundOf(before) }
  const step = agreeIfMissed(
    context,
    self,
    {
      ...before,
      probes,
      proposed: isProposed ? including(before.proposed, node) : before.proposed
    },
    node
  )
  return {
    ...step,
    sends: [
      ...(isProposed ? others(context, self).map((to) => ({ to, message })) : []),
      ...step.sends
    ],
    observations: [{ _tag: "Note", name: "missed", detail: { node, ...roundOf(before) } }]
  }
}

const missedOf = ({ probes }: Pick<Probing, "probes">, node: ServerId): number | undefined =>
  probes.find((probe) => probe.node === node)?.missed

const others = (context: Context, self: ServerId): ReadonlyArray<ServerId> =>
  replicasOf(context).filter((replica) => replica !== self)

/**
 * A replica agrees to evict a node that somebody proposes to evict, in this round of this epoch, if
 * it has missed the node for long enough itself. It tells the log, and the other replicas: whoever
 * of them has enough agreements would submit them.
 */
const agreeIfMissed = <State extends Probing>(
  context: Context,
  self: ServerId,
  state: State,
  node: ServerId
): ProbingStep<State> => {
  const missed = missedOf(state, node)
  const isMissed = missed !== undefined && missed >= context.rules.missedToAgree
  if (!isMissed || !state.proposed.includes(node) || state.agreed.includes(node))
    return ignore(state)
  const agreement = context.cryptography.sign(state.key, { node, ...roundOf(state) })
  const message: Message = { _tag: "Agree", agreement }
  return {
    state: { ...state, agreed: including(state.agreed, node) },
    sends: [...others(context, self), logOf(context)].map((to) => ({ to, message })),
    observations: []
  }
}

/** The node answers: it is there, and nobody who knows that evicts it in this round. */
export const receivePong = <State extends Probing>(
  state: State,
  from: NodeId
): ProbingStep<State> => ({
  state: {
    ...state,
    probes: state.probes.filter(({ node }) => node !== from),
    proposed: state.proposed.filter((node) => node !== from)
  },
  sends: [],
  observations: []
})

/** Whether a proposal says nothing any more: the node has answered, or the replica has agreed. */
export const isDecided = (
  state: Probing,
  { node, ...round }: Round & { readonly node: ServerId }
) =>
  round.epoch === state.view.number &&
  round.round === state.round &&
  (missedOf(state, node) === undefined || state.agreed.includes(node))

/** Somebody proposes to evict a node that has not answered this replica either. */
export const receivePropose = <State extends Probing>(
  context: Context,
  self: ServerId,
  state: State,
  node: ServerId
): ProbingStep<State> =>
  missedOf(state, node) === undefined
    ? ignore(state)
    : agreeIfMissed(context, self, { ...state, proposed: including(state.proposed, node) }, node)
