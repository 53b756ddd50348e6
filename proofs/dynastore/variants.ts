/**
 * The variants of DynaStore, named as in `spec/dynastore/variants.ts`, and where the mutants fail. (Of the two of the
 * snapshot: `../weak-snapshot/variants.ts` shows which promises they break; here is what DynaStore loses by it. Those about
 * notifications lose liveness alone and are followed by the correct model.)
 */
import { at, type ModelledProtocol } from "../induction/variant.ts"
import { allButOne } from "../majority/rules.ts"
import { dynastore, dynastoreUnder } from "./model.ts"
import { always, correct } from "./rules.ts"
import { noLarger } from "./symbols.ts"

export const protocol: ModelledProtocol = {
  name: dynastore.name,
  about: dynastore.about,
  variants: [
    { name: "correct", about: "As section 6 describes it.", model: dynastore, breaks: [] },
    {
      name: "get-before-scan",
      about: "In every view the data is read first, and edges are looked for afterwards.",
      model: dynastoreUnder({ ...correct, getsAfterScan: always }),
      breaks: at("x", "x")
    },
    {
      name: "scan-before-set",
      about: "The last look for edges comes before the data is stored, not after.",
      model: dynastoreUnder({ ...correct, checks: "before" }),
      breaks: at("x", "x")
    },
    {
      name: "no-final-scan",
      about: "An operation ends when its data is stored.",
      model: dynastoreUnder({ ...correct, checks: "never" }),
      breaks: at("x", "x")
    },
    {
      name: "no-second-get",
      about: "Who finds edges after it has stored its data follows them at once.",
      model: dynastoreUnder({ ...correct, visitsAgain: false }),
      breaks: at("x", "x")
    },
    {
      name: "fresh-timestamps",
      about: "A write chooses a new timestamp in each view that it stores its value in.",
      model: dynastoreUnder({ ...correct, keepsTimestamp: always }),
      breaks: at("x", "x")
    },
    {
      name: "restart-chooses-again",
      about: "A write that is retried chooses a timestamp once more.",
      model: dynastoreUnder({ ...correct, retriesWithTimestamp: false }),
      breaks: at("x", "x")
    },
    {
      name: "unmerged-branches",
      about: "A client proposes only some of what it desires.",
      model: dynastoreUnder({ ...correct, proposesNothing: always }),
      breaks: at("x", "x")
    },
    {
      name: "largest-first",
      about: "The front is traversed from its largest view to its smallest.",
      model: dynastoreUnder({ ...correct, visited: (first, second) => noLarger(second, first) }),
      breaks: at("x", "x")
    },
    {
      name: "removed-node-returns",
      about: "What a client desires need not have all that it desired before.",
      model: dynastoreUnder({ ...correct, extended: always }),
      breaks: at("x", "x")
    },
    {
      name: "one-collect",
      about: "Two scans that return something need have nothing in common.",
      model: dynastoreUnder({ ...correct, intersects: always }),
      breaks: at("x", "x")
    },
    {
      name: "update-without-set-phase",
      about: "A scan need not find anything, whatever was updated or returned before.",
      model: dynastoreUnder({ ...correct, findsWhatItMust: always }),
      breaks: at("x", "x")
    },
    {
      name: "quorum-one-short",
      about: "Get and Set phases go on one answer before they have a quorum.",
      model: dynastoreUnder({ ...correct, enough: allButOne }),
      breaks: at("x", "x")
    }
  ]
}
