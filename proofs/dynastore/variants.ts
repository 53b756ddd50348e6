/**
 * The variants of DynaStore, with the names of `spec/dynastore/variants.ts`, and where the mutants
 * fail. (`../weak-snapshot/variants.ts` shows which promises the mutants of the snapshot break.
 * `one-collect` and `update-without-set-phase` here show what DynaStore loses without these
 * promises. The mutants about notifications lose liveness alone, and the correct model follows
 * them.)
 */
import { at, type ModelledProtocol } from "../induction/variant.ts"
import { dynastore, dynastoreUnder } from "./model.ts"
import reasons from "./reasons.json" with { type: "json" }
import { always, correct } from "./rules.ts"
import { noLarger } from "./symbols.ts"

const beyond = "a traversal beyond a view has what was in time there"
const arriving = [
  "a tag in time in a view before an open one was transferred to a write quorum of the open one",
  "a traversal that does not have to find an edge has stored in time"
]
const intersection = [
  "a traversal that leaves has found the common edge",
  "the common edge of an established view leads to the next"
]

export const protocol: ModelledProtocol = {
  name: dynastore.name,
  about: dynastore.about,
  reasons,
  variants: [
    { name: "correct", about: "As section 6 describes it.", model: dynastore, breaks: [] },
    {
      name: "get-before-scan",
      about: "In every view a client reads the data first, and scans for edges afterwards.",
      model: dynastoreUnder({ ...correct, getsAfterScan: always }),
      breaks: at(
        "startGetWithEdges",
        "a phase belongs to one operation",
        "an answer to a traversal that began in an open view has what was transferred to that view",
        "a traversal that counts that answer has found no less",
        "an answer to a leaving traversal has what is kept",
        "a leaving traversal that counts that answer has found no less",
        "a storage node that keeps an earlier operation's tag reports it",
        "a traversal that counts that answer has found no less than an earlier operation"
      )
    },
    {
      name: "scan-before-set",
      about: "The last scan for edges comes before the data is stored, not after.",
      model: dynastoreUnder({ ...correct, checks: "before" }),
      breaks: at(
        "startCheck",
        "a proposed or found view follows the visited one",
        "a traversal that does not have to find an edge has stored in time"
      )
    },
    {
      name: "no-final-scan",
      about: "An operation ends when its data is stored.",
      model: dynastoreUnder({ ...correct, checks: "never" }),
      breaks: at("arrive", ...arriving)
    },
    {
      name: "no-second-get",
      about: "A client that finds edges after it has stored its data follows them at once.",
      model: dynastoreUnder({ ...correct, visitsAgain: false }),
      breaks: at("followAtOnce", beyond)
    },
    {
      name: "fresh-timestamps",
      about: "A write chooses a new timestamp in each view in which it stores its value.",
      model: dynastoreUnder({ ...correct, keepsTimestamp: always }),
      breaks: at("startSetOfWrite", "a written pair was chosen by a write")
    },
    {
      name: "restart-chooses-again",
      about: "A retried write chooses a second timestamp.",
      model: dynastoreUnder({ ...correct, retriesWithTimestamp: false }),
      breaks: at("receiveViewReply", "a write chooses once, a read at its end")
    },
    {
      name: "unmerged-branches",
      about: "A client proposes only some of what it desires.",
      model: dynastoreUnder({ ...correct, proposesNothing: always }),
      breaks: at("startScan", "a traversal that has proposed must find an edge")
    },
    {
      name: "largest-first",
      about: "The front is traversed from its largest view to its smallest.",
      model: dynastoreUnder({ ...correct, visited: (first, second) => noLarger(second, first) }),
      breaks: at("follow", "the view that is visited is a smallest of the front")
    },
    {
      name: "removed-node-returns",
      about: "A client's desired view may lack changes that it desired before.",
      model: dynastoreUnder({ ...correct, extended: always }),
      breaks: [
        ...at("receiveViewReply", "a wanted change is desired"),
        ...at("follow", "a wanted change is desired", "the front is desired")
      ]
    },
    {
      name: "one-collect",
      about: "Two scans that return something may have nothing in common.",
      model: dynastoreUnder({ ...correct, intersects: always }),
      breaks: [...at("startGetWithEdges", ...intersection), ...at("visitAgain", ...intersection)]
    },
    {
      name: "update-without-set-phase",
      about: "A scan may find nothing, regardless of earlier updates and scans.",
      model: dynastoreUnder({ ...correct, findsWhatItMust: always }),
      breaks: [
        ...at(
          "startGet",
          "a traversal that finds nothing is at the view it desires",
          "a traversal that finds nothing is not before a view on which an earlier operation rests"
        ),
        ...at("arrive", ...arriving)
      ]
    }
  ]
}
