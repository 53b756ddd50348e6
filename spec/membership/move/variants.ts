/**
 * The variants of the move of the membership service: another rule that is safe but may wait
 * forever, and mutants, each with one decision changed.
 */
import type { Variant } from "../../kernel/protocol.ts"
import { correct, type Rules } from "./rules.ts"

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "correct",
    kind: "correct",
    about: "2f+1 shares sign, and an epoch is over when 2f+1 of its replicas have erased theirs.",
    rules: correct
  },
  {
    name: "all-erase",
    kind: "correct",
    about:
      "f+1 shares sign, and an epoch is over when all of its replicas have erased theirs: safe, but who says nothing keeps the service from moving.",
    rules: {
      ...correct,
      threshold: (_members, faulty) => faulty + 1,
      areEnoughErased: (erased, members) => erased === members
    }
  },
  {
    name: "f-plus-one-sign",
    kind: "mutant",
    about: "f+1 shares sign: enough that one of the signers does not lie.",
    rules: { ...correct, threshold: (_members, faulty) => faulty + 1 }
  },
  {
    name: "one-erased-too-few",
    kind: "mutant",
    about: "An epoch is over when 2f of its replicas have erased their shares.",
    rules: {
      ...correct,
      areEnoughErased: (erased, _members, faulty) => erased >= Math.max(1, 2 * faulty)
    }
  },
  {
    name: "reading-key-kept",
    kind: "mutant",
    about: "A replica erases its share, and keeps the key with which it read what was dealt to it.",
    rules: { ...correct, nextKey: (_cryptography, key) => key }
  },
  {
    name: "share-kept-by-who-leaves",
    kind: "mutant",
    about: "A replica that leaves the service keeps its share.",
    rules: { ...correct, keptShares: (shares, isStaying) => (isStaying ? [] : shares) }
  },
  {
    name: "share-kept-by-who-stays",
    kind: "mutant",
    about: "A replica that goes on to the next epoch keeps its old share beside the new one.",
    rules: { ...correct, keptShares: (shares, isStaying) => (isStaying ? shares : []) }
  },
  {
    name: "serves-too-early",
    kind: "mutant",
    about: "A replica answers in an epoch as soon as it has a share, before the last one is over.",
    rules: { ...correct, waitsForBegin: false }
  },
  {
    name: "no-nonce",
    kind: "mutant",
    about: "An answer says nothing of the question: an old one can be repeated.",
    rules: { ...correct, signsNonce: () => null, answers: () => true }
  },
  {
    name: "nonce-not-checked",
    kind: "mutant",
    about: "An answer says which question it is to, and a client does not look.",
    rules: { ...correct, answers: () => true }
  },
  {
    name: "one-certifies",
    kind: "mutant",
    about: "A node believes what one replica signs of the next epoch.",
    rules: { ...correct, certifies: (_cryptography, parts) => parts.length > 0 }
  },
  {
    name: "epochs-skipped",
    kind: "mutant",
    about: "A node goes on to any later epoch that is certified.",
    rules: { ...correct, follows: (number, next) => next > number }
  },
  {
    name: "system-not-compared",
    kind: "mutant",
    about: "A replica answers whatever epoch of the system the client asks about.",
    rules: { ...correct, statesSystem: () => true }
  },
  {
    name: "system-not-told",
    kind: "mutant",
    about: "A new replica is not told which epoch the system is in.",
    rules: { ...correct, beginsIn: (own) => own }
  }
]
