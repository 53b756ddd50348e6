/**
 * The messages that a replica has collected, and the facts that follow from them.
 *
 * Everything here is monotone in the collected messages: a prepared or justified proposal stays so
 * when more messages arrive. The time of receipt makes no difference (`README.md`).
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

/** A replica's parameters. */
export interface Context {
  readonly rules: Rules
  readonly cryptography: Cryptography
  readonly servers: ServerSet
  readonly clients: ReadonlyArray<ClientId>
  readonly bounds?: Readonly<Record<string, number>>
}

export const nothingCollected: Collected = { requests: [], votes: [], commits: [], claims: [] }

/** The maximum number of liars: f of 3f+1 replicas. */
export const maxFaulty = ({ servers }: Pick<Context, "servers">): number =>
  byzantineFaults.maxFaulty(servers.length)

/** "The primary of a view is replica p such that p = v mod |R|." (4.1) */
export const primaryOf = (
  { servers }: Pick<Context, "servers">,
  view: number
): ServerId | undefined => servers[view % servers.length]

/** True if a client has signed the request. */
export const isGenuineRequest = ({ cryptography, clients }: Context, request: Request): boolean =>
  cryptography.verifies(request) && clients.includes(request.signer)

/** True if a replica has signed the vote, and a client the request it is for. */
export const isGenuineVote = (context: Context, vote: Vote): boolean =>
  context.cryptography.verifies(vote) &&
  context.servers.includes(vote.signer) &&
  isGenuineRequest(context, vote.content.request)

/**
 * True if a replica has signed the claim, and the claimed proposal is a client's request in a view
 * earlier than the one the replica moves to.
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

/** True if the primary of its view has proposed this. */
export const isProposed = (context: Context, { votes }: Collected, proposal: Proposal): boolean => {
  const primary = primaryOf(context, proposal.view)
  return votes.some(
    ({ signer, content }) =>
      (signer === primary || !context.rules.checksPrimary) && equals(content, proposal)
  )
}

/**
 * True if the proposal is prepared: a quorum of replicas has voted for it, including the primary of
 * its view. (4.2)
 */
export const isPrepared = (context: Context, collected: Collected, proposal: Proposal): boolean =>
  (!context.rules.needsProposal || isProposed(context, collected, proposal)) &&
  context.rules.prepares(
    collected.votes.filter(({ content }) => equals(content, proposal)).length,
    maxFaulty(context)
  )

/** The votes that prove that the proposal is prepared. */
export const proofOf = ({ votes }: Collected, proposal: Proposal | null): ReadonlyArray<Vote> =>
  votes.filter(({ content }) => equals(content, proposal))

/** True if a quorum has committed to the proposal. (4.2) */
export const isCommitted = (
  context: Context,
  { commits }: Collected,
  proposal: Proposal
): boolean =>
  context.rules.commits(
    commits.filter((commit) => equals(commit.proposal, proposal)).length,
    maxFaulty(context)
  )

/**
 * The proven claims of replicas that move to this view. The proof of a claim is a prepared
 * certificate of an earlier view. (4.4)
 */
export const provenClaims = (
  context: Context,
  collected: Collected,
  view: number
): ReadonlyArray<Claim> =>
  collected.claims.filter(({ content }) => {
    const { prepared } = content
    if (content.view !== view) return false
    if (prepared === null) return true
    return !context.rules.checksClaims || isPrepared(context, collected, prepared)
  })

/**
 * True if the view may begin with this request: a quorum of replicas moves to the view, and either
 * they claim nothing prepared, or the request is the one prepared in the latest view they claim.
 * (4.4) View 0 begins with any request.
 */
export const isJustified = (
  context: Context,
  collected: Collected,
  { view, request }: Proposal
): boolean => {
  if (view === 0) return true
  const claims = provenClaims(context, collected, view)
  const begins = (some: ReadonlyArray<Claim>) =>
    context.rules.begins(setOf(some.map(({ signer }) => signer)).length, maxFaulty(context))
  const allow = (isAllowed: (claimed: number) => boolean) =>
    claims.filter(({ content: { prepared } }) => prepared === null || isAllowed(prepared.view))
  return (
    begins(allow(() => false)) ||
    claims.some(
      ({ content: { prepared } }) =>
        prepared !== null &&
        equals(prepared.request, request) &&
        begins(allow((claimed) => context.rules.mayFollow(prepared.view, claimed)))
    )
  )
}

/**
 * True if f+1 other replicas have moved to views later than this one. "If a replica receives a set
 * of f+1 valid view-change messages from other replicas for views greater than its current view, it
 * sends a view-change message" (4.5.2), regardless of its timer, and even if it has decided:
 * replicas that have not decided cannot begin a view without it.
 */
export const isLeftBehind = (
  context: Pick<Context, "servers">,
  { claims }: Collected,
  view: number
): boolean => {
  const ahead = claims.flatMap(({ signer, content }) => (content.view > view ? [signer] : []))
  return setOf(ahead).length > maxFaulty(context)
}

/** True if enough replicas have moved to the view for it to begin. */
export const hasBegun = (context: Context, collected: Collected, view: number): boolean =>
  view === 0 ||
  context.rules.begins(
    setOf(provenClaims(context, collected, view).map(({ signer }) => signer)).length,
    maxFaulty(context)
  )
