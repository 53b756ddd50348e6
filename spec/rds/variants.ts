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
      "After RDS: the instance of consensus is the forward pointer, and an acceptor sends its pair with its vote; a client whose ballot decided skips Action 1.",
    rules: correct
  },
  {
    name: "fused-pointer-untold",
    kind: "mutant",
    about:
      "Fused with consensus, but a storage node does not send clients the configurations it has accepted.",
    rules: { ...correct, tellsAccepted: () => [] }
  },
  {
    name: "fused-pair-ignored",
    kind: "mutant",
    about: "Fused with consensus, but the client does not copy the acceptors' pairs.",
    rules: { ...correct, copies: () => initialPair }
  },
  {
    name: "fused-while-older-active",
    kind: "mutant",
    about:
      "Fused with consensus, and a client collects the acceptors' pairs even while an older configuration is being retired.",
    rules: { ...correct, collectsIn: () => true }
  },
  {
    name: "fused-votes-of-a-write-quorum",
    kind: "mutant",
    about: "Fused with consensus, but the votes of a write quorum alone decide, as in plain Paxos.",
    rules: { ...correct, consensus: Consensus.correct }
  }
]
