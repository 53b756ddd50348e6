/**
 * Ballots and votes of single-decree Paxos (Lamport, "The part-time parliament"; "Paxos made
 * simple").
 */
import * as Schema from "effect/Schema"
import { compare, equals } from "../kernel/data.ts"
import { Count } from "../kernel/node.ts"
import { ClientId } from "../nodes/nodes.ts"

/**
 * The number of a ballot, ordered by round and then by proposer, so no two proposers share a
 * ballot.
 */
export const Ballot = Schema.Struct({ round: Count, proposer: ClientId })
export type Ballot = typeof Ballot.Type

/** The Schema of a vote for a value with the given Schema. */
export const Vote = <Value extends Schema.Top>(value: Value) =>
  Schema.Struct({ ballot: Ballot, value })
/** An acceptor accepted the value in the ballot. */
export interface Vote<Value> {
  readonly ballot: Ballot
  readonly value: Value
}

/** True if the left ballot is strictly higher: by round, then by proposer. */
export const isHigher = (left: Ballot, right: Ballot): boolean =>
  left.round !== right.round ? left.round > right.round : left.proposer > right.proposer

/**
 * The vote in the higher ballot; null if there is none. (A ballot names one value. Mutants may
 * break that, so ties are broken by value: the result never depends on the order of arrival.)
 */
export const higherVote = <Value>(
  first: Vote<Value> | null,
  second: Vote<Value> | null
): Vote<Value> | null =>
  first === null || second === null
    ? (first ?? second)
    : isHigher(second.ballot, first.ballot) ||
        (equals(second.ballot, first.ballot) && compare(second.value, first.value) > 0)
      ? second
      : first

/** `2.c1`: round 2, proposer c1. */
export const describeBallot = ({ round, proposer }: Ballot): string => `${round}.${proposer}`
