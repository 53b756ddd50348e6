/**
 * Reads and writes as users see them: keys and values are bytes, which the specification's
 * registers hold as text.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { isWellFormed } from "../../spec/kernel/data.ts"
import type { Access, Value } from "../../spec/register/operation.ts"
import { bytesOfText, maxKeyBytes, maxValueBytes, textOfBytes } from "../bytes.ts"
import type { Outcome, Unfinished } from "./known.ts"

/** A key or value that is too long, or values that do not fit into one reply. */
export class TooLong extends Schema.TaggedError<TooLong>()("TooLong", {
  what: Schema.Literals(["key", "value", "reply"]),
  bytes: Schema.Int,
  maxBytes: Schema.Int
}) {
  get outcome(): Outcome {
    return "none"
  }

  override get message(): string {
    return this.what === "reply"
      ? `the values exceed ${this.maxBytes} bytes together; ask for fewer at once`
      : `the ${this.what} has ${this.bytes} bytes; at most ${this.maxBytes} can be stored`
  }
}

/**
 * A key or value that is not valid text: half of a surrogate pair, which has no encoding in bytes.
 */
export class IllFormed extends Schema.TaggedError<IllFormed>()("IllFormed", {
  what: Schema.Literals(["key", "value"])
}) {
  get outcome(): Outcome {
    return "none"
  }

  override get message(): string {
    return `the ${this.what} is ill-formed text (half of a surrogate pair), which has no bytes; pass bytes instead`
  }
}

export type Bytes = string | Uint8Array

/** Executes an operation of the specification on the register with this text as its key. */
export type Perform = (key: string, operation: Access) => Effect.Effect<Value, Unfinished>

/**
 * Begins such an operation, and calls `ended` with its result. The returned function forgets the
 * operation.
 */
export type Begin = (
  key: string,
  operation: Access,
  ended: (result: Result.Result<Value, Unfinished>) => void
) => () => void

/** Reads, writes and removals, each executed as one operation of the specification. */
export const accessesOf = (perform: Perform) => {
  const performOn = (key: Bytes, operation: Access) =>
    Effect.flatMap(Effect.fromResult(keyOf(key)), (text) => perform(text, operation))
  return {
    get: (key: Bytes) => Effect.map(performOn(key, { _tag: "Read" }), bytesOf),
    put: (key: Bytes, value: Bytes) =>
      Effect.flatMap(Effect.fromResult(writeOf(value)), (operation) =>
        Effect.asVoid(performOn(key, operation))
      ),
    remove: (key: Bytes) => Effect.asVoid(performOn(key, { _tag: "Write", value: null }))
  }
}

/** The name of the register under this key. */
export const keyOf = (key: Bytes) => textOf("key", key, maxKeyBytes)

/** The operation that writes this value. */
export const writeOf = (value: Bytes): Result.Result<Access, TooLong | IllFormed> =>
  Result.map(textOf("value", value, maxValueBytes), (text) => ({ _tag: "Write", value: text }))

/** The bytes of a value that was read; null if there is none. */
export const bytesOf = (value: Value): Uint8Array | null =>
  value === null ? null : bytesOfText(String(value))

export const textOf = (
  what: "key" | "value",
  given: Bytes,
  maxBytes: number
): Result.Result<string, TooLong | IllFormed> => {
  if (typeof given === "string" && !isWellFormed(given)) return Result.fail(new IllFormed({ what }))
  const bytes = typeof given === "string" ? Buffer.from(given, "utf8") : given
  return bytes.length > maxBytes
    ? Result.fail(new TooLong({ what, bytes: bytes.length, maxBytes }))
    : Result.succeed(textOfBytes(bytes))
}
