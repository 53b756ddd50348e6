/**
 * The variants of reconfiguration along a sequence, with the names of `spec/rambo/variants.ts`, and
 * where the mutants fail.
 */
import { at, type ModelledProtocol } from "../induction/variant.ts"
import { rambo, ramboUnder } from "./model.ts"
import reasons from "./reasons.json" with { type: "json" }
import { allButOne, correct, heldAtReadQuorums, heldInAll, heldInOne } from "./rules.ts"
import { withConsensus } from "./sequence.ts"

const notStored = at(
  "startTransfer",
  "the transferred data is enough",
  "a reconfigurer that transfers has stored the forward pointer"
)
const notExtended = at(
  "receiveSetReply",
  "an operation that sets has acknowledgements up to its map"
)

export const protocol: ModelledProtocol = {
  name: rambo.name,
  about: rambo.about,
  reasons,
  variants: [
    { name: "correct", about: "A person provides the sequence.", model: rambo, breaks: [] },
    {
      name: "with-consensus",
      about: "Consensus decides the sequence: one instance for each configuration.",
      model: withConsensus(correct, rambo),
      breaks: []
    },
    {
      name: "read-stored-value-at-once",
      about: "A read that finds an already stored pair returns it without a Set phase.",
      model: ramboUnder({ ...correct, returnsAtOnce: heldInAll }),
      breaks: []
    },
    {
      name: "with-consensus-reads-at-once",
      about: "Both: what the store runs.",
      model: withConsensus({ ...correct, returnsAtOnce: heldInAll }, rambo),
      breaks: []
    },
    {
      name: "read-stored-in-one-configuration",
      about: "The same, but a write quorum of one active configuration suffices.",
      model: ramboUnder({ ...correct, returnsAtOnce: heldInOne }),
      breaks: at("finishAtOnce", "on a write quorum of each")
    },
    {
      name: "read-stored-at-read-quorum",
      about: "The same, but read quorums suffice.",
      model: ramboUnder({ ...correct, returnsAtOnce: heldAtReadQuorums }),
      breaks: at("finishAtOnce", "on a write quorum of each")
    },
    {
      name: "answers-kept-at-retirement",
      about: "A Get phase that learns of a retirement keeps its answers.",
      model: ramboUnder({ ...correct, restarts: false }),
      breaks: at("restart", "a client that counts those finds no less")
    },
    {
      name: "no-forward-pointer",
      about: "The client skips Action 1.",
      model: ramboUnder({ ...correct, points: false }),
      breaks: notStored
    },
    {
      name: "forward-pointer-one-short",
      about: "Action 1 ends one storage node short of a quorum with the forward pointer.",
      model: ramboUnder({ ...correct, isPointerStored: allButOne }),
      breaks: notStored
    },
    {
      name: "populate-without-get",
      about:
        "State transfer is only a Set phase: the client copies nothing from the old configuration.",
      model: ramboUnder({ ...correct, looksAtAnswers: false }),
      breaks: at(
        "receivePointerStored",
        "the reconfigurer has collected it",
        "and the reconfigurer has collected that"
      )
    },
    {
      name: "retire-before-transfer",
      about: "The old configuration is retired before the state transfer has ended.",
      model: ramboUnder({ ...correct, transfersFirst: false }),
      breaks: at("startRetire", "a configuration made the oldest was transferred to")
    },
    {
      name: "learned-configuration-ignored",
      about: "A client that reads or writes does not integrate the cmaps it receives.",
      model: ramboUnder({ ...correct, hears: false }),
      breaks: [
        ...at("receiveGetReply", "a client that counts them knows the pointer"),
        ...notExtended
      ]
    },
    {
      name: "set-phase-not-extended",
      about: "A Set phase neither asks nor waits for the configurations that it learns of.",
      model: ramboUnder({ ...correct, extendsSetPhase: false }),
      breaks: notExtended
    }
  ]
}
