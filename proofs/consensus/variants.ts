/**
 * The variants of consensus, with the names of `spec/consensus/variants.ts`, and where the mutants
 * fail.
 */
import { at, type ModelledProtocol } from "../induction/variant.ts"
import { falsehood, truth } from "../logic/formula.ts"
import { allButOne } from "../majority/rules.ts"
import { consensus, consensusUnder } from "./model.ts"
import reasons from "./reasons.json" with { type: "json" }
import { correct } from "./rules.ts"

const safeAt = "safe at: no other value can be decided in a lower ballot"

export const protocol: ModelledProtocol = {
  name: consensus.name,
  about: consensus.about,
  reasons,
  variants: [
    { name: "correct", about: "Single-decree Paxos.", model: consensus, breaks: [] },
    {
      name: "quorum-one-short",
      about: "A ballot continues one answer short of a quorum.",
      model: consensusUnder({ ...correct, enough: allButOne }),
      breaks: [
        ...at("startAccept", safeAt),
        ...at("startAcceptOfHighest", safeAt),
        ...at("decide", "a decided value was accepted by a write quorum")
      ]
    },
    {
      name: "promise-forgotten",
      about: "An acceptor forgets its promise, so it still votes in lower ballots.",
      model: consensusUnder({ ...correct, promises: falsehood }),
      breaks: [
        ...at("receivePrepare", "a promise leaves lower ballots"),
        ...at("receivePrepareAndTellVote", "a promise leaves lower ballots"),
        ...at("receiveAccept", "a vote leaves lower ballots")
      ]
    },
    {
      name: "highest-vote-ignored",
      about: "A proposer proposes its own value, regardless of earlier votes.",
      model: consensusUnder({ ...correct, proposesOwn: () => truth }),
      breaks: at("startAccept", safeAt)
    }
  ]
}
