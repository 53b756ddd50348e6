/**
 * The variants of the forgetting protocol: readings of the prose, and mutants, each with one
 * decision changed.
 */
import { plain } from "../administrator/rules.ts"
import { isMember } from "../administrator/view.ts"
import type { Variant } from "../kernel/protocol.ts"
import { isOverButForOne } from "../phase/phase.ts"
import { correct, type Rules } from "./rules.ts"

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "correct",
    kind: "correct",
    about:
      "The forgetting protocol, as it must be meant (7.2): what a Get phase found is confirmed.",
    rules: correct
  },
  {
    name: "unconfirmed",
    kind: "correct",
    about:
      "A client that moves does its current phase again, and nothing is confirmed: enough where each storage node counts as bounded until it has stopped.",
    rules: { ...correct, ...plain }
  },
  {
    name: "printed",
    kind: "mutant",
    about:
      "NEW_VIEW to the letter: the certificate is encrypted under the private key, which nobody gets.",
    rules: {
      ...correct,
      seal: (cryptography, key, { certificate, key: { owner } }) => ({
        underPrivate: cryptography.encrypt({ owner, times: 0 }, certificate),
        inClear: key
      })
    }
  },
  {
    name: "printed-in-clear",
    kind: "mutant",
    about: "NEW_VIEW brings the symmetric key in clear, beside what is encrypted under it.",
    rules: {
      ...correct,
      seal: (cryptography, key, possession) => ({
        sealed: cryptography.encrypt(key, possession),
        inClear: key
      }),
      open: (cryptography, _key, { sealed, inClear }) =>
        sealed === undefined || inClear === undefined
          ? undefined
          : cryptography.decrypt(inClear, sealed)
    }
  },
  {
    name: "every-new-view-in-turn",
    kind: "mutant",
    about:
      "A storage node takes NEW_VIEWs one after the other, and waits for those that nobody sends it: who comes with a later configuration never serves.",
    rules: {
      ...correct,
      isTimely: (self, known, old) =>
        known.view.number === old.number && correct.isTimely(self, known, old)
    }
  },
  {
    name: "newest-new-view-first",
    kind: "mutant",
    about: "A storage node takes any NEW_VIEW that is later than what it knows.",
    rules: { ...correct, isTimely: () => true }
  },
  {
    name: "stops-before-it-serves",
    kind: "mutant",
    about:
      "A storage node stops when it is asked to, though it was not told yet what to begin with.",
    rules: {
      ...correct,
      isTimely: (self, { view }, old) => !isMember(old, self) || view.number === old.number
    }
  },
  {
    name: "old-symmetric-key-kept",
    kind: "mutant",
    about: "A storage node that is removed keeps its symmetric key, and reads what comes late.",
    rules: { ...correct, nextKey: (_cryptography, key) => key }
  },
  {
    name: "private-key-kept-by-who-leaves",
    kind: "mutant",
    about: "A storage node that is removed keeps its private key.",
    rules: { ...correct, kept: (before, isOne) => (isOne ? [] : before) }
  },
  {
    name: "private-key-kept-by-who-stays",
    kind: "mutant",
    about: "A storage node that stays keeps the private key of the configuration before.",
    rules: { ...correct, kept: (before, isOne) => (isOne ? before : []) }
  },
  {
    name: "serves-old-configuration",
    kind: "mutant",
    about: "A storage node that stays goes on serving the configuration before.",
    rules: { ...correct, stops: false, kept: (before, isOne) => (isOne ? before : []) }
  },
  {
    name: "serves-without-data",
    kind: "mutant",
    about: "A new member serves as soon as it has its keys, before it has the data.",
    rules: { ...correct, waitsForData: false }
  },
  {
    name: "asked-is-stopped",
    kind: "mutant",
    about: "A configuration counts as forgotten once its members have been asked to stop.",
    rules: { ...correct, askedIsStopped: true }
  },
  {
    name: "one-stopped-too-few",
    kind: "mutant",
    about: "A configuration counts as forgotten with one storage node too few that has stopped.",
    rules: { ...correct, enoughStopped: isOverButForOne }
  },
  {
    name: "copied-before-stopping",
    kind: "mutant",
    about: "The administrator reads what the old configuration holds before it has it stop.",
    rules: { ...correct, copiesAsOfStopping: false }
  },
  {
    name: "quorum-one-short",
    kind: "mutant",
    about: "A phase ends one answer before it has a super-majority.",
    rules: { ...correct, enough: isOverButForOne }
  },
  {
    name: "configurations-mixed",
    kind: "mutant",
    about: "Answers, and proofs, from two configurations count together in one phase.",
    rules: {
      ...correct,
      ...plain,
      beginsAnew: false,
      enough: ({ configurations: [one], answered }) =>
        one !== undefined && 3 * answered.length > 2 * one.members.length
    }
  },
  {
    name: "no-nonce",
    kind: "mutant",
    about: "A proof says nothing of the question that it answers.",
    rules: { ...correct, nonce: (own) => ({ ...own, operation: 1, stage: "get" }), isFresh: false }
  },
  {
    name: "one-nonce-per-operation",
    kind: "mutant",
    about:
      "All phases of an operation in a configuration have one nonce: a proof of one passes in the next.",
    rules: { ...correct, nonce: (own) => ({ ...own, stage: "get" }), isFresh: false }
  },
  {
    name: "certificate-not-checked",
    kind: "mutant",
    about: "Any key that somebody shows will do: nobody looks at the certificate.",
    rules: {
      ...correct,
      believes: (cryptography, { proven }) => cryptography.verifies(proven.proof)
    }
  },
  {
    name: "number-not-certified",
    kind: "mutant",
    about: "A certificate that says nothing of the configuration passes in each.",
    rules: {
      ...correct,
      believes: (cryptography, { from, proven: { certificate, proof } }) =>
        cryptography.verifies(certificate) &&
        certificate.content.server === from &&
        cryptography.verifiesWith(certificate.content.key, proof)
    }
  },
  {
    name: "stopped-unproved",
    kind: "mutant",
    about: "The administrator believes whoever says that it has stopped.",
    rules: { ...correct, ...plain, believesStopped: () => true }
  },
  {
    name: "write-unconfirmed",
    kind: "mutant",
    about: "A write does not confirm that what it got was still current.",
    rules: { ...correct, confirms: false }
  },
  {
    name: "read-sets-anew",
    kind: "mutant",
    about:
      "A read that moves during its Set phase stores again what it had found, and does not get anew.",
    rules: { ...correct, getsAnew: false }
  },
  {
    name: "write-chooses-again",
    kind: "mutant",
    about:
      "A write that moves during its Set phase gets anew, and stores its value under another timestamp.",
    rules: { ...correct, keepsPair: false }
  },
  {
    name: "read-without-write-back",
    kind: "mutant",
    about: "A read returns what its Get phase found and stores it nowhere.",
    rules: { ...correct, writesBack: false }
  }
]
