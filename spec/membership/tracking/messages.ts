/**
 * The messages of the membership service that tracks the members of the system.
 *
 * Users submit operations to the log, signed if other nodes rely on the sender. The log sends the
 * effects of the operations, which are the same for all replicas.
 */
import * as Schema from "effect/Schema"
import { describeView, View } from "../../administrator/view.ts"
import { Signed } from "../../kernel/cryptography.ts"
import { Count } from "../../kernel/node.ts"
import { JointlySigned } from "../../kernel/threshold.ts"
import { AdministratorId, ServerId } from "../../nodes/nodes.ts"
import { EpochPart } from "../following.ts"

/**
 * "This node may be a member", signed by an authority outside the system, so that no participant
 * can create identities at will. (Douceur, 2002.)
 */
export const Admission = Signed(AdministratorId, Schema.Struct({ node: ServerId }))
export type Admission = typeof Admission.Type

/** Identifies a round of probing uniquely. */
const when = { epoch: Count, round: Count }
export const Round = Schema.Struct(when)
export type Round = typeof Round.Type

/** "This node did not answer me in this round": a replica agrees to evict it. */
export const Agreement = Signed(ServerId, Schema.Struct({ node: ServerId, ...when }))
export type Agreement = typeof Agreement.Type

/** To the log: a node wants to be a member. */
export const Join = Schema.TaggedStruct("Join", { admission: Admission })
/** To the log: a replica agrees to evict a node. */
export const Agree = Schema.TaggedStruct("Agree", { agreement: Agreement })
/** The log: a round of probing begins. */
export const Begin = Schema.TaggedStruct("Begin", when)
/** The log: an epoch begins. */
export const Epoch = Schema.TaggedStruct("Epoch", { view: View })
/** A replica probes a node. */
export const Ping = Schema.TaggedStruct("Ping", when)
export const Pong = Schema.TaggedStruct("Pong", when)
/** A replica asks other replicas whether they also miss this node. */
export const Propose = Schema.TaggedStruct("Propose", { node: ServerId, ...when })
/** A replica's part of the certificate of an epoch. */
export const Certify = Schema.TaggedStruct("Certify", { part: EpochPart })
/** A node that has the certificate of an epoch forwards it. */
export const Certificate = Schema.TaggedStruct("Certificate", { signed: JointlySigned(View) })

export const Message = Schema.Union([
  Join,
  Agree,
  Begin,
  Epoch,
  Ping,
  Pong,
  Propose,
  Certify,
  Certificate
])
export type Message = typeof Message.Type

const describeRound = ({ epoch, round }: Round): string => `round ${round} of epoch ${epoch}`

export const describeMessage = (message: Message): string => {
  switch (message._tag) {
    case "Join":
      return `${message.admission.content.node} wants to be a member`
    case "Agree": {
      const { signer, content } = message.agreement
      return `${signer} agrees to evict ${content.node}, in ${describeRound(content)}`
    }
    case "Begin":
      return `${describeRound(message)} begins`
    case "Epoch":
      return `epoch begins: ${describeView(message.view)}`
    case "Ping":
      return `ping in ${describeRound(message)}`
    case "Pong":
      return `pong in ${describeRound(message)}`
    case "Propose":
      return `does ${message.node} answer anybody in ${describeRound(message)}?`
    case "Certify":
      return `${describeView(message.part.content)}, signed with the share of ${message.part.holder}`
    case "Certificate":
      return `certificate of ${describeView(message.signed.content)}`
  }
}
