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
      about: "A storage node that is a replica no more erases what nobody is to copy.",
      model: dbqsWhereOldErase,
      breaks: []
    },
    {
      name: "epochs-mixed",
      about: "Nobody looks at the epoch of an answer: those of two epochs count together.",
      model: dbqsUnder({ ...correct, countsOneEpoch: false }),
      breaks: [
        ...at(
          "receiveAnswerToGet",
          "who is counted in a Get phase has answered in the epoch",
          "who counts the answer finds no less",
          "who asks later finds it",
          "who has left an epoch is not counted in it"
        ),
        ...at("receiveAnswerToSet", "who is counted in a Set phase keeps the pair in the epoch")
      ]
    },
    {
      name: "phase-not-restarted",
      about: "A client that learns of an epoch goes on with the answers of the one before.",
      model: dbqsUnder({ ...correct, restarts: false }),
      breaks: at(
        "moveTo",
        "who is counted in a Get phase has answered in the epoch",
        "who is counted in a Set phase keeps the pair in the epoch",
        "who counts the answer finds no less",
        "who asks later finds it",
        "who has left an epoch is not counted in it"
      )
    },
    {
      name: "quorum-one-short",
      about: "A phase ends one answer before it has 2f+1.",
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
          "where an operation is done, what was before is over",
          "who is done has a quorum"
        )
      ]
    },
    {
      name: "read-without-write-back",
      about: "A read returns what its Get phase found, whether or not all answers were the same.",
      model: dbqsUnder({ ...correct, returnsAtOnce: () => truth }),
      breaks: at("finishAtOnce", "who is done has a quorum")
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
      about: "A replica that has entered an epoch goes on serving the one before.",
      model: dbqsUnder({ ...correct, stops: false }),
      breaks: [
        ...at(
          "receiveGet",
          "what is told in an epoch is no less than was kept in it",
          "who has the data has what may rest on an epoch",
          "who hands over has handed it over",
          "who copies has it from all whom it has heard",
          "who answers later tells it",
          "who asks later finds it",
          "who has left an epoch tells nothing in it"
        ),
        ...at(
          "receiveSet",
          "who has the data has what may rest on an epoch",
          "who hands over has handed it over",
          "who copies has it from all whom it has heard",
          "who answers later tells it",
          "who asks later finds it"
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
          "who keeps something in an epoch has its data",
          "who answers later tells it"
        ),
        ...at("receiveSet", "who keeps something in an epoch has its data")
      ]
    },
    {
      name: "copied-from-too-few",
      about: "A new replica copies from f+1 old ones, not from 2f+1.",
      model: dbqsUnder({ ...correct, enoughCopies: allButOne }),
      breaks: at(
        "finishCopying",
        "who has the data has what may rest on an epoch",
        "where somebody new has the data, what was before is over"
      )
    },
    {
      name: "copied-from-serving",
      about: "A new replica counts old ones that have not left the old epoch.",
      model: dbqsUnder({ ...correct, copiesAfterLeaving: false }),
      breaks: at("receiveTransfer", "who hands over has left the epoch, and has its data")
    },
    {
      name: "epoch-skipped",
      about: "A new replica copies from the group of two epochs ago.",
      model: dbqsUnder({ ...correct, copiesFrom: twoBefore }),
      breaks: [
        ...at(
          "startCopying",
          "who copies is new in the group, and has not the data",
          "who copies has it from all whom it has heard"
        ),
        ...at("finishCopying", "who has the data has what may rest on an epoch")
      ]
    },
    {
      name: "copied-from-incomplete",
      about: "A new replica counts old ones that do not have the old epoch's data themselves.",
      model: dbqsUnder({ ...correct, copiesWhenComplete: false }),
      breaks: at(
        "receiveTransfer",
        "who hands over has left the epoch, and has its data",
        "who hands over has handed it over"
      )
    },
    {
      name: "erased-at-once",
      about: "A replica that left erases what it has with the first of the new group that has it.",
      model: dbqsUnder({ ...correct, erases: oneHasCopied }),
      breaks: at("erase", "what is erased has been copied")
    },
    {
      name: "erased-by-quorum",
      about: "A replica that left erases what it has once a quorum of the new group has the data.",
      model: dbqsUnder({ ...correct, erases: quorumsHaveCopied }),
      breaks: at("erase", "what is erased has been copied")
    },
    {
      name: "erased-before-late-copies",
      about: "It waits for those who had to copy when it left, and for none who came before.",
      model: dbqsUnder({ ...correct, erases: lastHaveCopied }),
      breaks: at("erase", "what is erased has been copied")
    }
  ]
}
