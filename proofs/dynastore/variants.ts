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

const beyond = "who is beyond a view has what was in time there"
const arriving = [
  "what was in time in a view before an open one was transferred to a write quorum of that",
  "who need not find has stored in time"
]
const intersection = [
  "who leaves has found the common edge",
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
      about: "In every view the data is read first, and edges are looked for afterwards.",
      model: dynastoreUnder({ ...correct, getsAfterScan: always }),
      breaks: at(
        "startGetWithEdges",
        "a phase is of one operation",
        "who was told in a traversal that began in an open view, was told what was transferred to it",
        "who counts that has found no less",
        "who leaves was told what is kept",
        "who leaves and counts that has found no less",
        "who keeps an earlier operation's tag tells it",
        "who counts that has found no less than an earlier operation"
      )
    },
    {
      name: "scan-before-set",
      about: "The last look for edges comes before the data is stored, not after.",
      model: dynastoreUnder({ ...correct, checks: "before" }),
      breaks: at(
        "startCheck",
        "what is proposed, or found, follows from the view",
        "who need not find has stored in time"
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
      about: "Who finds edges after it has stored its data follows them at once.",
      model: dynastoreUnder({ ...correct, visitsAgain: false }),
      breaks: at("followAtOnce", beyond)
    },
    {
      name: "fresh-timestamps",
      about: "A write chooses a new timestamp in each view that it stores its value in.",
      model: dynastoreUnder({ ...correct, keepsTimestamp: always }),
      breaks: at("startSetOfWrite", "what is written was chosen by a write")
    },
    {
      name: "restart-chooses-again",
      about: "A write that is retried chooses a timestamp once more.",
      model: dynastoreUnder({ ...correct, retriesWithTimestamp: false }),
      breaks: at("receiveViewReply", "a write chooses once, a read at its end")
    },
    {
      name: "unmerged-branches",
      about: "A client proposes only some of what it desires.",
      model: dynastoreUnder({ ...correct, proposesNothing: always }),
      breaks: at("startScan", "who has proposed must find")
    },
    {
      name: "largest-first",
      about: "The front is traversed from its largest view to its smallest.",
      model: dynastoreUnder({ ...correct, visited: (first, second) => noLarger(second, first) }),
      breaks: at("follow", "the view that is visited is a smallest of the front")
    },
    {
      name: "removed-node-returns",
      about: "What a client desires need not have all that it desired before.",
      model: dynastoreUnder({ ...correct, extended: always }),
      breaks: [
        ...at("receiveViewReply", "what was wanted is desired"),
        ...at("follow", "what was wanted is desired", "the front is desired")
      ]
    },
    {
      name: "one-collect",
      about: "Two scans that return something need have nothing in common.",
      model: dynastoreUnder({ ...correct, intersects: always }),
      breaks: [...at("startGetWithEdges", ...intersection), ...at("visitAgain", ...intersection)]
    },
    {
      name: "update-without-set-phase",
      about: "A scan need not find anything, whatever was updated or returned before.",
      model: dynastoreUnder({ ...correct, findsWhatItMust: always }),
      breaks: [
        ...at(
          "startGet",
          "who finds nothing is where it wants to be",
          "who finds nothing is not before a view on which an earlier operation rests"
        ),
        ...at("arrive", ...arriving)
      ]
    }
  ]
}
