/**
 * DynaStore's variants: the protocol, and the protocol with one step that carries weight taken away or put elsewhere.
 */
import type { Variant } from "../kernel/protocol.ts"
import type { VariantName as SnapshotVariant } from "../weak-snapshot/variants.ts"

export const variants = [
  {
    name: "correct",
    kind: "correct",
    about: "DynaStore as section 6 of the tutorial describes it, with the details of the original paper [2]."
  },
  {
    name: "get-before-scan",
    kind: "mutant",
    about:
      "In every configuration the data is read first, and the outgoing edges are made and looked for afterwards."
  },
  {
    name: "scan-before-set",
    kind: "mutant",
    about: "The last look for outgoing edges comes before the data is stored, not after."
  },
  {
    name: "no-final-scan",
    kind: "mutant",
    about: "An operation ends when its data is stored, without a look for edges that were made meanwhile."
  },
  {
    name: "no-second-get",
    kind: "mutant",
    about:
      "An operation that finds edges after it has stored its data follows them at once, without reading once more."
  },
  {
    name: "fresh-timestamps",
    kind: "mutant",
    about: "A write chooses a new timestamp in each configuration that it stores its value in."
  },
  {
    name: "unmerged-branches",
    kind: "mutant",
    about:
      "A client proposes its own change only: it stops at the first leaf and leaves other branches as they are."
  },
  {
    name: "largest-first",
    kind: "mutant",
    about: "The front is traversed from its largest view to its smallest."
  },
  { name: "one-collect", kind: "mutant", about: "Scans of weak snapshots collect once instead of twice." },
  {
    name: "no-write-back",
    kind: "mutant",
    about: "Scans of weak snapshots store what they collected nowhere before they go on."
  },
  {
    name: "removed-node-returns",
    kind: "mutant",
    about: "A node that was removed can be added again under the same name."
  },
  {
    name: "restart-chooses-again",
    kind: "mutant",
    about:
      "A write that is retried in a newer configuration chooses a timestamp once more, though it has stored its value under another."
  },
  {
    name: "members-not-notified",
    kind: "mutant",
    about:
      "A reconfiguration tells the directory who the members of the new configuration are, but not the members that they are.",
    unused: ["Notify", "Notified"]
  },
  {
    name: "announcement-not-awaited",
    kind: "mutant",
    about: "A reconfiguration returns without waiting until the directory knows of the new configuration."
  }
] as const satisfies ReadonlyArray<Variant<string>>

export type VariantName = (typeof variants)[number]["name"]

/** The variant of the weak snapshots that a variant uses. */
export const snapshotVariant = (variant: VariantName): SnapshotVariant =>
  variant === "one-collect" || variant === "no-write-back" ? variant : "correct"
