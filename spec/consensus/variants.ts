/**
 * The mutants of consensus: single-decree Paxos with one step that carries weight taken away. All lose agreement.
 */
import type { Variant } from "../kernel/protocol.ts"

export const variants = [
  { name: "correct", kind: "correct", about: "Single-decree Paxos." },
  {
    name: "quorum-one-short",
    kind: "mutant",
    about: "A ballot goes on one answer before it has a majority."
  },
  {
    name: "promise-forgotten",
    kind: "mutant",
    about: "An acceptor promises and does not remember it, so it still votes in lower ballots."
  },
  {
    name: "highest-vote-ignored",
    kind: "mutant",
    about: "A proposer proposes its own value whatever acceptors have voted for before."
  }
] as const satisfies ReadonlyArray<Variant<string>>

export type VariantName = (typeof variants)[number]["name"]
