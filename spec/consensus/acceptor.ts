/**
 * The acceptor of single-decree Paxos: the role of a storage node in one instance of consensus.
 */
import * as Schema from "effect/Schema"
import type { NodeId } from "../kernel/node.ts"
import { ignore, type Step } from "../kernel/process.ts"
import { Ballot, isHigher, Vote } from "./ballot.ts"
import type { Accept, Message, Prepare, Rejected } from "./messages.ts"
import type { Rules } from "./rules.ts"

/** The Schema of an acceptor whose instance decides on values of the given Schema. */
export const Acceptor = <Value extends Schema.Top>(value: Value) =>
  Schema.Struct({
    /** The highest ballot it has joined. It joins no lower one. */
    promised: Schema.NullOr(Ballot),
    /** Its last vote. */
    vote: Schema.NullOr(Vote(value))
  })
export interface Acceptor<Value> {
  readonly promised: Ballot | null
  readonly vote: Vote<Value> | null
}

/** An acceptor that has joined no ballot. */
export const initial: Acceptor<never> = { promised: null, vote: null }

type AcceptorStep<Value> = Step<Acceptor<Value>, never, Message<Value>>

/**
 * An acceptor receives a Prepare, at any time. It promises and reports its last vote, unless it has
 * promised a higher ballot. (Phase 1b.)
 */
export const receivePrepare = <Value>(
  rules: Pick<Rules, "promises">,
  state: Acceptor<Value>,
  from: NodeId,
  prepare: Prepare
): AcceptorStep<Value> => {
  const { ballot } = prepare
  if (hasPromisedMore(state, ballot)) return reject(state, from, prepare)
  return {
    state: { ...state, promised: rules.promises(state.promised, ballot) },
    sends: [{ to: from, message: { _tag: "Promise", ballot, vote: state.vote } }],
    observations: []
  }
}

/**
 * An acceptor receives an Accept. It votes for the value, unless it has promised a higher ballot.
 * (Phase 2b.)
 */
export const receiveAccept = <Value>(
  rules: Pick<Rules, "promises">,
  state: Acceptor<Value>,
  from: NodeId,
  accept: Accept<Value>
): AcceptorStep<Value> => {
  const { ballot, value } = accept
  if (hasPromisedMore(state, ballot)) return reject(state, from, accept)
  return {
    state: { promised: rules.promises(state.promised, ballot), vote: { ballot, value } },
    sends: [{ to: from, message: { _tag: "Accepted", ballot } }],
    observations: []
  }
}

const hasPromisedMore = ({ promised }: Acceptor<unknown>, ballot: Ballot): boolean =>
  promised !== null && isHigher(promised, ballot)

/** The acceptor tells the proposer which higher ballot it has promised. */
const reject = <Value>(
  state: Acceptor<Value>,
  from: NodeId,
  request: Prepare | Accept<Value>
): AcceptorStep<Value> => ({
  state,
  sends: [{ to: from, message: refusal(request, state.promised ?? request.ballot) }],
  observations: []
})

/** The reply that rejects a request, with the ballot promised instead. */
export const refusal = (
  { _tag, ballot }: Message<unknown>,
  promised: Ballot = ballot
): Rejected => ({
  _tag: "Rejected",
  ballot,
  refused: _tag === "Prepare" ? "Prepare" : "Accept",
  promised
})

/** An acceptor receives a message. It sends no requests, so it ignores replies. */
export const receive = <Value>(
  rules: Pick<Rules, "promises">,
  state: Acceptor<Value>,
  from: NodeId,
  message: Message<Value>
): AcceptorStep<Value> => {
  switch (message._tag) {
    case "Prepare":
      return receivePrepare(rules, state, from, message)
    case "Accept":
      return receiveAccept(rules, state, from, message)
    case "Promise":
    case "Accepted":
    case "Rejected":
      return ignore(state)
  }
}

/** True if the acceptor will always reject this request: it has promised a higher ballot. */
export const onlyAnswers = (
  state: Acceptor<unknown>,
  { _tag, ballot }: Message<unknown>
): boolean => (_tag === "Prepare" || _tag === "Accept") && hasPromisedMore(state, ballot)
