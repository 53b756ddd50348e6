/**
 * The variants of RDS, with the names of `spec/rds/variants.ts`, and where the mutants fail.
 */
import { at, type ModelledProtocol } from "../induction/variant.ts"
import { rds, rdsUnder } from "./model.ts"
import reasons from "./reasons.json" with { type: "json" }
import { collectsAnywhere, copiesNothing, correct } from "./rules.ts"

const notCollected = at("startTransferOfVotes", "the transferred data is enough")

export const protocol: ModelledProtocol = {
  name: rds.name,
  about: rds.about,
  reasons,
  variants: [
    { name: "correct", about: "After RDS: votes are forward pointers.", model: rds, breaks: [] },
    {
      name: "fused-pointer-untold",
      about: "A storage node does not send clients what it has accepted.",
      model: rdsUnder({ ...correct, tellsAccepted: false }),
      breaks: [
        ...at("receiveGet", "later answers report the pointer"),
        ...at("receiveSet", "an acknowledgement came before a vote, or reports it")
      ]
    },
    {
      name: "fused-pair-ignored",
      about: "The client does not copy the acceptors' pairs.",
      model: rdsUnder({ ...correct, copies: copiesNothing }),
      breaks: notCollected
    },
    {
      name: "fused-while-older-active",
      about:
        "A client collects the acceptors' pairs even while an older configuration is being retired.",
      model: rdsUnder({ ...correct, collectsIn: collectsAnywhere }),
      breaks: at(
        "startBallotAndCollect",
        "a client that collects has begun a ballot at a configuration that was made the oldest"
      )
    },
    {
      name: "fused-votes-of-a-write-quorum",
      about: "A decision that is also Action 1 needs only the votes of a write quorum.",
      model: rdsUnder({ ...correct, takesBothQuorums: false }),
      breaks: notCollected
    }
  ]
}
