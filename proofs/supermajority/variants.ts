/**
 * The variants of super-majority replication, with the names of `spec/supermajority/variants.ts`,
 * and where the mutants fail.
 */
import { at, type ModelledProtocol } from "../induction/variant.ts"
import { and, eq, exists, truth } from "../logic/formula.ts"
import { allButOne, correct } from "../majority/rules.ts"
import { owner, timestamp, written } from "../register/history.ts"
import { liars, supermajority, supermajorityUnder } from "./model.ts"
import reasons from "./reasons.json" with { type: "json" }

/** What fails if a read quorum and a write quorum may lack a common correct storage node. */
const notMeeting = [
  ...at("startSetOfRead", "tags grow along real time, strictly at writes"),
  ...at(
    "startSetOfWrite",
    "tags grow along real time, strictly at writes",
    "no two writes have one tag",
    "a tag names one value"
  )
]

export const protocol: ModelledProtocol = {
  name: supermajority.name,
  about: supermajority.about,
  reasons,
  variants: [
    { name: "correct", about: "As section 7 assumes it.", model: supermajority, breaks: [] },
    {
      name: "unanimous-reads-return-at-once",
      about:
        "A read that receives the same answer from an entire quorum returns it without a Set phase.",
      model: supermajorityUnder({
        ...correct,
        returnsAtOnce: (_read, writeQuorumHolds) => writeQuorumHolds
      }),
      breaks: []
    },
    {
      name: "plain-majorities",
      about: "Two quorums may share only a liar.",
      model: supermajorityUnder(correct, { ...liars(), quorumsMeetIn: () => truth }),
      breaks: notMeeting
    },
    {
      name: "supermajority-one-short",
      about: "A phase ends one answer short of a quorum.",
      model: supermajorityUnder({ ...correct, enough: allButOne }),
      breaks: [...notMeeting, ...at("finish", "a completed operation has a write quorum")]
    },
    {
      name: "read-without-write-back",
      about: "A read returns what its Get phase found and does not store it.",
      model: supermajorityUnder({ ...correct, returnsAtOnce: () => truth }),
      breaks: at("finishAtOnce", "a completed operation has a write quorum")
    },
    {
      name: "unsigned-pairs-believed",
      about: "No node verifies signatures, so a liar can make up written values.",
      model: supermajorityUnder(
        correct,
        liars(() => truth)
      ),
      breaks: at("lieAboutPair", "pairs in answers were written")
    },
    {
      name: "timestamp-outside-signature",
      about: "The signature covers the value alone: a liar gives an old value a new timestamp.",
      model: supermajorityUnder(
        correct,
        liars((t, v) =>
          exists({ u: timestamp }, ({ u }) => and(written(u, v), eq(owner(u), owner(t))))
        )
      ),
      breaks: at("lieAboutPair", "pairs in answers were written")
    }
  ]
}
