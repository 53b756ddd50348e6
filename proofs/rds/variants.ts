/**
 * The variants of RDS, with the names of `spec/rds/variants.ts`, and where the mutants fail.
 */
import { at, type ModelledProtocol } from "../induction/variant.ts"
import { rds, rdsUnder } from "./model.ts"
import reasons from "./reasons.json" with { type: "json" }
import { collectsAnywhere, copiesNothing, correct } from "./rules.ts"

const notCollected = at("startTransferOfVotes", "what is transferred is enough")

export const protocol: ModelledProtocol = {
  name: rds.name,
  about: rds.about,
  reasons,
  variants: [
    { name: "correct", about: "After RDS: votes are forward pointers.", model: rds, breaks: [] },
    {
      name: "fused-pointer-untold",
      about: "A storage node does not tell clients what it has accepted.",
      model: rdsUnder({ ...correct, tellsAccepted: false }),
      breaks: [
        ...at("receiveGet", "later answers tell of the pointer"),
        ...at("receiveSet", "an acknowledgement came before a vote, or tells of it")
      ]
    },
    {
      name: "fused-pair-ignored",
      about: "What acceptors hold is not copied.",
      model: rdsUnder({ ...correct, copies: copiesNothing }),
      breaks: notCollected
    },
    {
      name: "fused-while-older-active",
      about: "A client collects what acceptors hold even while an older one is being retired.",
      model: rdsUnder({ ...correct, collectsIn: collectsAnywhere }),
      breaks: at(
        "startBallotAndCollect",
        "who collects has begun a ballot at what was made the oldest"
      )
    },
    {
      name: "fused-votes-of-a-write-quorum",
      about: "A decision that is Action 1 as well takes the votes of a write quorum alone.",
      model: rdsUnder({ ...correct, takesBothQuorums: false }),
      breaks: notCollected
    }
  ]
}
