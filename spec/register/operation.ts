/**
 * The register: `write(v)` and `read()` (tutorial 2.2), and their syntax in scripts and reports.
 *
 * A system holds one register, or several named ones; then every operation names its register.
 */
import * as Schema from "effect/Schema"
import { writtenBytes } from "../kernel/data.ts"
import { Text } from "../kernel/node.ts"
import type { ObjectType, OperationKind } from "../kernel/object.ts"
import type { AnyOperation, Observation } from "../kernel/observation.ts"

/**
 * The maximum size of a value as JSON, in bytes: 1 MiB of characters that JSON writes as two. The
 * bound is on the JSON because replies carry the value.
 */
export const maxWrittenBytes = 2 ** 21 + 2

/** True if the text fits in this many bytes as JSON, which takes at most six for a character. */
const canBeWritten = (text: string): boolean =>
  6 * text.length + 2 <= maxWrittenBytes ||
  (text.length + 2 <= maxWrittenBytes && writtenBytes(text) <= maxWrittenBytes)

/** The value of a register; null before the first write. */
export const Value = Schema.NullOr(
  Schema.Union([
    Schema.Int,
    Text.check(
      Schema.makeFilter(canBeWritten, {
        expected: `a text of at most ${maxWrittenBytes} bytes as JSON`
      })
    )
  ])
)
export type Value = typeof Value.Type

/**
 * The maximum length of a register's name: 1 KiB, and room to escape bytes that are not valid text.
 */
export const maxRegisterName = 1400

export const RegisterName = Text.check(Schema.isMaxLength(maxRegisterName))

/** The name of the register, if there are several. */
const object = { object: Schema.optionalKey(Schema.String) }

export const Write = Schema.TaggedStruct("Write", { value: Value, ...object })
export type Write = typeof Write.Type
export const Read = Schema.TaggedStruct("Read", object)
export type Read = typeof Read.Type

/** The operations on a register. */
export const Access = Schema.Union([Write, Read])
export type Access = typeof Access.Type

/** A write returns null, a read the value. */
export type AccessObservation = Observation<Access, Value>

export const isAccess = (operation: AnyOperation): operation is Access =>
  operation._tag === "Write" || operation._tag === "Read"

/** The initial value in scripts and reports. Writing it again removes the value. */
const initialInWords = "⊥"

/**
 * The operation on the value that these words denote; undefined unless there is exactly one word.
 */
export const ofValue = <Operation>(
  [word, ...rest]: ReadonlyArray<string>,
  operation: (value: Value) => Operation
): Operation | undefined =>
  word === undefined || rest.length > 0
    ? undefined
    : operation(word === initialInWords ? null : /^-?\d{1,15}$/.test(word) ? Number(word) : word)

export const writeKind: OperationKind<Write> = {
  tag: "Write",
  syntax: "write VALUE",
  parse: (words) => ofValue(words, (value) => ({ _tag: "Write", value }))
}

export const readKind: OperationKind<Read> = {
  tag: "Read",
  syntax: "read",
  parse: (words) => (words.length > 0 ? undefined : { _tag: "Read" })
}

/** The single register of a system. */
export const register: ObjectType<Access, Value> = {
  name: "register",
  Operation: Access,
  kinds: [writeKind, readKind],
  describe: (operation) => {
    const of = operation.object === undefined ? "" : ` ${operation.object}`
    return operation._tag === "Write" ? `write${of} ${describeValue(operation.value)}` : `read${of}`
  },
  isKnownByResult: ({ _tag }) => _tag === "Read",
  describeResult: ({ _tag }, result) => (_tag === "Read" ? describeValue(result) : "ok")
}

/** Named registers. */
export const registers: ObjectType<Access, Value> = {
  ...register,
  name: "registers",
  kinds: [
    {
      tag: "Write",
      syntax: "write REGISTER VALUE",
      parse: ([object, ...words]) =>
        object === undefined
          ? undefined
          : ofValue(words, (value) => ({ _tag: "Write", object, value }))
    },
    {
      tag: "Read",
      syntax: "read REGISTER",
      parse: ([object, ...rest]) =>
        object === undefined || rest.length > 0 ? undefined : { _tag: "Read", object }
    }
  ]
}

/** A value for users; ⊥ is the initial value. */
export const describeValue = (value: Value): string =>
  value === null ? initialInWords : String(value)
