/**
 * The mutants of when rounds and epochs begin: each has one decision changed.
 */
import type { Variant } from "../../kernel/protocol.ts"
import { correct, type Rules } from "./rules.ts"

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "correct",
    kind: "correct",
    about:
      "What comes next begins when f+1 replicas say that it is due; no epoch while the service moves, or with fewer than four members.",
    rules: correct
  },
  {
    name: "f-hurry",
    kind: "mutant",
    about: "f replicas that say that something is due begin it.",
    rules: { ...correct, isDue: (replicas, faulty) => replicas >= faulty }
  },
  {
    name: "due-not-verified",
    kind: "mutant",
    about: "Whoever says so is a replica whose timer has run out, whatever the signature.",
    rules: { ...correct, believes: () => true }
  },
  {
    name: "due-not-bound",
    kind: "mutant",
    about: "What was due in one round counts in a later one.",
    rules: { ...correct, counts: () => true }
  },
  {
    name: "epoch-while-moving",
    kind: "mutant",
    about: "An epoch begins while the service moves.",
    rules: { ...correct, beginsWhileMoving: true }
  },
  {
    name: "too-few-members",
    kind: "mutant",
    about: "An epoch begins with however many members are left.",
    rules: { ...correct, isLargeEnough: () => true }
  }
]
