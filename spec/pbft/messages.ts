/**
 * The messages of PBFT (Castro and Liskov, "Practical Byzantine fault tolerance", OSDI 1999,
 * sections 4.2 and 4.4), for one slot of the log. Requests stand for their own digests.
 *
 * Replicas sign the data that others forward. A replica's vote is its PREPARE; the vote of the
 * view's primary is its PRE-PREPARE. In the paper some messages carry the signed messages that
 * prove them: a VIEW-CHANGE its prepared certificate, a NEW-VIEW the VIEW-CHANGEs that justify it.
 * Here the receiver collects these messages itself, and until then does not act on the claim:
 * `README.md`.
 */
import * as Schema from "effect/Schema"
import { Signed } from "../kernel/cryptography.ts"
import { Count } from "../kernel/node.ts"
import { ClientId, ServerId } from "../nodes/nodes.ts"
import { describeValue, Value } from "../register/operation.ts"

/** A client's request to put a value into the slot. */
export const Request = Signed(ClientId, Value)
export type Request = typeof Request.Type

/** A request in a view. */
export const Proposal = Schema.Struct({ view: Count, request: Request })
export type Proposal = typeof Proposal.Type

/**
 * A replica accepts a proposal in its view. If the replica is the primary, the vote is the
 * proposal.
 */
export const Vote = Signed(ServerId, Proposal)
export type Vote = typeof Vote.Type

/** A replica moves to a view, and sends its last prepared proposal. */
export const Claim = Signed(
  ServerId,
  Schema.Struct({ view: Count, prepared: Schema.NullOr(Proposal) })
)
export type Claim = typeof Claim.Type

export const RequestMessage = Schema.TaggedStruct("Request", { request: Request })
export const VoteMessage = Schema.TaggedStruct("Vote", { vote: Vote })
export const Commit = Schema.TaggedStruct("Commit", { proposal: Proposal })
export const ViewChange = Schema.TaggedStruct("ViewChange", { claim: Claim })
/** The value in the slot. */
export const Reply = Schema.TaggedStruct("Reply", { value: Value })

export const Message = Schema.Union([RequestMessage, VoteMessage, Commit, ViewChange, Reply])
export type Message = typeof Message.Type

const describeProposal = ({ view, request }: Proposal): string =>
  `${describeValue(request.content)} in view ${view}`

export const describeMessage = (message: Message): string => {
  switch (message._tag) {
    case "Request":
      return `request ${describeValue(message.request.content)}`
    case "Vote":
      return `votes for ${describeProposal(message.vote.content)}`
    case "Commit":
      return `commits ${describeProposal(message.proposal)}`
    case "ViewChange": {
      const { view, prepared } = message.claim.content
      const had = prepared === null ? "nothing prepared" : `${describeProposal(prepared)} prepared`
      return `moves to view ${view}, with ${had}`
    }
    case "Reply":
      return `the slot has ${describeValue(message.value)}`
  }
}
