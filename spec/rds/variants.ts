/**
 * RDS, and its mutants.
 */
import * as Consensus from "../consensus/rules.ts"
import type { Variant } from "../kernel/protocol.ts"
import { initialPair } from "../register/pair.ts"
import { correct, type Rules } from "./rules.ts"

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "correct",
    kind: "correct",
    about:
      "After RDS: the instance of consensus is the forward pointer, and an acceptor that accepts says what it holds; Action 1 is left out where the client itself made the decision.",
    rules: correct
  },
  {
    name: "fused-pointer-untold",
    kind: "mutant",
    about: "Fused with consensus, but a storage node does not tell clients what it has accepted.",
    rules: { ...correct, tellsAccepted: () => [] }
  },
  {
    name: "fused-pair-ignored",
    kind: "mutant",
    about: "Fused with consensus, but what acceptors hold is not copied.",
    rules: { ...correct, copies: () => initialPair }
  },
  {
    name: "fused-while-older-active",
    kind: "mutant",
    about:
      "Fused with consensus, and a client collects what acceptors hold even while an older configuration is being retired.",
    rules: { ...correct, collectsIn: () => true }
  },
  {
    name: "fused-votes-of-a-write-quorum",
    kind: "mutant",
    about:
      "Fused with consensus, and a decision takes the votes of a write quorum alone, as it does elsewhere.",
    rules: { ...correct, consensus: Consensus.correct }
  }
]
