/**
 * Following the epochs: what every node does that is told of them, a replica of the service or not.
 *
 * It collects the parts of certificates until they combine. Certificates are taken one after the
 * other, each signed with the shares of the epoch before: a node that missed some asks for them,
 * and here they wait for it.
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

/** The decisions of whoever follows the epochs. */
export interface FollowingRules {
  /** Whether these parts of a certificate certify it. */
  readonly certifies: (cryptography: Cryptography, parts: ReadonlyArray<EpochPart>) => boolean
  /** Whether a node in this epoch goes on to that one when it is certified. */
  readonly follows: (number: number, next: number) => boolean
}

/** Certificates are signed by the service, and taken one after the other. */
export const following: FollowingRules = {
  certifies: ({ threshold }, parts) => threshold.combine(parts) !== undefined,
  follows: (number, next) => next === number + 1
}

export const Following = {
  /** The latest epoch that it knows. */
  view: View,
  /** What it has of the certificate of the next. */
  parts: SetOf(EpochPart)
}
export interface Following {
  readonly view: View
  readonly parts: ReadonlyArray<EpochPart>
}

/** What whoever follows is told at the beginning. */
export interface Context {
  readonly rules: FollowingRules
  readonly cryptography: Cryptography
}

/** How many replicas of an epoch may lie: f of 3f+1. */
export const maxFaulty = ({ members }: Pick<View, "members">): number =>
  byzantineFaults.maxFaulty(members.length)

/** Whether the part is of a certificate that the node may take now. */
export const fits = (
  { rules, cryptography }: Context,
  { view }: Following,
  part: EpochPart
): boolean =>
  cryptography.threshold.verifiesPartial(part) && rules.follows(view.number, part.content.number)

/** Whether the part is of a later certificate. */
export const isEarly = ({ rules }: Context, { view }: Following, { content }: EpochPart): boolean =>
  content.number > view.number && !rules.follows(view.number, content.number)

/** Whether the part says nothing to the node, now or later. */
export const isObsolete = (context: Context, state: Following, part: EpochPart): boolean =>
  !fits(context, state, part) && !isEarly(context, state, part)

/** A part of a certificate arrives. */
export const collect = <State extends Following>(
  context: Context,
  state: State,
  part: EpochPart
): State => (fits(context, state, part) ? { ...state, parts: including(state.parts, part) } : state)

/** The epochs that are certified by what the node has. */
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

/** The node goes on to this epoch. */
export const enter = <State extends Following>(state: State, view: View): State => ({
  ...state,
  view,
  parts: state.parts.filter(({ content }) => content.number > view.number)
})
