/**
 * What a read makes of answers of which some are lies (Malkhi and Reiter's masking quorums, and one
 * rule more).
 *
 * Nothing is signed, so a pair is believed if one storage node more than can lie answers with it.
 * That alone is not enough: a write that has completed may have a single voucher among the answers
 * while an older pair has two. So a pair is accepted only if a newer one cannot have been written
 * by a whole quorum.
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

/** What decides whether a pair is accepted: the configuration that answers, and the rules. */
export interface Context {
  readonly configuration: Configuration
  readonly rules: Pick<Rules, "masked" | "vouchers" | "mayHoldNewer" | "passesOver">
}

/** The answers once `server` has answered with `pair`: what it said before no longer counts. */
export const withAnswer = (answers: Answers, server: ServerId, pair: Pair): Answers =>
  setOf([...answers.filter((answer) => answer.server !== server), { server, pair }])

/**
 * The pair that a read accepts: the highest that enough storage nodes vouch for and that no
 * completed write can have replaced. Undefined if there is none: then the client asks again.
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
 * True when a quorum may have stored something newer: those that may hold it, with as many liars as
 * there can be, who acknowledged it and deny it.
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
 * The highest timestamp of which a writer knows that no liar made it up: of one more than can lie,
 * the lowest.
 */
export const trusted = (
  { configuration, rules }: Context,
  answers: Answers
): Timestamp | undefined =>
  answers
    .map(({ pair }) => pair.timestamp)
    .toSorted(fromLargest)
    .at(rules.passesOver(rules.masked(configuration.members.length)))
