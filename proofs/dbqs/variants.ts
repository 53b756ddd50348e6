/**
 * The variants of dBQS, with the names of `spec/dbqs/variants.ts`, and where the mutants fail. The
 * model does not cover mutants that affect only content-hash objects or certificates.
 */
import { at, type ModelledProtocol } from "../induction/variant.ts"
import { and, eq, exists, truth } from "../logic/formula.ts"
import { allButOne } from "../majority/rules.ts"
import { owner, timestamp, written } from "../register/history.ts"
import { dbqs, dbqsUnder, dbqsWhereOldErase } from "./model.ts"
import reasons from "./reasons.json" with { type: "json" }
import { correct, lastHaveCopied, oneHasCopied, quorumsHaveCopied, twoBefore } from "./rules.ts"

export const protocol: ModelledProtocol = {
  name: dbqs.name,
  about: dbqs.about,
  reasons,
  variants: [
    {
      name: "correct",
      about: "dBQS as it was reconstructed; old replicas keep what they have.",
      model: dbqs,
      breaks: []
    },
    {
      name: "old-replicas-erase",
      about: "A storage node that is no longer a replica erases data that no node has yet to copy.",
      model: dbqsWhereOldErase,
      breaks: []
    },
    {
      name: "epochs-mixed",
      about: "A client ignores the epoch of an answer: answers of two epochs count together.",
      model: dbqsUnder({ ...correct, countsOneEpoch: false }),
      breaks: [
        ...at(
          "receiveAnswerToGet",
          "a replica counted in a Get phase has answered in the epoch",
          "a client that counts the answer finds no less",
          "a client that asks later finds it",
          "a replica that has left an epoch is not counted in it"
        ),
        ...at("receiveAnswerToSet", "a replica counted in a Set phase keeps the pair in the epoch")
      ]
    },
    {
      name: "phase-not-restarted",
      about: "A client that learns of an epoch keeps the answers of the previous one.",
      model: dbqsUnder({ ...correct, restarts: false }),
      breaks: at(
        "moveTo",
        "a replica counted in a Get phase has answered in the epoch",
        "a replica counted in a Set phase keeps the pair in the epoch",
        "a client that counts the answer finds no less",
        "a client that asks later finds it",
        "a replica that has left an epoch is not counted in it"
      )
    },
    {
      name: "quorum-one-short",
      about: "A phase ends one answer short of 2f+1.",
      model: dbqsUnder({ ...correct, enough: allButOne }),
      breaks: [
        ...at("startSetOfRead", "tags grow along real time, strictly at writes"),
        ...at(
          "startSetOfWrite",
          "tags grow along real time, strictly at writes",
          "no two writes have one tag",
          "a tag names one value"
        ),
        ...at(
          "finish",
          "an epoch is over once an operation is done in a later one",
          "a completed operation has a quorum"
        )
      ]
    },
    {
      name: "read-without-write-back",
      about: "A read returns what its Get phase found, even if the answers differ.",
      model: dbqsUnder({ ...correct, returnsAtOnce: () => truth }),
      breaks: at("finishAtOnce", "a completed operation has a quorum")
    },
    {
      name: "version-unsigned",
      about: "The signature covers the value alone: a liar gives an old value a new version.",
      model: dbqsUnder({
        ...correct,
        believes: (t, v) =>
          exists({ u: timestamp }, ({ u }) => and(written(u, v), eq(owner(u), owner(t))))
      }),
      breaks: [
        ...at("lieAboutPair", "pairs in answers were written"),
        ...at("lieAboutHandover", "pairs at storage nodes were written")
      ]
    },
    {
      name: "old-epoch-served",
      about: "A replica that has entered an epoch continues to serve the previous one.",
      model: dbqsUnder({ ...correct, stops: false }),
      breaks: [
        ...at(
          "receiveGet",
          "an answer in an epoch is no less than what was kept in it",
          "a replica with the data has what may rest on an epoch",
          "a replica that hands over has handed it over",
          "a replica that copies has it from all that it has heard",
          "a replica that answers later reports it",
          "a client that asks later finds it",
          "a replica that has left an epoch reports nothing in it"
        ),
        ...at(
          "receiveSet",
          "a replica with the data has what may rest on an epoch",
          "a replica that hands over has handed it over",
          "a replica that copies has it from all that it has heard",
          "a replica that answers later reports it",
          "a client that asks later finds it"
        )
      ]
    },
    {
      name: "served-without-data",
      about: "A new replica serves before its transfer is complete.",
      model: dbqsUnder({ ...correct, waitsForData: false }),
      breaks: [
        ...at(
          "receiveGet",
          "a replica that keeps something in an epoch has its data",
          "a replica that answers later reports it"
        ),
        ...at("receiveSet", "a replica that keeps something in an epoch has its data")
      ]
    },
    {
      name: "copied-from-too-few",
      about: "A new replica copies from f+1 old replicas instead of 2f+1.",
      model: dbqsUnder({ ...correct, enoughCopies: allButOne }),
      breaks: at(
        "finishCopying",
        "a replica with the data has what may rest on an epoch",
        "an epoch is over once a replica new since then has the data"
      )
    },
    {
      name: "copied-from-serving",
      about: "A new replica counts old replicas that have not left the old epoch.",
      model: dbqsUnder({ ...correct, copiesAfterLeaving: false }),
      breaks: at(
        "receiveTransfer",
        "a replica that hands over has left the epoch, and has its data"
      )
    },
    {
      name: "epoch-skipped",
      about: "A new replica copies from the group of two epochs ago.",
      model: dbqsUnder({ ...correct, copiesFrom: twoBefore }),
      breaks: [
        ...at(
          "startCopying",
          "a replica that copies is new in the group, and lacks the data",
          "a replica that copies has it from all that it has heard"
        ),
        ...at("finishCopying", "a replica with the data has what may rest on an epoch")
      ]
    },
    {
      name: "copied-from-incomplete",
      about: "A new replica counts old replicas that lack the old epoch's data themselves.",
      model: dbqsUnder({ ...correct, copiesWhenComplete: false }),
      breaks: at(
        "receiveTransfer",
        "a replica that hands over has left the epoch, and has its data",
        "a replica that hands over has handed it over"
      )
    },
    {
      name: "erased-at-once",
      about: "A replica that left erases its data once the first member of the new group has it.",
      model: dbqsUnder({ ...correct, erases: oneHasCopied }),
      breaks: at("erase", "erased data has been copied")
    },
    {
      name: "erased-by-quorum",
      about: "A replica that left erases its data once a quorum of the new group has it.",
      model: dbqsUnder({ ...correct, erases: quorumsHaveCopied }),
      breaks: at("erase", "erased data has been copied")
    },
    {
      name: "erased-before-late-copies",
      about:
        "It waits for the replicas that had to copy when it left, and for none that joined before.",
      model: dbqsUnder({ ...correct, erases: lastHaveCopied }),
      breaks: at("erase", "erased data has been copied")
    }
  ]
}
