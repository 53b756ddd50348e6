/**
 * The mutants of checkpoints: each has one decision changed.
 */
import type { Variant } from "../../kernel/protocol.ts"
import type { Checkpoint } from "./messages.ts"
import { correct, type Rules } from "./rules.ts"

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "correct",
    kind: "correct",
    about: "A replica that was left behind adopts a later state that f+1 replicas vouch for.",
    rules: correct
  },
  {
    name: "every-slot",
    kind: "correct",
    about: "A checkpoint is due after every slot: how often one is due matters only for its cost.",
    rules: { ...correct, isDue: () => true }
  },
  {
    name: "f-vouch",
    kind: "mutant",
    about:
      "f replicas that vouch for a checkpoint make it believable: with one liar, it needs no certificate.",
    rules: { ...correct, vouches: (replicas, faulty) => replicas >= faulty }
  },
  {
    name: "states-not-compared",
    kind: "mutant",
    about:
      "Replicas that vouch for any state after this number of slots make one of them believable.",
    rules: {
      ...correct,
      isSame: (one, other) => (one as Checkpoint).number === (other as Checkpoint).number
    }
  },
  {
    name: "earlier-adopted",
    kind: "mutant",
    about: "A replica adopts a checkpoint that is earlier than what it has executed.",
    rules: { ...correct, adopts: () => true }
  }
]
