/**
 * The variants of majority replication. `read-stored-value-at-once` is a correct optimisation. The
 * others are mutants: each removes one load-bearing step.
 *
 * The first seven mutants lose atomicity. The last two keep it and lose liveness.
 */
import { isQuorum } from "../configuration/configuration.ts"
import type { Variant } from "../kernel/protocol.ts"
import { isOverButForOne } from "../phase/phase.ts"
import { initialPair } from "../register/pair.ts"
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
      "A read that finds the same pair at an entire write quorum returns it without a Set phase.",
    // A Set phase would change nothing: these same nodes would acknowledge it. In section 2.3 it
    // ensures that later reads find what this one returned; here they find it already.
    rules: {
      ...correct,
      remembersHolders: true,
      returnsAtOnce: (configuration, holders) => isQuorum(configuration, "write", holders)
    }
  },
  {
    name: "read-stored-at-read-quorum",
    kind: "mutant",
    about: "The same, but a read quorum that holds the pair suffices.",
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
      "A read returns the pair its Get phase found and does not store it, so reads can oscillate.",
    rules: { ...correct, returnsAtOnce: () => true }
  },
  {
    name: "write-without-get-phase",
    kind: "mutant",
    about: "A writer numbers its own writes; it does not ask for the largest timestamp first.",
    rules: {
      ...correct,
      writeHasGetPhase: false,
      timestampAbove: (_, self, begun) => ({ number: begun, client: self })
    }
  },
  {
    name: "timestamp-without-client",
    kind: "mutant",
    about: "A timestamp is only a number, so two writers may choose the same one.",
    rules: {
      ...correct,
      timestampAbove: ({ number }) => ({ number: number + 1, client: null }),
      answersCommute: false
    }
  },
  {
    name: "quorum-one-short",
    kind: "mutant",
    about: "A phase ends one answer short of a majority.",
    rules: { ...correct, enough: isOverButForOne }
  },
  {
    name: "late-get-reply-counted",
    kind: "mutant",
    about: "A client in its Set phase counts a late answer to its Get phase as an acknowledgement.",
    rules: { ...correct, countsUntil: () => "Set", answersCommute: false }
  },
  {
    name: "removed-register-forgotten",
    kind: "mutant",
    about: "A storage node forgets a removed register, as if it had never been written.",
    // The timestamp of a removal distinguishes an older Set that is still in flight from a first
    // one. Only the clients know whether such a Set exists. Even all members together do not, since
    // a message that none of them has received is in none of their states.
    rules: { ...correct, kept: (pair) => (pair.value === null ? initialPair : pair) }
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
      "The Set phase asks only the nodes that answered the Get phase; one crash is enough to lose liveness.",
    rules: { ...correct, asksToStore: ({ answered }) => answered }
  }
]
