/**
 * A replica of PBFT (Castro and Liskov, OSDI 1999), for one slot of the log: the normal case (4.2)
 * and the view change (4.4).
 *
 * A replica collects every message it receives. It takes its steps by choice, once the collected
 * messages allow them.
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import { SigningKey } from "../kernel/cryptography.ts"
import { equals, including } from "../kernel/data.ts"
import { Count, type NodeId } from "../kernel/node.ts"
import {
  become,
  ignore,
  type NoOperation,
  type Process,
  type Send,
  type Step
} from "../kernel/process.ts"
import { ServerId } from "../nodes/nodes.ts"
import { views } from "./bounds.ts"
import {
  Collected,
  type Context,
  hasBegun,
  isCommitted,
  isGenuineClaim,
  isGenuineRequest,
  isGenuineVote,
  isJustified,
  isPrepared,
  isProposed,
  nothingCollected,
  primaryOf,
  proofOf,
  provenClaims
} from "./collected.ts"
import { type Message, Proposal } from "./messages.ts"

export const ReplicaState = Schema.Struct({
  key: SigningKey(ServerId),
  view: Count,
  /** The proposal accepted in this view, and whether the replica has committed to it. */
  accepted: Schema.NullOr(Proposal),
  hasCommitted: Schema.Boolean,
  /** The last prepared proposal, in any view. */
  prepared: Schema.NullOr(Proposal),
  /** The decided proposal: the content of the slot. */
  decided: Schema.NullOr(Proposal),
  collected: Collected
})
export type ReplicaState = typeof ReplicaState.Type

/**
 * The spontaneous steps of a replica. Timers are not modelled: a replica may move to the next view
 * at any time.
 */
export type Choice =
  | { readonly _tag: "Accept"; readonly proposal: Proposal }
  | { readonly _tag: "Commit" }
  | { readonly _tag: "Decide" }
  | { readonly _tag: "ChangeView" }
type ReplicaStep = Step<ReplicaState, never, Message>

const initial = ({ cryptography }: Context, self: ServerId): ReplicaState => ({
  key: cryptography.ownKey(self),
  view: 0,
  ...{ accepted: null, hasCommitted: false, prepared: null, decided: null },
  collected: nothingCollected
})

const toOthers = (
  { servers }: Pick<Context, "servers">,
  self: ServerId,
  ...messages: ReadonlyArray<Message>
): ReadonlyArray<Send<Message>> =>
  servers
    .filter((server) => server !== self)
    .flatMap((to) => messages.map((message) => ({ to, message })))

/**
 * The proof of a claim that this was prepared. Each vote is signed, so any replica can forward it.
 */
const certificate = (
  { rules }: Context,
  { collected }: ReplicaState,
  prepared: Proposal | null
): ReadonlyArray<Message> =>
  rules.sendsProofs ? proofOf(collected, prepared).map((vote) => ({ _tag: "Vote", vote })) : []

/** The justification of a new view: the claims in it, and their proofs. */
const justification = (context: Context, state: ReplicaState): ReadonlyArray<Message> =>
  context.rules.sendsProofs
    ? provenClaims(context, state.collected, state.view).flatMap(
        (claim): ReadonlyArray<Message> => [
          { _tag: "ViewChange", claim },
          ...certificate(context, state, claim.content.prepared)
        ]
      )
    : []

const collect = (state: ReplicaState, collected: Partial<Collected>): ReplicaState => ({
  ...state,
  collected: { ...state.collected, ...collected }
})

/**
 * The proposals a replica may accept in its view: a primary may accept any request it has, a backup
 * a proposal of the primary.
 */
const acceptable = (
  context: Context,
  self: ServerId,
  state: ReplicaState
): ReadonlyArray<Proposal> => {
  const { view, accepted, collected } = state
  const { rules } = context
  if (!rules.acceptsAfter(accepted, view)) return []
  const isPrimary = primaryOf(context, view) === self
  return collected.requests
    .map((request) => ({ view, request }))
    .filter((proposal) => {
      if (equals(proposal, accepted)) return false
      if (isPrimary)
        return rules.followsClaims
          ? isJustified(context, collected, proposal)
          : hasBegun(context, collected, view)
      return (
        isProposed(context, collected, proposal) &&
        (!rules.checksNewView || isJustified(context, collected, proposal))
      )
    })
}

/**
 * A replica accepts a proposal and sends its signed vote to all. The primary's vote is the
 * PRE-PREPARE, and in a later view also the NEW-VIEW; a backup's vote is its PREPARE. (4.2; 4.4)
 */
const accept = (
  context: Context,
  self: ServerId,
  state: ReplicaState,
  proposal: Proposal
): ReplicaStep => {
  const { collected, key } = state
  const vote = context.cryptography.sign(key, proposal)
  return {
    state: {
      ...collect(state, { votes: including(collected.votes, vote) }),
      accepted: proposal,
      hasCommitted: false
    },
    sends: toOthers(
      context,
      self,
      { _tag: "Vote", vote },
      ...(primaryOf(context, state.view) === self ? justification(context, state) : [])
    ),
    observations: []
  }
}

const mayCommit = (
  context: Context,
  { accepted, hasCommitted, collected }: ReplicaState
): boolean => accepted !== null && !hasCommitted && isPrepared(context, collected, accepted)

/** The accepted proposal is prepared: the replica commits to it and informs all. (4.2, COMMIT) */
const commit = (
  context: Context,
  self: ServerId,
  state: ReplicaState,
  accepted: Proposal
): ReplicaStep => ({
  state: {
    ...collect(state, {
      commits: including(state.collected.commits, { server: self, proposal: accepted })
    }),
    hasCommitted: true,
    prepared: context.rules.remembers(state.prepared, accepted)
  },
  sends: toOthers(context, self, { _tag: "Commit", proposal: accepted }),
  observations: []
})

const mayDecide = (
  context: Context,
  { accepted, hasCommitted, decided, collected }: ReplicaState
): boolean =>
  accepted !== null && hasCommitted && decided === null && isCommitted(context, collected, accepted)

/**
 * A quorum has committed to the accepted proposal: the replica decides it and replies to the
 * clients. (4.2, REPLY)
 */
const decide = ({ clients }: Context, state: ReplicaState, accepted: Proposal): ReplicaStep => ({
  state: { ...state, decided: accepted },
  sends: clients.map((to) => ({ to, message: { _tag: "Reply", value: accepted.request.content } })),
  observations: []
})

/**
 * A replica moves to the next view and accepts nothing more in this one. It sends its last prepared
 * proposal. (4.4, VIEW-CHANGE)
 */
const changeView = (context: Context, self: ServerId, state: ReplicaState): ReplicaStep => {
  const { rules, cryptography } = context
  const { collected, key, view } = state
  const prepared = rules.claims(state.prepared)
  const claim = cryptography.sign(key, { view: view + 1, prepared })
  return {
    state: {
      ...collect(state, {
        claims: including(collected.claims, claim),
        // Commits count only in their own view.
        commits: collected.commits.filter(({ proposal }) => proposal.view > view)
      }),
      view: view + 1,
      ...(rules.leavesView ? { accepted: null, hasCommitted: false } : {})
    },
    sends: toOthers(
      context,
      self,
      { _tag: "ViewChange", claim },
      ...certificate(context, state, prepared)
    ),
    observations: []
  }
}

const choices = (context: Context, self: ServerId, state: ReplicaState): ReadonlyArray<Choice> => [
  ...acceptable(context, self, state).map((proposal) => ({ _tag: "Accept", proposal }) as const),
  ...(mayCommit(context, state) ? [{ _tag: "Commit" } as const] : []),
  ...(mayDecide(context, state) ? [{ _tag: "Decide" } as const] : []),
  ...(mayChangeView(context, state) ? [{ _tag: "ChangeView" } as const] : [])
]

const mayChangeView = ({ bounds }: Context, { view }: ReplicaState): boolean =>
  view + 1 < (bounds?.[views.name] ?? Number.POSITIVE_INFINITY)

const choose = (
  context: Context,
  self: ServerId,
  state: ReplicaState,
  choice: Choice
): ReplicaStep => {
  const { accepted } = state
  switch (choice._tag) {
    case "Accept":
      return accept(context, self, state, choice.proposal)
    case "Commit":
      return accepted === null ? ignore(state) : commit(context, self, state, accepted)
    case "Decide":
      return accepted === null ? ignore(state) : decide(context, state, accepted)
    case "ChangeView":
      return changeView(context, self, state)
  }
}

/** A replica receives a message and collects it if it is genuine. */
const receive = (
  context: Context,
  state: ReplicaState,
  from: NodeId,
  message: Message
): ReplicaState => {
  const { collected, view } = state
  switch (message._tag) {
    case "Request":
      return isGenuineRequest(context, message.request)
        ? collect(state, { requests: including(collected.requests, message.request) })
        : state
    case "Vote":
      return isGenuineVote(context, message.vote)
        ? collect(state, {
            votes: including(collected.votes, message.vote),
            requests: including(collected.requests, message.vote.content.request)
          })
        : state
    case "ViewChange":
      return isGenuineClaim(context, message.claim)
        ? collect(state, { claims: including(collected.claims, message.claim) })
        : state
    case "Commit": {
      const { proposal } = message
      const server = context.servers.find((one) => one === from)
      return server === undefined ||
        proposal.view < view ||
        !isGenuineRequest(context, proposal.request)
        ? state
        : collect(state, { commits: including(collected.commits, { server, proposal }) })
    }
    case "Reply":
      return state
  }
}

export const replica: Process<
  Context,
  ReplicaState,
  NoOperation,
  never,
  Message,
  Choice,
  ServerId
> = {
  State: ReplicaState,
  durable: true,
  initial,
  ready: () => false,
  choices,
  step: (context, self, state, input) =>
    match(input)
      .with({ _tag: "Receive" }, ({ from, message }) =>
        become(receive(context, state, from, message))
      )
      .with({ _tag: "Choose" }, ({ choice }) => choose(context, self, state, choice))
      .with({ _tag: "Invoke" }, () => ignore(state))
      .exhaustive(),
  atBound: (context, state) => (mayChangeView(context, state) ? undefined : views.name),
  promises: {
    heeds: ({ servers }, _self, node) =>
      servers.some((server) => server === node)
        ? ["Request", "Vote", "Commit", "ViewChange"]
        : ["Request", "Vote", "ViewChange"],
    isObsolete: (context, _self, state, from, message) =>
      receive(context, state, from, message) === state,
    // The attached proof depends on the messages received so far.
    isWelcome: ({ rules }) => !rules.sendsProofs
  }
}
