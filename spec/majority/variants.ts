/**
 * The variants of majority replication. `read-stored-value-at-once` is an improvement that keeps
 * its promises; the others are mutants: the protocol with one step that carries weight taken away.
 *
 * The first six of these lose atomicity. The last two keep it and lose liveness.
 */
import { isQuorum } from "../configuration/configuration.ts"
import type { Variant } from "../kernel/protocol.ts"
import { isOverButForOne } from "../phase/phase.ts"
import { correct, type Rules } from "./rules.ts"

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "correct",
    kind: "correct",
    about: "Majority replication as section 2.3 of the tutorial describes it.",
    rules: correct
  },
  {
    name: "read-stored-value-at-once",
    kind: "correct",
    about:
      "A read that found the same pair at a whole write quorum returns it without a Set phase.",
    // A Set phase would change nothing, and be acknowledged by these same nodes. Section 2.3 has it
    // so that later reads find what this one returned; here they do without it.
    rules: {
      ...correct,
      remembersHolders: true,
      returnsAtOnce: (configuration, holders) => isQuorum(configuration, "write", holders)
    }
  },
  {
    name: "read-stored-at-read-quorum",
    kind: "mutant",
    about: "The same, but a read quorum that holds the pair is taken for enough.",
    rules: {
      ...correct,
      remembersHolders: true,
      returnsAtOnce: (configuration, holders) => isQuorum(configuration, "read", holders)
    }
  },
  {
    name: "read-without-set-phase",
    kind: "mutant",
    about:
      "A read returns what its Get phase found and stores it nowhere, so that reads can oscillate.",
    rules: { ...correct, returnsAtOnce: () => true }
  },
  {
    name: "write-without-get-phase",
    kind: "mutant",
    about:
      "A writer numbers its writes by itself instead of asking for the largest timestamp first.",
    rules: {
      ...correct,
      writeHasGetPhase: false,
      timestampAbove: (_, self, begun) => ({ number: begun, client: self })
    }
  },
  {
    name: "timestamp-without-client",
    kind: "mutant",
    about: "A timestamp is a number alone, so that two writers may choose the same one.",
    rules: {
      ...correct,
      timestampAbove: ({ number }) => ({ number: number + 1, client: null }),
      answersCommute: false
    }
  },
  {
    name: "quorum-one-short",
    kind: "mutant",
    about: "A phase ends one answer before it has a majority.",
    rules: { ...correct, enough: isOverButForOne }
  },
  {
    name: "late-get-reply-counted",
    kind: "mutant",
    about: "A client in its Set phase takes a late answer to its Get phase for an acknowledgement.",
    rules: { ...correct, countsUntil: () => "Set", answersCommute: false }
  },
  {
    name: "older-set-not-acknowledged",
    kind: "mutant",
    about: "A storage node acknowledges a Set only if it stored the pair; only liveness is lost.",
    rules: { ...correct, acknowledgesOlder: false }
  },
  {
    name: "set-only-to-answerers",
    kind: "mutant",
    about:
      "The Set phase asks only those who answered the Get phase; only liveness is lost, to one crash.",
    rules: { ...correct, asksToStore: ({ answered }) => answered }
  }
]
