/**
 * DynaStore's variants: the protocol, and the protocol with one step that carries weight taken away
 * or put elsewhere.
 */

import { without } from "../kernel/data.ts"
import type { Variant } from "../kernel/protocol.ts"
import { type Aim, correct, type Rules } from "./rules.ts"
import { extended, lacking, membersOf, sizeOf, type View } from "./view.ts"

/** The view with the client's own changes only. */
const withOwnChange = ({ operation, view }: Aim): View =>
  operation._tag === "Reconfigure" ? extended(view, operation) : view

/** A largest of these views, of which there must be one. */
const largest = (views: ReadonlyArray<View>): View =>
  views.reduce((most, view) => (sizeOf(view) < sizeOf(most) ? most : view))

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "correct",
    kind: "correct",
    about:
      "DynaStore as section 6 of the tutorial describes it, with the details of the original paper [2].",
    rules: correct
  },
  {
    name: "get-before-scan",
    kind: "mutant",
    about:
      "In every configuration the data is read first, and the outgoing edges are made and looked for afterwards.",
    rules: { ...correct, visit: ["Getting", "Proposing", "Scanning"] }
  },
  {
    name: "scan-before-set",
    kind: "mutant",
    about: "The last look for outgoing edges comes before the data is stored, not after.",
    rules: { ...correct, leaf: ["Checking", "Setting"] }
  },
  {
    name: "no-final-scan",
    kind: "mutant",
    about:
      "An operation ends when its data is stored, without a look for edges that were made meanwhile.",
    rules: { ...correct, leaf: ["Setting"] }
  },
  {
    name: "no-second-get",
    kind: "mutant",
    about:
      "An operation that finds edges after it has stored its data follows them at once, without reading once more.",
    rules: { ...correct, visitsAgain: false }
  },
  {
    name: "fresh-timestamps",
    kind: "mutant",
    about: "A write chooses a new timestamp in each configuration that it stores its value in.",
    rules: { ...correct, keepsTimestamp: false }
  },
  {
    name: "unmerged-branches",
    kind: "mutant",
    about:
      "A client proposes its own change only: it stops at the first leaf and leaves other branches as they are.",
    rules: { ...correct, destination: withOwnChange }
  },
  {
    name: "largest-first",
    kind: "mutant",
    about: "The front is traversed from its largest view to its smallest.",
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
    about: "Scans of weak snapshots store what they collected nowhere before they go on.",
    rules: { ...correct, snapshot: { ...correct.snapshot, writesBack: false } }
  },
  {
    name: "removed-node-returns",
    kind: "mutant",
    about: "A node that was removed can be added again under the same name.",
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
      "A write that is retried in a newer configuration chooses a timestamp once more, though it has stored its value under another.",
    rules: { ...correct, retriesWithTimestamp: false }
  },
  {
    name: "members-not-notified",
    kind: "mutant",
    about:
      "A reconfiguration tells the directory who the members of the new configuration are, but not the members that they are.",
    rules: { ...correct, notifiesMembers: false },
    unused: ["Notify", "Notified"]
  },
  {
    name: "announcement-not-awaited",
    kind: "mutant",
    about:
      "A reconfiguration returns without waiting until the directory knows of the new configuration.",
    rules: { ...correct, awaitsDirectory: false }
  }
]
