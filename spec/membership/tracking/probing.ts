/**
 * Probing, and the agreement to evict a node that does not answer.
 *
 * In each round a replica pings each member that is not a replica, until the member answers. The
 * model has no durations: an interval may end at any time. A replica that has missed a node for a
 * given number of intervals asks the other replicas whether they also miss it. A replica that has
 * missed the node for a second number of intervals, possibly smaller, signs that it agrees. A
 * single liar evicts no node, and every replica misses a node that is down. A signature about one
 * round does not count in the next.
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

/**
 * A node that has not answered in this round, and the number of intervals that have passed since.
 */
const Probe = Schema.Struct({ node: ServerId, missed: Count })
type Probe = typeof Probe.Type

export const Probing = {
  round: Count,
  /** The nodes that it has pinged in this round, and that have not answered. */
  probes: SetOf(Probe),
  /** The nodes that some replica proposes to evict. */
  proposed: ServerSet,
  /** The nodes that it has agreed to evict. */
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

/** The initial state of a round. */
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

/** A replica has waited another interval for a node's answer. */
export interface Choice {
  readonly _tag: "Wait"
  readonly node: ServerId
}
type ProbingStep<State> = Step<State, Noted, Message>

export const roundOf = ({ view, round }: Pick<Probing, "view" | "round">): Round => ({
  epoch: view.number,
  round
})

/** No node is probed in the first round of an epoch. */
export const choices = ({ rules }: Context, { probes }: Probing): ReadonlyArray<Choice> =>
  probes.flatMap(({ node, missed }) =>
    missed < rules.missedToPropose ? [{ _tag: "Wait", node }] : []
  )

/** A round begins: a replica pings each member that is not a replica. */
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
 * An interval has passed without an answer. If the replica has missed the node for enough
 * intervals, it asks the others whether they also miss the node, and agrees itself. If another
 * replica has already asked, this one agrees as soon as it has missed the node for long enough.
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
 * A replica agrees to evict a proposed node, in this round of this epoch, if it has itself missed
 * the node for long enough. It sends its agreement to the log and to the other replicas: any
 * replica with enough agreements would submit them.
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

/** The node answers: it is present, and no replica that knows this evicts it in this round. */
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

/** Whether a proposal has no effect any more: the node has answered, or the replica has agreed. */
export const isDecided = (
  state: Probing,
  { node, ...round }: Round & { readonly node: ServerId }
) =>
  round.epoch === state.view.number &&
  round.round === state.round &&
  (missedOf(state, node) === undefined || state.agreed.includes(node))

/** A replica proposes to evict a node that has not answered this replica either. */
export const receivePropose = <State extends Probing>(
  context: Context,
  self: ServerId,
  state: State,
  node: ServerId
): ProbingStep<State> =>
  missedOf(state, node) === undefined
    ? ignore(state)
    : agreeIfMissed(context, self, { ...state, proposed: including(state.proposed, node) }, node)
