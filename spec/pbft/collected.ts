/**
 * What a replica has collected, and what follows from it.
 *
 * Everything here grows with what is collected: a proposal that is prepared, or justified, stays so
 * when more is collected. So it makes no difference when a message is received, only that it has
 * been sent (`README.md`).
 */
import * as Schema from "effect/Schema"
import { byzantineFaults } from "../configuration/tolerated-faults.ts"
import type { Cryptography } from "../kernel/cryptography.ts"
import { equals, setOf } from "../kernel/data.ts"
import { SetOf } from "../kernel/node.ts"
import { type ClientId, ServerId, type ServerSet } from "../nodes/nodes.ts"
import { Claim, Proposal, Request, Vote } from "./messages.ts"
import type { Rules } from "./rules.ts"

export const Collected = Schema.Struct({
  requests: SetOf(Request),
  votes: SetOf(Vote),
  commits: SetOf(Schema.Struct({ server: ServerId, proposal: Proposal })),
  claims: SetOf(Claim)
})
export type Collected = typeof Collected.Type

/** What a replica is told at the beginning. */
export interface Context {
  readonly rules: Rules
  readonly cryptography: Cryptography
  readonly servers: ServerSet
  readonly clients: ReadonlyArray<ClientId>
  readonly bounds?: Readonly<Record<string, number>>
}

export const nothingCollected: Collected = { requests: [], votes: [], commits: [], claims: [] }

/** How many replicas may lie: f of 3f+1. */
export const mostFaulty = ({ servers }: Pick<Context, "servers">): number =>
  byzantineFaults.mostFaulty(servers.length)

/** "The primary of a view is replica p such that p = v mod |R|." (4.1) */
export const primaryOf = (
  { servers }: Pick<Context, "servers">,
  view: number
): ServerId | undefined => servers[view % servers.length]

/** Whether a client has signed the request. */
export const isGenuineRequest = ({ cryptography, clients }: Context, request: Request): boolean =>
  cryptography.verifies(request) && clients.includes(request.signer)

/** Whether a replica has signed the vote, for a client's request. */
export const isGenuineVote = (context: Context, vote: Vote): boolean =>
  context.cryptography.verifies(vote) &&
  context.servers.includes(vote.signer) &&
  isGenuineRequest(context, vote.content.request)

/**
 * Whether a replica has signed the claim, which is about a client's request in an earlier view than
 * the one it moves to.
 */
export const isGenuineClaim = (context: Context, claim: Claim): boolean => {
  const { view, prepared } = claim.content
  return (
    context.cryptography.verifies(claim) &&
    context.servers.includes(claim.signer) &&
    view > 0 &&
    (prepared === null || (prepared.view < view && isGenuineRequest(context, prepared.request)))
  )
}

/** Whether somebody who may has proposed this: the primary of its view. */
export const isProposed = (context: Context, { votes }: Collected, proposal: Proposal): boolean => {
  const primary = primaryOf(context, proposal.view)
  return votes.some(
    ({ signer, content }) =>
      (signer === primary || !context.rules.checksPrimary) && equals(content, proposal)
  )
}

/**
 * Whether the proposal is prepared: a quorum of replicas has voted for it, the primary of its view
 * among them. (4.2)
 */
export const isPrepared = (context: Context, collected: Collected, proposal: Proposal): boolean =>
  isProposed(context, collected, proposal) &&
  context.rules.prepares(
    collected.votes.filter(({ content }) => equals(content, proposal)).length,
    mostFaulty(context)
  )

/** Whether a quorum has committed to the proposal. (4.2) */
export const isCommitted = (
  context: Context,
  { commits }: Collected,
  proposal: Proposal
): boolean =>
  context.rules.commits(
    commits.filter((commit) => equals(commit.proposal, proposal)).length,
    mostFaulty(context)
  )

/**
 * The claims about a move to this view that are proved, each by a prepared certificate of an
 * earlier view. (4.4)
 */
const provenClaims = (context: Context, collected: Collected, view: number): ReadonlyArray<Claim> =>
  collected.claims.filter(({ content }) => {
    const { prepared } = content
    if (content.view !== view) return false
    if (prepared === null) return true
    return !context.rules.checksClaims || isPrepared(context, collected, prepared)
  })

/**
 * Whether a view may begin with this request: for some quorum of replicas that move to it, nothing
 * was prepared, or the request was, in the latest view of which they claim anything. (4.4) View 0
 * begins with any request.
 */
export const isJustified = (
  context: Context,
  collected: Collected,
  { view, request }: Proposal
): boolean => {
  if (view === 0) return true
  const claims = provenClaims(context, collected, view)
  const begins = (some: ReadonlyArray<Claim>) =>
    context.rules.begins(setOf(some.map(({ signer }) => signer)).length, mostFaulty(context))
  const until = (last: number) =>
    claims.filter(({ content: { prepared } }) => prepared === null || prepared.view <= last)
  return (
    begins(until(-1)) ||
    claims.some(
      ({ content: { prepared } }) =>
        prepared !== null && equals(prepared.request, request) && begins(until(prepared.view))
    )
  )
}

/** Whether enough replicas have moved to a view for it to begin. */
export const hasBegun = (context: Context, collected: Collected, view: number): boolean =>
  view === 0 ||
  context.rules.begins(
    setOf(provenClaims(context, collected, view).map(({ signer }) => signer)).length,
    mostFaulty(context)
  )
