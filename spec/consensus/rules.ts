/**
 * The decisions that single-decree Paxos rests on (Lamport, "Paxos made simple"). The protocol is
 * `correct`; a variant is the same text under other decisions.
 */
import { type Enough, isOver } from "../phase/phase.ts"
import type { Ballot, Vote } from "./ballot.ts"

export interface Rules {
  /** When a phase of a ballot is over: "from a majority of acceptors". (Phases 2a and 2b.) */
  readonly enough: Enough
  /**
   * What an acceptor has promised after it took part in a ballot: no lower one from now on. (Phases
   * 1b and 2b.)
   */
  readonly promises: (promised: Ballot | null, ballot: Ballot) => Ballot | null
  /**
   * What a proposer asks for: "the value of the highest-numbered proposal among the responses", or
   * its own. (2a.)
   */
  readonly proposes: <Value>(highest: Vote<Value> | null, own: Value) => Value
}

/** Single-decree Paxos. */
export const correct: Rules = {
  enough: isOver,
  promises: (_, ballot) => ballot,
  proposes: (highest, own) => (highest === null ? own : highest.value)
}
