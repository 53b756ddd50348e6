/**
 * Records as a log holds them: compactly (`../compact`), derived from the Schemas of the messages
 * and of the process's state. Its first byte says how a record is written:
 *
 * - `{` begins JSON: records of earlier versions, and those that have no compact form
 * - 1: compactly, in the layout that was described before
 * - 2: no record, but the description of the layout of those that follow
 *
 * Every process that writes describes its layout first, and again in every file. A reader with the
 * same layout reads and checks the records at once. One with another, such as a later version whose
 * messages have changed, reads them by the description and decodes them as it would decode JSON.
 */
import { deflateRawSync, inflateRawSync } from "node:zlib"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import type { Change, Fields } from "../../spec/kernel/keyed.ts"
import { NodeId } from "../../spec/kernel/node.ts"
import { RegisterName } from "../../spec/register/operation.ts"
import { type Compact, compactOf } from "../compact/compact.ts"
import { described } from "../compact/described.ts"
import { Malformed } from "../compact/reader.ts"
import { canBeHeld } from "../storage/payload.ts"
import {
  type DurableRecord,
  encodeRecord,
  RecordUnknown,
  recordDecoder,
  recordOf
} from "./record.ts"

/** What records are about: messages, and the state of the durable process, if there is only one. */
export interface RecordSchemas {
  readonly Message: Schema.Codec<unknown, unknown>
  readonly part?: {
    readonly Own: Schema.Codec<unknown, unknown>
    readonly Shared: Schema.Codec<unknown, unknown>
  }
}

const jsonMark = 0x7b
const compactMark = 1
const layoutMark = 2

/** The maximum number of items of all arrays of a record; one with more is written as JSON. */
const maxParts = 2 ** 24
/** The maximum length of a description, inflated. */
const maxDescriptionBytes = 4 * 2 ** 20

const options = {
  maxParts,
  parse: (json: string): unknown => {
    const data = parsed(json)
    if (data === undefined) throw new Malformed("it holds text that is not JSON")
    return data
  }
}

export interface RecordWriter {
  /** Describes the layout of the records, and precedes them; undefined where all are JSON. */
  readonly preamble: Uint8Array | undefined
  readonly encode: (record: DurableRecord) => Uint8Array
}

/** Writes records of an endpoint. */
export const recordWriter = (schemas: RecordSchemas): RecordWriter => {
  const derived = derivedFrom(schemas)
  if (derived === undefined) return { preamble: undefined, encode: inJson }
  const { compact, isKnown } = derived
  return {
    preamble: preambleOf(compact),
    encode: (record) => {
      const bytes = record.steps?.every(isKnown) === false ? undefined : compact.encode(record, 1)
      if (bytes === undefined) return inJson(record)
      bytes[0] = compactMark
      return canBeHeld(bytes) ? bytes : inJson(record)
    }
  }
}

/** A record as JSON; UTF-8 has no byte with which a mark begins. */
export const inJson = (record: DurableRecord): Uint8Array =>
  Buffer.from(encodeRecord(record), "utf8")

/** A record that was read. */
export interface Found {
  readonly record: DurableRecord
  /** Whether the fields in its steps were checked by the Schemas of the state. */
  readonly isChecked: boolean
}

type ReadRecord = (bytes: Uint8Array) => Result.Result<Found, RecordUnknown>

/**
 * Reads the records of one log, in order. The result is undefined for what is no record, but a
 * description.
 */
export const recordReader = (
  schemas: RecordSchemas
): ((bytes: Uint8Array) => Result.Result<Found | undefined, RecordUnknown>) => {
  const derived = derivedFrom(schemas)
  const decode = recordDecoder(schemas.Message)
  const unchecked = Result.map((record: DurableRecord): Found => ({ record, isChecked: false }))
  const ofThisLayout =
    ({ decode: read }: Compact): ReadRecord =>
    (bytes) => {
      const found = read(bytes, 1)
      switch (found._tag) {
        case "Value":
          return Result.succeed({ record: found.value as DurableRecord, isChecked: true })
        case "Unchecked":
          return unchecked(decode.data(found.data))
        case "Malformed":
          return refused(found.reason)
      }
    }
  const ofAnother = (description = ""): ReadRecord | undefined => {
    const read = described(parsed(description), options)
    return (
      read &&
      ((bytes) => {
        const found = read(bytes, 1)
        return found._tag === "Data" ? unchecked(decode.data(found.data)) : refused(found.reason)
      })
    )
  }
  let readCompact: ReadRecord = () => refused("nothing says how it is written")
  return (bytes) => {
    switch (bytes[0]) {
      case jsonMark:
        return unchecked(decode.line(asBuffer(bytes).toString("utf8")))
      case compactMark:
        return readCompact(bytes)
      case layoutMark: {
        const description = descriptionIn(bytes)
        const isOurs = derived !== undefined && description === textOf(derived.compact)
        const read = isOurs ? ofThisLayout(derived.compact) : ofAnother(description)
        if (read === undefined) return refused("the description of a layout describes nothing")
        readCompact = read
        return Result.succeed(undefined)
      }
      default:
        return refused(`it begins with the byte ${bytes[0]}`)
    }
  }
}

const refused = (reason: string) => Result.fail(new RecordUnknown({ reason }))

const textOf = ({ description }: Compact): string => JSON.stringify(description)

const preambleOf = (compact: Compact): Uint8Array => {
  const deflated = deflateRawSync(textOf(compact))
  // In letters, so that it contains no mark.
  return Buffer.from(`${String.fromCharCode(layoutMark)}${deflated.toString("base64")}`)
}

/** The description in a preamble; undefined if there is none. */
const descriptionIn = (preamble: Uint8Array): string | undefined => {
  const deflated = Buffer.from(asBuffer(preamble).toString("latin1", 1), "base64")
  try {
    return inflateRawSync(deflated, { maxOutputLength: maxDescriptionBytes }).toString("utf8")
  } catch {
    return undefined
  }
}

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

interface Derived {
  readonly compact: Compact
  /** Whether the change of a step has only fields that the Schemas name. */
  readonly isKnown: (change: Omit<Change, "key">) => boolean
}

/** One for each process's Own Schema and messages: deriving takes a few milliseconds. */
const known = new WeakMap<object, WeakMap<object, Derived | undefined>>()

const derivedFrom = (schemas: RecordSchemas): Derived | undefined => {
  const { Message, part } = schemas
  if (part === undefined) return undefined
  let ofMessage = known.get(Message)
  if (ofMessage === undefined) {
    ofMessage = new WeakMap()
    known.set(Message, ofMessage)
  }
  if (!ofMessage.has(part)) ofMessage.set(part, derive(Message, part))
  return ofMessage.get(part)
}

const derive = (
  Message: RecordSchemas["Message"],
  part: NonNullable<RecordSchemas["part"]>
): Derived | undefined => {
  const Written = schemaOf(Message, part)
  const compact = Written && compactOf(Written.ast, options)
  const own = Object.keys(fieldsOf(part.Own.ast) ?? {})
  const shared = Object.keys(fieldsOf(part.Shared.ast) ?? {})
  const hasOnly = (fields: Fields | undefined, names: ReadonlyArray<string>): boolean => {
    for (const name in fields) if (!names.includes(name)) return false
    return true
  }
  return (
    compact && {
      compact,
      isKnown: (change) => hasOnly(change.own, own) && hasOnly(change.shared, shared)
    }
  )
}

/** The Schema of records whose steps change such a state; undefined if its fields have no names. */
export const schemaOf = (
  Message: RecordSchemas["Message"],
  { Own, Shared }: NonNullable<RecordSchemas["part"]>
) => {
  const own = fieldsOf(Own.ast)
  const shared = fieldsOf(Shared.ast)
  if (own === undefined || shared === undefined) return undefined
  const Step = Schema.Struct({
    node: NodeId,
    key: RegisterName,
    own: Schema.optionalKey(Schema.Struct(own)),
    shared: Schema.optionalKey(Schema.Struct(shared)),
    dropped: Schema.optionalKey(Schema.Array(Schema.String))
  })
  return recordOf(Message, Step)
}

/** The fields of a record's Schema, each optional: a change has some of them. */
const fieldsOf = (ast: SchemaAST.AST): Record<string, Schema.Top> | undefined => {
  if (ast._tag !== "Objects" || ast.indexSignatures.length > 0) return undefined
  return Object.fromEntries(
    ast.propertySignatures.map(({ name, type }) => [
      String(name),
      Schema.optionalKey(Schema.make<Schema.Codec<unknown>>(type))
    ])
  )
}
