/**
 * The variants of DynaStore: the protocol, and mutants that each remove or move one load-bearing
 * step.
 */

import { without } from "../kernel/data.ts"
import type { Variant } from "../kernel/protocol.ts"
import { correct, type Rules, type TraversalGoal } from "./rules.ts"
import { extended, lacking, membersOf, sizeOf, type View } from "./view.ts"

/** The view with the client's own changes only. */
const withOwnChange = ({ operation, view }: TraversalGoal): View =>
  operation._tag === "Reconfigure" ? extended(view, operation) : view

/** A largest view of this non-empty list. */
const largest = (views: ReadonlyArray<View>): View =>
  views.reduce((most, view) => (sizeOf(view) < sizeOf(most) ? most : view))

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "correct",
    kind: "correct",
    about: "DynaStore as in section 6 of the tutorial, with details from the original paper [2].",
    rules: correct
  },
  {
    name: "get-before-scan",
    kind: "mutant",
    about:
      "In every configuration a client reads the data first, and then creates and scans for outgoing edges.",
    rules: { ...correct, visit: ["Getting", "Proposing", "Scanning"] }
  },
  {
    name: "scan-before-set",
    kind: "mutant",
    about: "The final scan for outgoing edges comes before the Set phase, not after it.",
    rules: { ...correct, leaf: ["Checking", "Setting"] }
  },
  {
    name: "no-final-scan",
    kind: "mutant",
    about: "An operation ends after its Set phase, without a final scan for new edges.",
    rules: { ...correct, leaf: ["Setting"] }
  },
  {
    name: "no-second-get",
    kind: "mutant",
    about:
      "An operation that finds edges after its Set phase follows them at once, without reading again.",
    rules: { ...correct, visitsAgain: false }
  },
  {
    name: "fresh-timestamps",
    kind: "mutant",
    about: "A write chooses a new timestamp in each configuration in which it stores its value.",
    rules: { ...correct, keepsTimestamp: false }
  },
  {
    name: "unmerged-branches",
    kind: "mutant",
    about:
      "A client proposes only its own change: it stops at the first leaf and does not merge other branches.",
    rules: { ...correct, destination: withOwnChange }
  },
  {
    name: "largest-first",
    kind: "mutant",
    about: "A client visits the largest view of its front first.",
    rules: { ...correct, visited: largest }
  },
  {
    name: "one-collect",
    kind: "mutant",
    about: "Scans of weak snapshots collect once instead of twice.",
    rules: { ...correct, snapshot: { ...correct.snapshot, collects: 1 } }
  },
  {
    name: "no-write-back",
    kind: "mutant",
    about: "Scans of weak snapshots do not write back what they collect.",
    rules: { ...correct, snapshot: { ...correct.snapshot, writesBack: false } }
  },
  {
    name: "removed-node-returns",
    kind: "mutant",
    about: "A removed node can be added again under the same name.",
    rules: {
      ...correct,
      extended: (view, change) =>
        extended({ ...view, remove: without(view.remove, change.add) }, change),
      lacking: (desired, view) => lacking(desired, { ...view, add: membersOf(view) })
    }
  },
  {
    name: "restart-chooses-again",
    kind: "mutant",
    about:
      "A write retried in a newer configuration chooses a second timestamp, although it may have stored its value with the first.",
    rules: { ...correct, retriesWithTimestamp: false }
  },
  {
    name: "members-not-notified",
    kind: "mutant",
    about:
      "A reconfiguration announces the members of the new configuration to the directory, but does not notify the members.",
    rules: { ...correct, notifiesMembers: false },
    unused: ["Notify", "Notified"]
  },
  {
    name: "announcement-not-awaited",
    kind: "mutant",
    about:
      "A reconfiguration returns without waiting for the directory to acknowledge the new configuration.",
    rules: { ...correct, awaitsDirectory: false }
  }
]
