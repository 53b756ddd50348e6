/**
 * A replica of PBFT (Castro and Liskov, OSDI 1999), for one slot of the log: the normal case (4.2)
 * and the view change (4.4).
 *
 * Whatever it receives, it collects. What it does, it chooses to do when what it has collected
 * allows it.
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
  primaryOf
} from "./collected.ts"
import { type Message, Proposal } from "./messages.ts"

export const ReplicaState = Schema.Struct({
  key: SigningKey(ServerId),
  view: Count,
  /** What it has accepted in its view, and whether it has committed to that. */
  accepted: Schema.NullOr(Proposal),
  hasCommitted: Schema.Boolean,
  /** What it has prepared last, in any view. */
  prepared: Schema.NullOr(Proposal),
  /** What it has decided: what stands in the slot. */
  decided: Schema.NullOr(Proposal),
  collected: Collected
})
export type ReplicaState = typeof ReplicaState.Type

/**
 * What a replica may do by itself. A timer that runs out is not modelled: it may move to the next
 * view at any time.
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
  { servers }: Context,
  self: ServerId,
  message: Message
): ReadonlyArray<Send<Message>> =>
  servers.filter((server) => server !== self).map((to) => ({ to, message }))

const collect = (state: ReplicaState, collected: Partial<Collected>): ReplicaState => ({
  ...state,
  collected: { ...state.collected, ...collected }
})

/**
 * What a replica may accept in its view: as the primary, a request that it has; as a backup, what
 * the primary proposed.
 */
const acceptable = (
  context: Context,
  self: ServerId,
  state: ReplicaState
): ReadonlyArray<Proposal> => {
  const { view, accepted, collected } = state
  const { rules } = context
  if (!rules.acceptsAfter(accepted)) return []
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
 * A replica accepts a proposal, and tells all with its signed vote. That of the primary is the
 * PRE-PREPARE, in a later view the NEW-VIEW as well; that of a backup is its PREPARE. (4.2; 4.4)
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
    sends: toOthers(context, self, { _tag: "Vote", vote }),
    observations: []
  }
}

const mayCommit = (
  context: Context,
  { accepted, hasCommitted, collected }: ReplicaState
): boolean => accepted !== null && !hasCommitted && isPrepared(context, collected, accepted)

/** What a replica has accepted is prepared: it tells all that it commits to it. (4.2, COMMIT) */
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
    prepared: accepted
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
 * A quorum has committed to what the replica has accepted: it stands in the slot, and clients are
 * told. (4.2, REPLY)
 */
const decide = ({ clients }: Context, state: ReplicaState, accepted: Proposal): ReplicaStep => ({
  state: { ...state, decided: accepted },
  sends: clients.map((to) => ({ to, message: { _tag: "Reply", value: accepted.request.content } })),
  observations: []
})

/**
 * A replica moves to the next view, and accepts nothing more in this one. It says what it has
 * prepared last. (4.4, VIEW-CHANGE)
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
        // Commits count in the view that they are of.
        commits: collected.commits.filter(({ proposal }) => proposal.view > view)
      }),
      view: view + 1,
      accepted: null,
      hasCommitted: false
    },
    sends: toOthers(context, self, { _tag: "ViewChange", claim }),
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

/** Whatever a replica receives, it collects, if it is genuine. */
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
    isWelcome: () => true
  }
}
