/**
 * A backup has a JSON document on each line. The first describes the file, each other one is a key
 * and its value, and the last has their number, so that a truncated file is noticed.
 *
 * Printable text is written as it is. Other bytes are written in base64, under another name.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { maxKeyBytes, maxValueBytes, textOfBytes } from "../bytes.ts"
import type { Entry } from "../client/pages.ts"

/** A later version that writes another format marks it in the first line. */
const format = 1

const First = Schema.Struct({ backup: Schema.Literal("quorate"), format: Schema.Int })
const Last = Schema.Struct({ registers: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)) })
const Base64 = Schema.String.check(
  Schema.isPattern(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/)
)
const Line = Schema.Struct({
  key: Schema.optionalKey(Schema.String),
  keyBase64: Schema.optionalKey(Base64),
  value: Schema.optionalKey(Schema.String),
  valueBase64: Schema.optionalKey(Base64)
})

/** The file is not a backup, or is truncated. */
export class BackupRefused extends Schema.TaggedError<BackupRefused>()("BackupRefused", {
  file: Schema.String,
  line: Schema.Int,
  problem: Schema.String,
  mend: Schema.String
}) {
  override get message(): string {
    return `${this.file}, line ${this.line}: ${this.problem} — ${this.mend}`
  }
}

/** `{"key": "x"}`, or `{"keyBase64": "/w=="}` for bytes that are not printable text. */
const said = (name: "key" | "value", bytes: Uint8Array): Readonly<Record<string, string>> => {
  const text = textOfBytes(bytes)
  return Buffer.from(text, "utf8").equals(bytes)
    ? { [name]: text }
    : { [`${name}Base64`]: Buffer.from(bytes).toString("base64") }
}

export const sayKey = (key: Uint8Array): string => JSON.stringify(said("key", key))
export const firstLine = JSON.stringify({ backup: "quorate", format })
export const entryLine = ({ key, value }: Entry): string =>
  JSON.stringify({ ...said("key", key), ...said("value", value) })
export const lastLine = (registers: number): string => JSON.stringify({ registers })

const isFirst = Schema.decodeUnknownResult(First)
const isLast = Schema.is(Last)
const decodeLine = Schema.decodeUnknownResult(Line, { onExcessProperty: "error" })

/** The bytes of the one field that is present; undefined unless exactly one of the two is. */
const heard = (text: string | undefined, base64: string | undefined): Uint8Array | undefined =>
  text === undefined
    ? base64 === undefined
      ? undefined
      : Buffer.from(base64, "base64")
    : base64 === undefined && text.isWellFormed()
      ? Buffer.from(text, "utf8")
      : undefined

/** The key and the value in a line; undefined if it has none. */
const entryIn = (data: unknown): Entry | undefined => {
  const line = decodeLine(data)
  if (Result.isFailure(line)) return undefined
  const key = heard(line.success.key, line.success.keyBase64)
  const value = heard(line.success.value, line.success.valueBase64)
  if (key === undefined || value === undefined) return undefined
  return key.length > maxKeyBytes || value.length > maxValueBytes ? undefined : { key, value }
}

/** Reads the lines of a backup, and passes each entry to `take`. Returns the number of entries. */
export const readBackup = Effect.fnUntraced(function* <E>(
  file: string,
  lines: AsyncIterable<string>,
  take: (entry: Entry) => Effect.Effect<void, E>
) {
  const iterator = lines[Symbol.asyncIterator]()
  let number = 0
  let registers = 0
  let end: number | undefined
  const refuse = (problem: string, mend = "name a file that quorate backup wrote") =>
    new BackupRefused({ file, line: number, problem, mend })
  const another = "name another backup: this file was cut off or changed"
  for (;;) {
    const next = yield* Effect.tryPromise({
      try: () => iterator.next(),
      catch: (error) => refuse(`it cannot be read (${(error as NodeJS.ErrnoException).code})`)
    })
    if (next.done === true) break
    number += 1
    const data = Result.try(() => JSON.parse(next.value) as unknown)
    if (Result.isFailure(data)) return yield* refuse("it is not JSON", another)
    if (end !== undefined) return yield* refuse("there is data after the last line", another)
    if (number === 1) {
      const first = isFirst(data.success)
      if (Result.isFailure(first)) return yield* refuse("it is not a backup")
      if (first.success.format !== format)
        return yield* refuse(
          `it has format ${first.success.format}, and this version knows only format ${format}`,
          "restore it with the version that wrote it, or a later one"
        )
    } else if (isLast(data.success)) end = data.success.registers
    else {
      const entry = entryIn(data.success)
      if (entry === undefined)
        return yield* refuse("it has an entry without a valid key and value", another)
      registers += 1
      yield* take(entry)
    }
  }
  if (end !== registers)
    return yield* refuse(
      end === undefined
        ? `it ends after ${registers} registers, without its last line`
        : `it has ${registers} registers, but its last line says ${end}`,
      another
    )
  return registers
})

/** A key for people: its text, if that is one line, or its JSON document. */
export const shownKey = (key: Uint8Array): string => {
  const { key: text } = said("key", key)
  return text === undefined || /[\r\n]/.test(text) ? sayKey(key) : text
}
