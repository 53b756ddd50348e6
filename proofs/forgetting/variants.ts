/**
 * The variants of forgetting, with the names of `spec/forgetting/variants.ts`, and where the
 * mutants fail. The model does not cover mutants that affect only stored data, and not the keys.
 */
import { at, type ModelledProtocol } from "../induction/variant.ts"
import { forgetting, forgettingUnder } from "./model.ts"
import reasons from "./reasons.json" with { type: "json" }
import {
  allButOne,
  anyAnswer,
  anyKey,
  correct,
  keptByWhoLeaves,
  keptByWhoStays,
  keyOfAny
} from "./rules.ts"

export const protocol: ModelledProtocol = {
  name: forgetting.name,
  about: forgetting.about,
  reasons,
  variants: [
    {
      name: "correct",
      about: "A storage node overwrites its keys in the step in which it stops.",
      model: forgetting,
      breaks: []
    },
    {
      name: "printed-in-clear",
      about:
        "NEW_VIEW carries the symmetric key in clear, next to the data that is encrypted under it.",
      model: forgettingUnder({ ...correct, sealsInClear: true }),
      breaks: at("startStopping", "only nodes taken over in time have known symmetric keys")
    },
    {
      name: "old-symmetric-key-kept",
      about: "A storage node does not overwrite its symmetric key.",
      model: forgettingUnder({ ...correct, hashes: false }),
      breaks: at("receiveNewView", "a symmetric key leads to no past configuration")
    },
    {
      name: "private-key-kept-by-who-leaves",
      about: "A removed storage node keeps its private key.",
      model: forgettingUnder({ ...correct, kept: keptByWhoLeaves }),
      breaks: at("receiveNewView", "a private key belongs to no past configuration")
    },
    {
      name: "private-key-kept-by-who-stays",
      about: "A storage node that stays keeps the private key of the previous configuration.",
      model: forgettingUnder({ ...correct, kept: keptByWhoStays }),
      breaks: at("receiveNewView", "a private key belongs to no past configuration")
    },
    {
      name: "asked-is-stopped",
      about: "A configuration counts as forgotten once its members have been asked to stop.",
      model: forgettingUnder({ ...correct, askedIsStopped: true }),
      breaks: at(
        "startStopping",
        "a configuration is forgotten by a super-majority",
        "a forgotten configuration is before the current one"
      )
    },
    {
      name: "one-stopped-too-few",
      about: "A configuration counts as forgotten when one storage node too few has stopped.",
      model: forgettingUnder({ ...correct, enoughStopped: allButOne }),
      breaks: at("finish", "a configuration is forgotten by a super-majority")
    },
    {
      name: "quorum-one-short",
      about: "A phase ends one answer short of a super-majority.",
      model: forgettingUnder({ ...correct, enough: allButOne }),
      breaks: at("endPhase", "a phase that has ended has a super-majority")
    },
    {
      name: "no-nonce",
      about: "A proof does not name the request that it answers.",
      model: forgettingUnder({ ...correct, isAnswer: anyAnswer }),
      breaks: at("receiveAnswer", "a counted answer was given")
    },
    {
      name: "certificate-not-checked",
      about: "Any key is accepted: no node checks the certificate.",
      model: forgettingUnder({ ...correct, believes: anyKey }),
      breaks: at(
        "forge",
        "a storage node that answers before it is asked was taken over in time",
        "a storage node that has stopped and answers a late phase was taken over in time"
      )
    },
    {
      name: "number-not-certified",
      about: "A certificate does not name its configuration, so it passes in every one.",
      model: forgettingUnder({ ...correct, believes: keyOfAny }),
      breaks: at(
        "forge",
        "a storage node that answers before it is asked was taken over in time",
        "a storage node that has stopped and answers a late phase was taken over in time"
      )
    },
    {
      name: "stopped-unproved",
      about: "The administrator believes any node that says it has stopped.",
      model: forgettingUnder({ ...correct, believesStopped: anyKey }),
      breaks: at(
        "forgeStopped",
        "a storage node that says it has stopped is past the configuration"
      )
    }
  ]
}
