/**
 * The messages of single-decree Paxos. Each carries its ballot: a reply counts only in the ballot
 * that it answers.
 */
import * as Schema from "effect/Schema"
import { Ballot, describeBallot, Vote } from "./ballot.ts"

/** Phase 1a: a proposer asks acceptors to join no lower ballot, and to report their last vote. */
export const Prepare = Schema.TaggedStruct("Prepare", { ballot: Ballot })
/** Phase 2a: a proposer asks acceptors to accept a value. */
export const Accept = <Value extends Schema.Top>(value: Value) =>
  Schema.TaggedStruct("Accept", { ballot: Ballot, value })
/** Phase 1b: the acceptor promises, and reports its last vote, if any. */
export const PromiseReply = <Value extends Schema.Top>(value: Value) =>
  Schema.TaggedStruct("Promise", { ballot: Ballot, vote: Schema.NullOr(Vote(value)) })
/** Phase 2b: the acceptor has voted for the value. */
export const Accepted = Schema.TaggedStruct("Accepted", { ballot: Ballot })
/**
 * The acceptor rejects the request, since it has promised a higher ballot. The proposer may begin
 * one above that.
 */
export const Rejected = Schema.TaggedStruct("Rejected", {
  ballot: Ballot,
  refused: Schema.Literals(["Prepare", "Accept"]),
  promised: Ballot
})

/** The Schema of the messages of an instance that decides on values of the given Schema. */
export const Message = <Value extends Schema.Top>(value: Value) =>
  Schema.Union([Prepare, PromiseReply(value), Accept(value), Accepted, Rejected])

export type Prepare = typeof Prepare.Type
export type Accepted = typeof Accepted.Type
export type Rejected = typeof Rejected.Type
export interface PromiseReply<Value> {
  readonly _tag: "Promise"
  readonly ballot: Ballot
  readonly vote: Vote<Value> | null
}
export interface Accept<Value> {
  readonly _tag: "Accept"
  readonly ballot: Ballot
  readonly value: Value
}
export type Message<Value> = Prepare | PromiseReply<Value> | Accept<Value> | Accepted | Rejected

/** A short description of a message; `describeValue` describes its value. */
export const describeMessage = <Value>(
  message: Message<Value>,
  describeValue: (value: Value) => string
): string => {
  const ballot = describeBallot(message.ballot)
  switch (message._tag) {
    case "Prepare":
      return `prepare ${ballot}`
    case "Promise":
      return message.vote === null
        ? `promises ${ballot}, has accepted nothing`
        : `promises ${ballot}, has accepted ${describeValue(message.vote.value)} in ${describeBallot(message.vote.ballot)}`
    case "Accept":
      return `accept ${describeValue(message.value)} in ${ballot}`
    case "Accepted":
      return `accepted in ${ballot}`
    case "Rejected":
      return `rejects ${ballot}: has promised ${describeBallot(message.promised)}`
  }
}
