/**
 * The log of the membership service, as its replicas see it: the submissions, in an order that all
 * replicas agree on, and their effects, which are the same at every replica. The log is given;
 * `spec/pbft` shows how replicas agree on one.
 *
 * Rounds of probing and epochs are also operations of the log, so all replicas begin them at the
 * same place. They are due when a timer runs out. Timers are not modelled here: rounds and epochs
 * may begin at any time.
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import { firstView, isMember, View } from "../../administrator/view.ts"
import type { Cryptography } from "../../kernel/cryptography.ts"
import { equals, including, setOf, union, without } from "../../kernel/data.ts"
import { Count, type NodeId, SetOf } from "../../kernel/node.ts"
import { become, ignore, type NoOperation, type Process, type Step } from "../../kernel/process.ts"
import type { AdministratorId, ServerSet } from "../../nodes/nodes.ts"
import { authority } from "./authority.ts"
import { epochs, rounds } from "./bounds.ts"
import { Admission, Agreement, type Message, type Round } from "./messages.ts"
import type { Noted } from "./observation.ts"
import type { Rules } from "./rules.ts"
import { maxFaulty, probedOf, replicasOf } from "./service.ts"

export const LogState = Schema.Struct({
  /** The views of all epochs so far. */
  views: Schema.Array(View).check(Schema.isMinLength(1)),
  round: Count,
  /** The changes of the next epoch: the admitted nodes, and the agreements to evict. */
  admitted: SetOf(Admission),
  agreements: SetOf(Agreement)
})
export type LogState = typeof LogState.Type

/** The parameters of the log. */
export interface Context {
  readonly rules: Rules
  readonly cryptography: Cryptography
  readonly configuration: { readonly members: ServerSet }
  readonly bounds?: Readonly<Record<string, number>>
}

/** A timer runs out: the next round of probing begins, or the next epoch. */
export interface Choice {
  readonly _tag: "NextRound" | "NextEpoch"
}
type LogStep = Step<LogState, Noted, Message>

/** The view of the current epoch. */
export const latestOf = ({ views }: Pick<LogState, "views">): View => views.at(-1) as View

const nowOf = (state: LogState): Round => ({ epoch: latestOf(state).number, round: state.round })

/** The nodes to be evicted with the next epoch: enough replicas agree. */
const evictedIn = (context: Context, state: LogState): ServerSet =>
  probedOf(context, latestOf(state).members).filter((node) => {
    const agreed = state.agreements.filter(({ content }) => content.node === node)
    return context.rules.evicts(
      setOf(agreed.map(({ signer }) => signer)).length,
      maxFaulty(context)
    )
  })

/** Whether the admission is genuine, and for a node that is not a member and not yet admitted. */
const admits = (
  { rules, cryptography }: Context,
  state: LogState,
  admission: Admission
): boolean => {
  const isGenuine = admission.signer === authority && cryptography.verifies(admission)
  return (
    (isGenuine || !rules.checksAdmissions) &&
    !isMember(latestOf(state), admission.content.node) &&
    !state.admitted.some(({ content }) => equals(content, admission.content))
  )
}

/**
 * Whether the agreement counts: it comes from a replica of the service and is about another member.
 */
const takes = (context: Context, state: LogState, agreement: Agreement): boolean => {
  const { rules, cryptography } = context
  const { node, ...round } = agreement.content
  const replicas = replicasOf(context)
  return (
    (cryptography.verifies(agreement) || !rules.checksAgreements) &&
    replicas.includes(agreement.signer) &&
    probedOf(context, latestOf(state).members).includes(node) &&
    !evictedIn(context, state).includes(node) &&
    rules.counts(round, nowOf(state)) &&
    !state.agreements.some(
      ({ signer, content }) => signer === agreement.signer && content.node === node
    )
  )
}

/** A replica agrees to evict a node. The last agreement that is needed evicts it. */
const receiveAgree = (context: Context, before: LogState, agreement: Agreement): LogStep => {
  const state = { ...before, agreements: including(before.agreements, agreement) }
  const { node } = agreement.content
  const isEvicted = evictedIn(context, state).includes(node)
  return {
    state,
    sends: [],
    observations: isEvicted
      ? [{ _tag: "Note", name: "evicted", detail: { node, ...nowOf(state) } }]
      : []
  }
}

const receive = (context: Context, state: LogState, message: Message): LogStep => {
  switch (message._tag) {
    case "Join":
      return admits(context, state, message.admission)
        ? become({ ...state, admitted: including(state.admitted, message.admission) })
        : ignore(state)
    case "Agree":
      return takes(context, state, message.agreement)
        ? receiveAgree(context, state, message.agreement)
        : ignore(state)
    default:
      return ignore(state)
  }
}

/** The members of the next epoch. */
const nextMembers = (context: Context, state: LogState): ServerSet =>
  without(
    union(latestOf(state).members, setOf(state.admitted.map(({ content }) => content.node))),
    evictedIn(context, state)
  )

/**
 * A round of probing begins: earlier agreements are void, except those that evicted a node.
 */
const nextRound = (context: Context, state: LogState): LogStep => {
  const evicted = evictedIn(context, state)
  const next = { ...state, round: state.round + 1 }
  return {
    state: {
      ...next,
      agreements: state.agreements.filter(({ content: { node } }) => evicted.includes(node))
    },
    sends: replicasOf(context).map((to) => ({ to, message: { _tag: "Begin", ...nowOf(next) } })),
    observations: []
  }
}

/** An epoch begins, with all changes that accumulated in the last one. */
const nextEpoch = (context: Context, state: LogState): LogStep => {
  const view = { number: latestOf(state).number + 1, members: nextMembers(context, state) }
  return {
    state: { views: [...state.views, view], round: 0, admitted: [], agreements: [] },
    sends: replicasOf(context).map((to) => ({ to, message: { _tag: "Epoch", view } })),
    observations: []
  }
}

const isBelow = ({ bounds }: Context, bound: string, count: number): boolean =>
  count < (bounds?.[bound] ?? Number.POSITIVE_INFINITY)

/** Whether there is a node to probe. */
const hasProbed = (context: Context, state: LogState): boolean =>
  probedOf(context, latestOf(state).members).length > 0

/** Whether another epoch would change anything. */
const hasChanges = (context: Context, state: LogState): boolean =>
  !equals(nextMembers(context, state), latestOf(state).members)

const choices = (context: Context, state: LogState): ReadonlyArray<Choice> => [
  ...(isBelow(context, rounds.name, state.round + 1) && hasProbed(context, state)
    ? [{ _tag: "NextRound" } as const]
    : []),
  ...(isBelow(context, epochs.name, state.views.length) && hasChanges(context, state)
    ? [{ _tag: "NextEpoch" } as const]
    : [])
]

export const log: Process<Context, LogState, NoOperation, Noted, Message, Choice, AdministratorId> =
  {
    State: LogState,
    durable: true,
    initial: (context) => ({ views: [firstView(context)], round: 0, admitted: [], agreements: [] }),
    ready: () => false,
    choices: (context, _self, state) => choices(context, state),
    step: (context, _self, state, input) =>
      match(input)
        .with({ _tag: "Receive" }, ({ message }) => receive(context, state, message))
        .with({ _tag: "Choose" }, ({ choice }) =>
          choice._tag === "NextRound" ? nextRound(context, state) : nextEpoch(context, state)
        )
        .with({ _tag: "Invoke" }, () => ignore(state))
        .exhaustive(),
    atBound: (context, state) =>
      hasChanges(context, state) && !isBelow(context, epochs.name, state.views.length)
        ? epochs.name
        : undefined,
    promises: {
      heeds: (_context, _self, _node: NodeId) => ["Join", "Agree"]
    }
  }
