/**
 * The mutants of consensus: single-decree Paxos with one step that carries weight taken away. All
 * lose agreement.
 */
import type { Variant } from "../kernel/protocol.ts"
import { isOverButForOne } from "../phase/phase.ts"
import { correct, type Rules } from "./rules.ts"

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  { name: "correct", kind: "correct", about: "Single-decree Paxos.", rules: correct },
  {
    name: "quorum-one-short",
    kind: "mutant",
    about: "A ballot goes on one answer before it has a majority.",
    rules: { ...correct, enough: isOverButForOne }
  },
  {
    name: "promise-forgotten",
    kind: "mutant",
    about: "An acceptor promises and does not remember it, so it still votes in lower ballots.",
    rules: { ...correct, promises: (promised) => promised }
  },
  {
    name: "highest-vote-ignored",
    kind: "mutant",
    about: "A proposer proposes its own value whatever acceptors have voted for before.",
    rules: { ...correct, proposes: (_, own) => own }
  }
]
