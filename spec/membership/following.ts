/**
 * Following the epochs: the part of every node that learns of epochs, whether it is a replica of
 * the service or not.
 *
 * A node collects the parts of a certificate until they combine. It accepts certificates in order,
 * each signed with the shares of the previous epoch. A node that missed some asks for them; here
 * they wait for it in flight.
 */
import { View } from "../administrator/view.ts"
import { byzantineFaults } from "../configuration/tolerated-faults.ts"
import type { Cryptography } from "../kernel/cryptography.ts"
import { equals, including, setOf } from "../kernel/data.ts"
import { SetOf } from "../kernel/node.ts"
import { Partial } from "../kernel/threshold.ts"
import { ServerId } from "../nodes/nodes.ts"

/** A replica's part of the certificate of an epoch: its number, and the replicas of the service. */
export const EpochPart = Partial(ServerId, View)
export type EpochPart = typeof EpochPart.Type

/** The decisions of a node that follows the epochs. */
export interface FollowingRules {
  /** Whether these parts of a certificate certify it. */
  readonly certifies: (cryptography: Cryptography, parts: ReadonlyArray<EpochPart>) => boolean
  /** Whether a node in the first epoch moves to the second once that is certified. */
  readonly follows: (number: number, next: number) => boolean
}

/** The service signs certificates, and nodes accept them in order. */
export const following: FollowingRules = {
  certifies: ({ threshold }, parts) => threshold.combine(parts) !== undefined,
  follows: (number, next) => next === number + 1
}

export const Following = {
  /** The latest epoch that it knows. */
  view: View,
  /** The parts it has of the next epoch's certificate. */
  parts: SetOf(EpochPart)
}
export interface Following {
  readonly view: View
  readonly parts: ReadonlyArray<EpochPart>
}

/** The parameters of a node that follows the epochs. */
export interface Context {
  readonly rules: FollowingRules
  readonly cryptography: Cryptography
}

/** The maximum number of replicas of an epoch that may lie: f of 3f+1. */
export const maxFaulty = ({ members }: Pick<View, "members">): number =>
  byzantineFaults.maxFaulty(members.length)

/** Whether the part belongs to a certificate that the node may accept now. */
export const fits = (
  { rules, cryptography }: Context,
  { view }: Following,
  part: EpochPart
): boolean =>
  cryptography.threshold.verifiesPartial(part) && rules.follows(view.number, part.content.number)

/** Whether the part belongs to a later certificate. */
export const isEarly = ({ rules }: Context, { view }: Following, { content }: EpochPart): boolean =>
  content.number > view.number && !rules.follows(view.number, content.number)

/** Whether the part has no effect on the node, now or later. */
export const isObsolete = (context: Context, state: Following, part: EpochPart): boolean =>
  !fits(context, state, part) && !isEarly(context, state, part)

/** A part of a certificate arrives. */
export const collect = <State extends Following>(
  context: Context,
  state: State,
  part: EpochPart
): State => (fits(context, state, part) ? { ...state, parts: including(state.parts, part) } : state)

/** The epochs that the node's parts certify. */
export const certified = (
  { rules, cryptography }: Context,
  { parts }: Following
): ReadonlyArray<View> =>
  setOf(parts.map(({ content }) => content)).filter((view) =>
    rules.certifies(
      cryptography,
      parts.filter(({ content }) => equals(content, view))
    )
  )

/** The node moves to this epoch. */
export const enter = <State extends Following>(state: State, view: View): State => ({
  ...state,
  view,
  parts: state.parts.filter(({ content }) => content.number > view.number)
})
