/**
 * The variants of the weak snapshot, with the names of `spec/weak-snapshot/variants.ts`, and where
 * the mutants fail.
 */
import { at, type ModelledProtocol } from "../induction/variant.ts"
import { allButOne } from "../majority/rules.ts"
import { weakSnapshot, weakSnapshotUnder } from "./model.ts"
import reasons from "./reasons.json" with { type: "json" }
import { always, correct, once } from "./rules.ts"

export const protocol: ModelledProtocol = {
  name: weakSnapshot.name,
  about: weakSnapshot.about,
  reasons,
  variants: [
    {
      name: "correct",
      about:
        "Two collects, each written back; a scan whose first collect finds nothing returns nothing.",
      model: weakSnapshot,
      breaks: []
    },
    {
      name: "to-the-letter",
      about: "A scan collects again even if its first collect found nothing.",
      model: weakSnapshotUnder({ ...correct, endsWhenEmpty: false }),
      breaks: at("startSecondCollectAfterNothing", "second collects begin after the moment")
    },
    {
      name: "no-write-back",
      about: "Two collects that only read.",
      model: weakSnapshotUnder({ ...correct, writesBack: always }),
      breaks: [
        ...at("startSecondCollect", "the common change is kept by a write quorum"),
        ...at("finishScan", "a returned change is known to a write quorum")
      ]
    },
    {
      name: "one-collect",
      about: "One collect, written back, instead of two.",
      model: weakSnapshotUnder({ ...correct, collects: once }),
      breaks: at(
        "finishScan",
        "intersection: a scan that returns something returns the common change",
        "intersection: once a scan has returned something there is a common change",
        "a returned change was found the second time",
        "a returned change is known to a write quorum"
      )
    },
    {
      name: "one-collect-no-write-back",
      about: "One collect, and it only reads.",
      model: weakSnapshotUnder({ ...correct, collects: once, writesBack: always }),
      breaks: [
        ...at("startSecondCollect", "the common change is kept by a write quorum"),
        ...at(
          "finishScan",
          "intersection: a scan that returns something returns the common change",
          "intersection: once a scan has returned something there is a common change",
          "a returned change was found the second time",
          "a returned change is known to a write quorum"
        )
      ]
    },
    {
      name: "update-without-set-phase",
      about: "An update ends with the first endorsement, before a write quorum knows of it.",
      model: weakSnapshotUnder({ ...correct, spreads: always }),
      breaks: at("finishUpdate", "an update that is done is known to a write quorum")
    },
    {
      name: "quorum-one-short",
      about: "Updates and scans continue one answer short of a quorum.",
      model: weakSnapshotUnder({ ...correct, enough: allButOne }),
      breaks: [
        ...at("finishUpdate", "an update that is done is known to a write quorum"),
        ...at("startWriteBack", "a scan that writes back has answers from a read quorum"),
        ...at(
          "finishEmpty",
          "validity: a scan after an update returns something",
          "monotonicity: a scan returns what an earlier one has returned"
        ),
        ...at("startSecondCollect", "the common change is kept by a write quorum"),
        ...at("finishScan", "a returned change is known to a write quorum")
      ]
    }
  ]
}
