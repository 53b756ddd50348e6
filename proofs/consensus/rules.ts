/**
 * The decisions that single-decree Paxos rests on, as formulas: the same names as in
 * `spec/consensus/rules.ts`.
 */
import { type Formula, truth } from "../logic/formula.ts"
import { type Rules as Majority, correct as majority } from "../majority/rules.ts"

export interface Rules {
  /** When a phase of a ballot is over. */
  readonly enough: Majority["enough"]
  /** Whether an acceptor remembers what it has promised. */
  readonly promises: Formula
  /** When a proposer asks for what it likes; `noVote`: nobody has told it of a vote. */
  readonly proposesOwn: (noVote: Formula) => Formula
}

export const correct: Rules = {
  enough: majority.enough,
  promises: truth,
  proposesOwn: (noVote) => noVote
}
