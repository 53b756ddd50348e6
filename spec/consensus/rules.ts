/**
 * The load-bearing decisions of single-decree Paxos (Lamport, "Paxos made simple"). `correct` is
 * the protocol; a variant runs the same code with other decisions.
 */
import { type Enough, isOver } from "../phase/phase.ts"
import type { Ballot, Vote } from "./ballot.ts"

export interface Rules {
  /** When a phase of a ballot is complete: "from a majority of acceptors". (Phases 2a and 2b.) */
  readonly enough: Enough
  /**
   * What an acceptor has promised after it joins a ballot: to join no lower one. (Phases 1b and
   * 2b.)
   */
  readonly promises: (promised: Ballot | null, ballot: Ballot) => Ballot | null
  /**
   * The value that a proposer proposes: "the value of the highest-numbered proposal among the
   * responses", or its own. (2a.)
   */
  readonly proposes: <Value>(highest: Vote<Value> | null, own: Value) => Value
}

/** Single-decree Paxos. */
export const correct: Rules = {
  enough: isOver,
  promises: (_, ballot) => ballot,
  proposes: (highest, own) => (highest === null ? own : highest.value)
}
