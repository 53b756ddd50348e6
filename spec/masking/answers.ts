/**
 * How a read evaluates answers when some are lies (Malkhi and Reiter's masking quorums, with one
 * more rule).
 *
 * Nothing is signed, so a read believes a pair if one storage node more than can lie answers with
 * it. This alone is not enough: a completed write may have a single voucher among the answers while
 * an older pair has two. So a read accepts a pair only if a whole quorum cannot have stored a newer
 * one.
 */
import * as Schema from "effect/Schema"
import { type Configuration, isQuorumWith } from "../configuration/configuration.ts"
import { equals, setOf } from "../kernel/data.ts"
import { SetOf } from "../kernel/node.ts"
import { ServerId, type ServerSet } from "../nodes/nodes.ts"
import { isLarger, Pair, type Timestamp } from "../register/pair.ts"
import type { Rules } from "./rules.ts"

/** The latest answer of each storage node that has answered. */
export const Answers = SetOf(Schema.Struct({ server: ServerId, pair: Pair }))
export type Answers = typeof Answers.Type

/** The basis for accepting a pair: the configuration that answers, and the rules. */
export interface Context {
  readonly configuration: Configuration
  readonly rules: Pick<Rules, "masked" | "vouchers" | "mayHoldNewer" | "passesOver">
}

/** The answers after `server` answers with `pair`: its earlier answer no longer counts. */
export const withAnswer = (answers: Answers, server: ServerId, pair: Pair): Answers =>
  setOf([...answers.filter((answer) => answer.server !== server), { server, pair }])

/**
 * The pair that a read accepts: the highest pair that enough storage nodes vouch for and that no
 * completed write can have replaced. Undefined if there is none: the client then asks again.
 */
export const accepted = (context: Context, answers: Answers): Pair | undefined =>
  setOf(answers.map(({ pair }) => pair))
    .toSorted((left, right) => fromLargest(left.timestamp, right.timestamp))
    .find((pair) => isVouched(context, answers, pair) && !mayBeReplaced(context, answers, pair))

const fromLargest = (left: Timestamp, right: Timestamp): number =>
  isLarger(left, right) ? -1 : isLarger(right, left) ? 1 : 0

/** True when one storage node more than can lie answers with exactly this pair. */
const isVouched = ({ configuration, rules }: Context, answers: Answers, pair: Pair): boolean =>
  answers.filter((answer) => equals(answer.pair, pair)).length >=
  rules.vouchers(rules.masked(configuration.members.length))

/**
 * True when a quorum may have stored something newer: the nodes that may hold it, together with the
 * maximum number of liars, which acknowledged it and now deny it.
 */
const mayBeReplaced = (
  { configuration, rules }: Context,
  answers: Answers,
  { timestamp }: Pair
): boolean => {
  const above = answers
    .filter(({ pair }) => isLarger(pair.timestamp, timestamp))
    .map(({ server }) => server)
  const silent: ServerSet = configuration.members.filter(
    (member) => !answers.some(({ server }) => server === member)
  )
  const liars = rules.masked(configuration.members.length)
  return isQuorumWith(configuration, "write", rules.mayHoldNewer(above, silent), liars)
}

/**
 * The highest timestamp that a writer knows is not made up: the lowest among one more than can lie.
 */
export const trusted = (
  { configuration, rules }: Context,
  answers: Answers
): Timestamp | undefined =>
  answers
    .map(({ pair }) => pair.timestamp)
    .toSorted(fromLargest)
    .at(rules.passesOver(rules.masked(configuration.members.length)))
