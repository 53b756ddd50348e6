/**
 * Reconfiguration with a sequence of configurations (tutorial, section 5): the prose as it is written, the protocol, and
 * its mutants.
 */
import type { Variant } from "../kernel/protocol.ts"

/** Where a person gives the sequence, nobody asks an instance of consensus. */
const unusedWithoutConsensus = ["Ballot", "BallotReply"]

export const variants = [
  {
    name: "correct",
    kind: "correct",
    about:
      "Section 5 with two rules changed: what is copied is what the storage nodes hold that have the forward pointer, and a Get phase begins anew when it learns of a retirement. The sequence is given by a person.",
    unused: unusedWithoutConsensus
  },
  {
    name: "with-consensus",
    kind: "correct",
    about: "The same, with the sequence decided by consensus: an instance for each configuration."
  },
  {
    name: "parallel-retirement",
    kind: "correct",
    about:
      "RAMBO II, with consensus: all configurations before the one that a client wants to see installed are retired in one go."
  },
  {
    name: "fused-with-consensus",
    kind: "correct",
    about:
      "After RDS: the instance of consensus is the forward pointer, and an acceptor that accepts says what it holds; Action 1 is left out where the client itself made the decision."
  },
  {
    name: "as-written",
    kind: "mutant",
    about: "Every sentence of section 5 as it is written, with neither rule changed.",
    unused: unusedWithoutConsensus
  },
  {
    name: "copied-from-anywhere",
    kind: "mutant",
    about:
      "The first rule is as written: once a majority has the forward pointer, a Get phase asks any majority for what is to be copied.",
    unused: unusedWithoutConsensus
  },
  {
    name: "answers-kept-at-retirement",
    kind: "mutant",
    about:
      "The second rule is as written: a Get phase that learns of a retirement goes on with the answers that it has.",
    unused: unusedWithoutConsensus
  },
  {
    name: "no-forward-pointer",
    kind: "mutant",
    about: "Action 1 is left out.",
    unused: [...unusedWithoutConsensus, "Point", "PointReply"]
  },
  {
    name: "forward-pointer-one-short",
    kind: "mutant",
    about: "Action 1 is over one storage node before a majority has the forward pointer.",
    unused: unusedWithoutConsensus
  },
  {
    name: "get-before-forward-pointer",
    kind: "mutant",
    about: "State transfer begins before Action 1 is over: what it copies was got before it.",
    unused: unusedWithoutConsensus
  },
  {
    name: "populate-without-get",
    kind: "mutant",
    about: "State transfer is a Set phase alone: nothing that the old configuration holds is copied.",
    unused: unusedWithoutConsensus
  },
  {
    name: "retire-before-transfer",
    kind: "mutant",
    about: "The old configuration is said to be retired when Action 1 is over, before the state transfer.",
    unused: unusedWithoutConsensus
  },
  {
    name: "learned-configuration-ignored",
    kind: "mutant",
    about: "A client that reads or writes does not integrate the cmaps that it receives.",
    unused: unusedWithoutConsensus
  },
  {
    name: "new-configuration-alone",
    kind: "mutant",
    about: "A client that learns of a new configuration uses it alone from then on.",
    unused: unusedWithoutConsensus
  },
  {
    name: "set-phase-not-extended",
    kind: "mutant",
    about: "A Set phase neither asks nor waits for the configurations that it learns of.",
    unused: unusedWithoutConsensus
  },
  {
    name: "announcement-not-awaited",
    kind: "mutant",
    about: "A reconfiguration returns without waiting until the directory knows of the new configuration.",
    unused: unusedWithoutConsensus
  },
  {
    name: "announced-first",
    kind: "mutant",
    about:
      "The directory is told of a new configuration before the storage nodes are, as section 5 says; but a client asks for a hint only once.",
    unused: unusedWithoutConsensus
  },
  {
    name: "consensus-instance-shared",
    kind: "mutant",
    about: "The sequence is decided by consensus, and all configurations share one instance."
  },
  {
    name: "parallel-retirement-of-one",
    kind: "mutant",
    about:
      "Parallel retirement, with Action 1 in the last of the configurations that are to be retired alone: what the others hold is lost."
  },
  {
    name: "fused-pointer-untold",
    kind: "mutant",
    about: "Fused with consensus, but a storage node does not tell clients what it has accepted."
  },
  {
    name: "fused-pair-ignored",
    kind: "mutant",
    about: "Fused with consensus, but what acceptors hold is not copied."
  },
  {
    name: "fused-while-older-active",
    kind: "mutant",
    about:
      "Fused with consensus, and a client collects what acceptors hold even while an older configuration is being retired."
  }
] as const satisfies ReadonlyArray<Variant<string>>

export type VariantName = (typeof variants)[number]["name"]

/** A Get phase begins anew when it learns that a configuration is retired. */
export const beginsAnew = (variant: VariantName): boolean =>
  variant !== "as-written" && variant !== "answers-kept-at-retirement"

/** Whether the sequence of configurations is decided by consensus, or given by a person. */
export const decidesByConsensus = (variant: VariantName): boolean =>
  variant === "with-consensus" ||
  variant === "consensus-instance-shared" ||
  retiresInParallel(variant) ||
  isFused(variant)

/** Whether all configurations below the goal are retired in one go, or one after the other. */
export const retiresInParallel = (variant: VariantName): boolean =>
  variant === "parallel-retirement" || variant === "parallel-retirement-of-one"

/** Whether an instance of consensus is the forward pointer as well. */
export const isFused = (variant: VariantName): boolean =>
  variant === "fused-with-consensus" ||
  variant === "fused-pointer-untold" ||
  variant === "fused-pair-ignored" ||
  variant === "fused-while-older-active"
