/**
 * The mutants of consensus: each removes one load-bearing step of single-decree Paxos. All lose
 * agreement.
 */
import type { Variant } from "../kernel/protocol.ts"
import { isOverButForOne } from "../phase/phase.ts"
import { correct, type Rules } from "./rules.ts"

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  { name: "correct", kind: "correct", about: "Single-decree Paxos.", rules: correct },
  {
    name: "quorum-one-short",
    kind: "mutant",
    about: "A phase of a ballot ends one answer short of a majority.",
    rules: { ...correct, enough: isOverButForOne }
  },
  {
    name: "promise-forgotten",
    kind: "mutant",
    about: "An acceptor forgets its promise, so it still votes in lower ballots.",
    rules: { ...correct, promises: (promised) => promised }
  },
  {
    name: "highest-vote-ignored",
    kind: "mutant",
    about: "A proposer always proposes its own value and ignores earlier votes.",
    rules: { ...correct, proposes: (_, own) => own }
  }
]
