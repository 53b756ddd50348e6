/**
 * The variants of majority replication. `read-stored-value-at-once` is an improvement that keeps its promises; the
 * others are mutants: the protocol with one step that carries weight taken away.
 *
 * The first six of these lose atomicity. The last two keep it and lose liveness.
 */
import type { Variant } from "../kernel/protocol.ts"

export const variants = [
  {
    name: "correct",
    kind: "correct",
    about: "Majority replication as section 2.3 of the tutorial describes it."
  },
  {
    name: "read-stored-value-at-once",
    kind: "correct",
    about: "A read that found the same pair at a whole write quorum returns it without a Set phase."
  },
  {
    name: "read-stored-at-read-quorum",
    kind: "mutant",
    about: "The same, but a read quorum that holds the pair is taken for enough."
  },
  {
    name: "read-without-set-phase",
    kind: "mutant",
    about: "A read returns what its Get phase found and stores it nowhere, so that reads can oscillate."
  },
  {
    name: "write-without-get-phase",
    kind: "mutant",
    about: "A writer numbers its writes by itself instead of asking for the largest timestamp first."
  },
  {
    name: "timestamp-without-client",
    kind: "mutant",
    about: "A timestamp is a number alone, so that two writers may choose the same one."
  },
  { name: "quorum-one-short", kind: "mutant", about: "A phase ends one answer before it has a majority." },
  {
    name: "late-get-reply-counted",
    kind: "mutant",
    about: "A client in its Set phase takes a late answer to its Get phase for an acknowledgement."
  },
  {
    name: "older-set-not-acknowledged",
    kind: "mutant",
    about: "A storage node acknowledges a Set only if it stored the pair; only liveness is lost."
  },
  {
    name: "set-only-to-answerers",
    kind: "mutant",
    about: "The Set phase asks only those who answered the Get phase; only liveness is lost, to one crash."
  }
] as const satisfies ReadonlyArray<Variant<string>>

export type VariantName = (typeof variants)[number]["name"]
