/**
 * The weak snapshot as an object (tutorial 6): `update(d)` and `scan()`, and their syntax in
 * scripts and reports.
 */
import * as Schema from "effect/Schema"
import type { ObjectType } from "../kernel/object.ts"
import type { Observation } from "../kernel/observation.ts"
import { ServerSet } from "../nodes/nodes.ts"
import { changeOf, describeChange, isChange, problemOf } from "../storage/reconfiguration.ts"
import type { Changes } from "./change.ts"

export const Update = Schema.TaggedStruct("Update", { add: ServerSet, remove: ServerSet })
export type Update = typeof Update.Type
export const Scan = Schema.TaggedStruct("Scan", {})
export type Scan = typeof Scan.Type

/** The operations on a weak snapshot. */
export const SnapshotOperation = Schema.Union([Update, Scan])
export type SnapshotOperation = typeof SnapshotOperation.Type

/** An update returns null, a scan the changes it found. */
export type SnapshotResult = Changes | null
export type SnapshotObservation = Observation<SnapshotOperation, SnapshotResult>

/** The single weak snapshot of a system. */
export const snapshot: ObjectType<SnapshotOperation, SnapshotResult> = {
  name: "weak-snapshot",
  Operation: SnapshotOperation,
  kinds: [
    {
      tag: "Update",
      syntax: "update +SERVER… -SERVER…",
      parse: (words) => (isChange(words) ? { _tag: "Update", ...changeOf(words) } : undefined)
    },
    {
      tag: "Scan",
      syntax: "scan",
      parse: (words) => (words.length > 0 ? undefined : { _tag: "Scan" })
    }
  ],
  problem: (operation) => (operation._tag === "Update" ? problemOf(operation) : undefined),
  describe: (operation) =>
    operation._tag === "Update" ? `update ${describeChange(operation)}`.trim() : "scan",
  describeResult: (_, result) => (result === null ? "ok" : listed(result))
}

/** `{+s4, +s5}`: a set of changes. */
export const listed = (changes: Changes): string => `{${changes.map(describeChange).join(", ")}}`
