/**
 * The variants of super-majority replication. `unanimous-reads-return-at-once` is a correct
 * optimisation. The others are mutants: each removes one load-bearing step of the protocol.
 */
import { majority } from "../configuration/configuration.ts"
import type { Variant } from "../kernel/protocol.ts"
import { type Enough, isOver, isOverButForOne } from "../phase/phase.ts"
import { isLarger } from "../register/pair.ts"
import { correct, type Rules } from "./rules.ts"
import { type IsNewer, isGenuine, pairOf, type Written } from "./signed-pair.ts"

/** A majority of each configuration has answered. */
const isOverByMajorities: Enough = (phase, access) =>
  isOver(
    { ...phase, configurations: phase.configurations.map(({ members }) => majority(members)) },
    access
  )

/** The larger timestamp alone determines the newer pair. */
const isLater: IsNewer = (left, right) => isLarger(pairOf(left).timestamp, pairOf(right).timestamp)

/** A timestamp that no client signed, next to a value that its client signed. */
const isSignedValue: Rules["believes"] = (cryptography, written: Written) =>
  written !== null && "signed" in written
    ? written.signed.signer === written.timestamp.client && cryptography.verifies(written.signed)
    : isGenuine(cryptography, written)

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "correct",
    kind: "correct",
    about:
      "Replication of signed pairs over super-majorities, as section 7 of the tutorial assumes it.",
    rules: correct
  },
  {
    name: "unanimous-reads-return-at-once",
    kind: "correct",
    about:
      "A read that receives the same answer from an entire super-majority returns it without a Set phase.",
    // Every later super-majority contains a correct node that answered, and every such node holds
    // the pair.
    rules: { ...correct, remembersAgreement: true, returnsAtOnce: (agree) => agree }
  },
  {
    name: "plain-majorities",
    kind: "mutant",
    about: "A phase waits for a majority: two majorities may share only a liar.",
    rules: { ...correct, enough: isOverByMajorities }
  },
  {
    name: "supermajority-one-short",
    kind: "mutant",
    about: "A phase ends one answer short of a super-majority.",
    rules: { ...correct, enough: isOverButForOne }
  },
  {
    name: "read-without-write-back",
    kind: "mutant",
    about: "A read returns what its Get phase found and does not store it, so reads can oscillate.",
    rules: { ...correct, returnsAtOnce: () => true }
  },
  {
    name: "unsigned-pairs-believed",
    kind: "mutant",
    about: "No node verifies signatures, so a liar can make up written values.",
    rules: { ...correct, believes: () => true, answersCommute: false }
  },
  {
    name: "timestamp-outside-signature",
    kind: "mutant",
    about: "The signature covers the value alone: a liar gives an old value a new timestamp.",
    rules: {
      ...correct,
      sign: (cryptography, key, { value, timestamp }) => ({
        timestamp,
        signed: cryptography.sign(key, value)
      }),
      believes: isSignedValue,
      answersCommute: false
    }
  },
  {
    name: "ties-not-broken",
    kind: "mutant",
    about:
      "Of two values that a lying client signed under one timestamp, a storage node keeps the first it received.",
    rules: { ...correct, isNewer: isLater, answersCommute: false }
  }
]
