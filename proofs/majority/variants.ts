/**
 * The variants of majority replication, with the names of `spec/majority/variants.ts`, and where
 * the mutants fail. (The correct model follows the mutants that lose liveness alone: these have no
 * model of their own.)
 */
import { at, type ModelledProtocol } from "../induction/variant.ts"
import { truth } from "../logic/formula.ts"
import { below } from "../register/history.ts"
import { majority, majorityUnder } from "./model.ts"
import reasons from "./reasons.json" with { type: "json" }
import { allButOne, correct, ownNumber } from "./rules.ts"

export const protocol: ModelledProtocol = {
  name: majority.name,
  about: majority.about,
  reasons,
  variants: [
    { name: "correct", about: "As section 2.3 describes it.", model: majority, breaks: [] },
    {
      name: "read-stored-value-at-once",
      about:
        "A read that finds the same pair at an entire write quorum returns it without a Set phase.",
      model: majorityUnder({
        ...correct,
        returnsAtOnce: (_readQuorumHolds, writeQuorumHolds) => writeQuorumHolds
      }),
      breaks: []
    },
    {
      name: "read-stored-at-read-quorum",
      about: "The same, but a read quorum that holds the pair suffices.",
      model: majorityUnder({ ...correct, returnsAtOnce: (readQuorumHolds) => readQuorumHolds }),
      breaks: at("finishAtOnce", "a completed operation has a write quorum")
    },
    {
      name: "read-without-set-phase",
      about: "A read returns what its Get phase found and does not store it.",
      model: majorityUnder({ ...correct, returnsAtOnce: () => truth }),
      breaks: at("finishAtOnce", "a completed operation has a write quorum")
    },
    {
      name: "write-without-get-phase",
      about: "A writer numbers its own writes instead of asking for the largest timestamp first.",
      model: majorityUnder({ ...correct, writeLooks: () => truth, timestampAbove: ownNumber }),
      breaks: at("startSetOfWrite", "tags grow along real time, strictly at writes")
    },
    {
      name: "timestamp-without-client",
      about: "A timestamp is only a number, so two writers may choose the same one.",
      model: majorityUnder({ ...correct, timestampAbove: (_o, found, t) => below(found, t) }),
      breaks: at(
        "startSetOfWrite",
        "no two writes have one tag",
        "a tag names one value",
        "a write tags with its own client and value, above zero"
      )
    },
    {
      name: "quorum-one-short",
      about: "A phase ends one answer short of a quorum.",
      model: majorityUnder({ ...correct, enough: allButOne }),
      breaks: [
        ...at("startSetOfRead", "tags grow along real time, strictly at writes"),
        ...at(
          "startSetOfWrite",
          "tags grow along real time, strictly at writes",
          "no two writes have one tag",
          "a tag names one value"
        ),
        ...at("finish", "a completed operation has a write quorum")
      ]
    },
    {
      name: "late-get-reply-counted",
      about:
        "A client in its Set phase counts a late answer to its Get phase as an acknowledgement.",
      model: majorityUnder({ ...correct, countsLateReplies: true }),
      breaks: at("receiveLateGetReply", "an acknowledged pair is stored")
    }
  ]
}
