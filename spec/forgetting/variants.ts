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
      "The forgetting protocol as section 7.2 must mean it: a client confirms what its Get phase found.",
    rules: correct
  },
  {
    name: "unconfirmed",
    kind: "correct",
    about:
      "A client that moves repeats its current phase and confirms nothing. This suffices where each storage node counts as bounded until it has stopped.",
    rules: { ...correct, ...plain }
  },
  {
    name: "printed",
    kind: "mutant",
    about:
      "NEW_VIEW to the letter: the certificate is encrypted under the private key, which no node receives.",
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
    about:
      "NEW_VIEW carries the symmetric key in clear, next to the data that is encrypted under it.",
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
      "A storage node takes NEW_VIEWs one after the other, and waits for those that it is never sent: a node added by a later configuration never serves.",
    rules: {
      ...correct,
      isTimely: (self, known, old) =>
        known.view.number === old.number && correct.isTimely(self, known, old)
    }
  },
  {
    name: "newest-new-view-first",
    kind: "mutant",
    about: "A storage node takes any NEW_VIEW later than the one it knows.",
    rules: { ...correct, isTimely: () => true }
  },
  {
    name: "stops-before-it-serves",
    kind: "mutant",
    about:
      "A storage node stops when it is asked to, even before it has received its initial data.",
    rules: {
      ...correct,
      isTimely: (self, { view }, old) => !isMember(old, self) || view.number === old.number
    }
  },
  {
    name: "old-symmetric-key-kept",
    kind: "mutant",
    about: "A removed storage node keeps its symmetric key, and reads late messages.",
    rules: { ...correct, nextKey: (_cryptography, key) => key }
  },
  {
    name: "private-key-kept-by-who-leaves",
    kind: "mutant",
    about: "A removed storage node keeps its private key.",
    rules: { ...correct, kept: (before, isOne) => (isOne ? [] : before) }
  },
  {
    name: "private-key-kept-by-who-stays",
    kind: "mutant",
    about: "A storage node that stays keeps the private key of the previous configuration.",
    rules: { ...correct, kept: (before, isOne) => (isOne ? before : []) }
  },
  {
    name: "serves-old-configuration",
    kind: "mutant",
    about: "A storage node that stays continues to serve the previous configuration.",
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
    about: "A configuration counts as forgotten when one storage node too few has stopped.",
    rules: { ...correct, enoughStopped: isOverButForOne }
  },
  {
    name: "copied-before-stopping",
    kind: "mutant",
    about:
      "The administrator reads the data of the old configuration before it stops that configuration.",
    rules: { ...correct, copiesAsOfStopping: false }
  },
  {
    name: "quorum-one-short",
    kind: "mutant",
    about: "A phase ends one answer short of a super-majority.",
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
    about: "A proof does not name the request that it answers.",
    rules: { ...correct, nonce: (own) => ({ ...own, operation: 1, stage: "get" }), isFresh: false }
  },
  {
    name: "one-nonce-per-operation",
    kind: "mutant",
    about:
      "All phases of an operation in a configuration share one nonce: a proof from one passes in the next.",
    rules: { ...correct, nonce: (own) => ({ ...own, stage: "get" }), isFresh: false }
  },
  {
    name: "certificate-not-checked",
    kind: "mutant",
    about: "Any key is accepted: no node checks the certificate.",
    rules: {
      ...correct,
      believes: (cryptography, { proven }) => cryptography.verifies(proven.proof)
    }
  },
  {
    name: "number-not-certified",
    kind: "mutant",
    about: "A certificate does not name its configuration, so it passes in every one.",
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
    about: "The administrator believes any node that says it has stopped.",
    rules: { ...correct, ...plain, believesStopped: () => true }
  },
  {
    name: "write-unconfirmed",
    kind: "mutant",
    about: "A write does not confirm that its Get phase found current data.",
    rules: { ...correct, confirms: false }
  },
  {
    name: "read-sets-anew",
    kind: "mutant",
    about:
      "A read that moves during its Set phase stores its pair again and does not repeat its Get phase.",
    rules: { ...correct, getsAnew: false }
  },
  {
    name: "write-chooses-again",
    kind: "mutant",
    about:
      "A write that moves during its Set phase repeats its Get phase, and stores its value under another timestamp.",
    rules: { ...correct, keepsPair: false }
  },
  {
    name: "read-without-write-back",
    kind: "mutant",
    about: "A read returns what its Get phase found and does not store it.",
    rules: { ...correct, writesBack: false }
  }
]
