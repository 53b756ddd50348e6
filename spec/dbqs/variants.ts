/**
 * The variants of dBQS: what the text leaves open, and mutants, each with one decision changed
 * (protocols.md 8.4; membership.md 5).
 */
import type { Variant } from "../kernel/protocol.ts"
import { type Enough, isOverButForOne } from "../phase/phase.ts"
import { isGenuine, type Written } from "../supermajority/signed-pair.ts"
import { isAmong } from "./epoch.ts"
import { replicasOf } from "./ring.ts"
import { correct, type Rules } from "./rules.ts"
import { isData } from "./stored.ts"

/** The messages that are never sent when nothing is erased. */
const unused = ["Complete"]

/** A replica that left keeps its data until all replicas that may copy it have done so. */
const erasing: Rules = {
  ...correct,
  erases: (told, newcomers) => newcomers.every((one) => isAmong(told, one))
}

/** It keeps nothing for late replicas that entered the group while it was a member. */
const erasingEarly: Rules = { ...erasing, keepsWhileIn: false }

/** 2f+1 nodes have answered, whichever they are. */
const hasSoMany: Enough = ({ answered }) => 3 * answered.length > 2 * replicasOf(correct.liars)

/** A version that no client signed, next to a value that its client signed. */
const isSignedValue: Rules["believes"] = (cryptography, written: Written) =>
  written !== null && "signed" in written
    ? written.signed.signer === written.timestamp.client && cryptography.verifies(written.signed)
    : isGenuine(cryptography, written)

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "correct",
    kind: "correct",
    about: "dBQS as it was reconstructed; old replicas keep what they have.",
    rules: correct,
    unused
  },
  {
    name: "reads-write-back",
    kind: "correct",
    about: "Every read stores what it found, even where all answers were the same.",
    rules: { ...correct, returnsAtOnce: () => false },
    unused
  },
  {
    name: "old-replicas-erase",
    kind: "correct",
    about: "A replica that left erases what it has once all have the data who may copy it.",
    rules: erasing
  },
  {
    name: "epochs-mixed",
    kind: "mutant",
    about: "Nobody looks at the epoch of an answer: those of two epochs count together.",
    rules: { ...correct, countsOneEpoch: false, enough: hasSoMany, answersCommute: false },
    unused
  },
  {
    name: "phase-not-restarted",
    kind: "mutant",
    about: "A client that learns of an epoch goes on with the answers of the one before.",
    rules: { ...correct, restarts: false, enough: hasSoMany, answersCommute: false },
    unused
  },
  {
    name: "quorum-one-short",
    kind: "mutant",
    about: "A phase ends one answer before it has 2f+1.",
    rules: { ...correct, enough: isOverButForOne },
    unused
  },
  {
    name: "read-without-write-back",
    kind: "mutant",
    about: "A read returns what its Get phase found, whether or not all answers were the same.",
    rules: { ...correct, returnsAtOnce: () => true },
    unused
  },
  {
    name: "version-unsigned",
    kind: "mutant",
    about: "The signature covers the value alone: a liar gives an old value a new version.",
    rules: {
      ...correct,
      sign: (cryptography, key, { value, timestamp }) => ({
        timestamp,
        signed: cryptography.sign(key, value)
      }),
      believes: isSignedValue,
      answersCommute: false,
      handoversCommute: false
    },
    unused
  },
  {
    name: "hash-not-verified",
    kind: "mutant",
    about: "A fetch believes whatever data a replica gives it.",
    rules: { ...correct, hasHash: isData, answersCommute: false },
    unused
  },
  {
    name: "certificate-not-verified",
    kind: "mutant",
    about: "Everybody believes any certificate: a liar makes up an epoch.",
    rules: { ...correct, believesEpoch: () => true, answersCommute: false },
    unused
  },
  {
    name: "old-epoch-served",
    kind: "mutant",
    about: "A replica that has entered an epoch goes on serving the one before.",
    rules: { ...correct, stops: false },
    unused
  },
  {
    name: "served-without-data",
    kind: "mutant",
    about: "A new replica serves before its transfer is complete.",
    rules: { ...correct, waitsForData: false, handoversCommute: false },
    unused
  },
  {
    name: "copied-from-too-few",
    kind: "mutant",
    about: "A new replica copies from f+1 old ones, not from 2f+1.",
    rules: { ...correct, enoughCopies: isOverButForOne },
    unused
  },
  {
    name: "copied-from-serving",
    kind: "mutant",
    about: "A new replica counts old ones that have not left the old epoch.",
    rules: { ...correct, copiesAfterLeaving: false },
    unused
  },
  {
    name: "epoch-skipped",
    kind: "mutant",
    about:
      "A new replica copies from the group of two epochs ago, though the last one was written in.",
    rules: { ...correct, copiesFrom: (epoch) => Math.max(epoch - 2, 0) },
    unused
  },
  {
    name: "copied-from-incomplete",
    kind: "mutant",
    about: "A new replica counts old ones that do not have the old epoch's data themselves.",
    rules: { ...correct, copiesWhenComplete: false, handoversCommute: false },
    unused
  },
  {
    name: "erased-at-once",
    kind: "mutant",
    about: "A replica that left erases what it has with the first of the new group that has it.",
    rules: { ...erasing, erases: () => true }
  },
  {
    name: "erased-before-late-copies",
    kind: "mutant",
    about:
      "A replica that left waits for those who came when it left, and not for those who came while it stayed and are late.",
    rules: erasingEarly
  },
  {
    name: "erased-by-quorum",
    kind: "mutant",
    about:
      "A replica that left erases what it has once 2f+1 of the new group say that they have the data: those who stayed say so without having copied anything.",
    rules: {
      ...erasingEarly,
      stayersTell: true,
      erases: (told) => 3 * told.length > 2 * replicasOf(correct.liars)
    }
  }
]
