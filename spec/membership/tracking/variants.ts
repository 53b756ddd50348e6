/**
 * The mutants of tracking the members: each has one decision changed.
 */
import type { Variant } from "../../kernel/protocol.ts"
import { correct, type Rules } from "./rules.ts"

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "correct",
    kind: "correct",
    about:
      "f+1 replicas that miss a node in one round of probing evict it; 2f+1 sign each epoch, and everybody takes them one after the other.",
    rules: correct
  },
  {
    name: "admissions-not-checked",
    kind: "mutant",
    about: "Whoever says so is a member.",
    rules: { ...correct, checksAdmissions: false }
  },
  {
    name: "agreements-not-checked",
    kind: "mutant",
    about: "Whoever says so has agreed to evict a node, whatever the signature.",
    rules: { ...correct, checksAgreements: false }
  },
  {
    name: "f-evict",
    kind: "mutant",
    about: "f replicas evict a node.",
    rules: { ...correct, evicts: (replicas, faulty) => replicas >= faulty }
  },
  {
    name: "round-not-bound",
    kind: "mutant",
    about: "An agreement counts as long as the epoch lasts, whatever the node has answered since.",
    rules: { ...correct, counts: (agreed, now) => agreed.epoch === now.epoch }
  },
  {
    name: "epoch-not-bound",
    kind: "mutant",
    about: "An agreement counts in the same round of any epoch.",
    rules: { ...correct, counts: (agreed, now) => agreed.round === now.round }
  },
  {
    name: "agrees-unasked",
    kind: "mutant",
    about: "A replica agrees with whoever proposes to evict a node, and has not missed it itself.",
    rules: { ...correct, missedToAgree: 0 }
  },
  {
    name: "f-sign",
    kind: "mutant",
    about: "f shares make a signature of the service.",
    rules: { ...correct, threshold: (faulty) => faulty }
  },
  {
    name: "epochs-skipped",
    kind: "mutant",
    about: "A client goes on to any later epoch that is certified.",
    rules: { ...correct, follows: (number, next) => next > number }
  }
]
