/**
 * The operations of a storage system: `write(v)` and `read()` (tutorial 2.2) and `reconfigure(addSet, removeSet)`
 * (3.1); those of a weak snapshot, `update(d)` and `scan()` (6); with the words in which scripts and reports name them.
 */
import * as Schema from "effect/Schema"
import { setOf } from "../kernel/data.ts"
import { type ServerId, ServerSet, server } from "../kernel/node.ts"

/** What the register holds: null before the first write. */
export const Value = Schema.NullOr(Schema.Union([Schema.Int, Schema.String]))
export type Value = typeof Value.Type

export const Write = Schema.TaggedStruct("Write", { value: Value })
export type Write = typeof Write.Type
export const Read = Schema.TaggedStruct("Read", {})
export type Read = typeof Read.Type
export const Reconfigure = Schema.TaggedStruct("Reconfigure", { add: ServerSet, remove: ServerSet })
export type Reconfigure = typeof Reconfigure.Type

/** What a client asks of one instance of consensus (section 5): that it decide, preferably on this value. */
export const Propose = Schema.TaggedStruct("Propose", { value: Value })
export type Propose = typeof Propose.Type

/** A write of another register than the one that everything else speaks of, in a model of two. */
export const Elsewhere = Schema.TaggedStruct("Elsewhere", { value: Value })
export type Elsewhere = typeof Elsewhere.Type

/** The operations on a register. */
export const Access = Schema.Union([Write, Read])
export type Access = typeof Access.Type
/** The operations on a storage system that can be reconfigured. */
export const StorageOperation = Schema.Union([Write, Read, Reconfigure])
export type StorageOperation = typeof StorageOperation.Type

export const Update = Schema.TaggedStruct("Update", { add: ServerSet, remove: ServerSet })
export type Update = typeof Update.Type
export const Scan = Schema.TaggedStruct("Scan", {})
export type Scan = typeof Scan.Type
/** The operations on a weak snapshot. */
export const SnapshotOperation = Schema.Union([Update, Scan])
export type SnapshotOperation = typeof SnapshotOperation.Type

/** Everything that a script can ask of a client. */
export const Operation = Schema.Union([StorageOperation, SnapshotOperation, Propose, Elsewhere])
export type Operation = typeof Operation.Type

/** A kind of operation as scripts write it. */
export interface OperationKind {
  readonly tag: string
  /** How it is written, for help and error messages. */
  readonly syntax: string
  /** The operation that these words after the first denote, or undefined if they denote none. */
  readonly parse: (words: ReadonlyArray<string>) => Operation | undefined
}

export const writeKind: OperationKind = {
  tag: "Write",
  syntax: "write VALUE",
  parse: (words) => ofValue(words, (value) => ({ _tag: "Write", value }))
}

export const proposeKind: OperationKind = {
  tag: "Propose",
  syntax: "propose VALUE",
  parse: (words) => ofValue(words, (value) => ({ _tag: "Propose", value }))
}

export const elsewhereKind: OperationKind = {
  tag: "Elsewhere",
  syntax: "elsewhere VALUE",
  parse: (words) => ofValue(words, (value) => ({ _tag: "Elsewhere", value }))
}

/** The operation on the one value that the words denote. */
const ofValue = (
  [word, ...rest]: ReadonlyArray<string>,
  operation: (value: Value) => Operation
): Operation | undefined =>
  word === undefined || rest.length > 0
    ? undefined
    : operation(/^-?\d{1,15}$/.test(word) ? Number(word) : word)

export const readKind: OperationKind = {
  tag: "Read",
  syntax: "read",
  parse: (words) => (words.length > 0 ? undefined : { _tag: "Read" })
}

export const reconfigureKind: OperationKind = {
  tag: "Reconfigure",
  syntax: "reconfigure +SERVER… -SERVER…",
  parse: (words) => (isChange(words) ? { _tag: "Reconfigure", ...change(words) } : undefined)
}

export const updateKind: OperationKind = {
  tag: "Update",
  syntax: "update +SERVER… -SERVER…",
  parse: (words) => (isChange(words) ? { _tag: "Update", ...change(words) } : undefined)
}

export const scanKind: OperationKind = {
  tag: "Scan",
  syntax: "scan",
  parse: (words) => (words.length > 0 ? undefined : { _tag: "Scan" })
}

const isChange = (words: ReadonlyArray<string>): boolean =>
  words.length > 0 && words.every((word) => /^[+-]./.test(word))

const change = (words: ReadonlyArray<string>) => ({ add: named("+", words), remove: named("-", words) })

const named = (sign: string, words: ReadonlyArray<string>): ReadonlyArray<ServerId> =>
  setOf(words.filter((word) => word.startsWith(sign)).map((word) => server(word.slice(1))))

/** An operation in the words of a script: `write 1`, `read`, `reconfigure +s4 -s2`. */
export const describeOperation = (operation: Operation): string => {
  switch (operation._tag) {
    case "Write":
      return `write ${describeValue(operation.value)}`
    case "Elsewhere":
      return `elsewhere ${describeValue(operation.value)}`
    case "Read":
      return "read"
    case "Propose":
      return `propose ${describeValue(operation.value)}`
    case "Reconfigure":
      return `reconfigure ${describeChange(operation)}`.trim()
    case "Update":
      return `update ${describeChange(operation)}`.trim()
    case "Scan":
      return "scan"
  }
}

/** `+s4 -s2`: the nodes that are added and removed. */
export const describeChange = ({ add, remove }: Pick<Reconfigure, "add" | "remove">): string =>
  [...add.map((id) => `+${id}`), ...remove.map((id) => `-${id}`)].join(" ")

/** A value, with ⊥ for the one that was there before any write. */
export const describeValue = (value: Value): string => (value === null ? "⊥" : String(value))
