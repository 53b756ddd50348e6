/**
 * The decisions of single-decree Paxos, as formulas: the same names as in
 * `spec/consensus/rules.ts`.
 */
import { type Formula, truth } from "../logic/formula.ts"
import { type Rules as Majority, correct as majority } from "../majority/rules.ts"

export interface Rules {
  /** When a phase of a ballot ends. */
  readonly enough: Majority["enough"]
  /** Whether an acceptor remembers its promises. */
  readonly promises: Formula
  /** When a proposer asks for its own value; `noVote`: no acceptor has reported a vote to it. */
  readonly proposesOwn: (noVote: Formula) => Formula
}

export const correct: Rules = {
  enough: majority.enough,
  promises: truth,
  proposesOwn: (noVote) => noVote
}
