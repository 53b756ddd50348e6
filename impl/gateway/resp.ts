/**
 * The Redis protocol (RESP 2): what clients send, and what they are answered.
 *
 * A request is an array of byte strings, or a line of words. A parser holds at most one incomplete request, of bounded
 * size.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** What came is no request. The connection it came from ends. */
export class RequestRefused extends Schema.TaggedError<RequestRefused>()("RequestRefused", {
  reason: Schema.String
}) {
  override get message(): string {
    return `Protocol error: ${this.reason}`
  }
}

export const mostArguments = 1024
/** The most bytes of one argument: a value, and some. */
export const mostArgumentBytes = 2 ** 20 + 1024
const mostLineBytes = 64 * 1024
/** The most bytes of a request. */
const mostRequestBytes = 8 * 2 ** 20

export type Request = ReadonlyArray<Uint8Array>

const carriageReturn = 13
const lineFeed = 10
const star = 42
const dollar = 36

/** What a request at the front of the buffer came to. */
type Parsed =
  | { readonly _tag: "Complete"; readonly request: Request; readonly end: number }
  /** It has at least so many bytes. */
  | { readonly _tag: "Incomplete"; readonly needed: number }
  | { readonly _tag: "Refused"; readonly reason: string }

const incomplete = (needed: number): Parsed => ({ _tag: "Incomplete", needed })
const refusal = (reason: string): Parsed => ({ _tag: "Refused", reason })

export class RequestParser {
  private parts: Array<Uint8Array> = []
  private held = 0
  /** No request is complete with fewer bytes than these. */
  private needed = 1

  /** Takes bytes as they come; gives the requests that they complete. */
  read(chunk: Uint8Array): Result.Result<ReadonlyArray<Request>, RequestRefused> {
    this.parts.push(chunk)
    this.held += chunk.length
    if (this.held < this.needed) return Result.succeed([])
    const bytes = this.parts.length === 1 ? (this.parts[0] as Uint8Array) : Buffer.concat(this.parts)
    const requests: Array<Request> = []
    let offset = 0
    // A large argument comes in many chunks: nothing is looked at again before it is all there.
    this.needed = 1
    while (offset < bytes.length) {
      const parsed = parse(bytes, offset)
      if (parsed._tag === "Refused") return Result.fail(new RequestRefused({ reason: parsed.reason }))
      if (parsed._tag === "Incomplete") {
        this.needed = parsed.needed
        break
      }
      if (parsed.request.length > 0) requests.push(parsed.request)
      offset = parsed.end
    }
    this.held = bytes.length - offset
    if (this.held > mostRequestBytes) return Result.fail(new RequestRefused({ reason: "too big a request" }))
    this.parts = this.held === 0 ? [] : [bytes.subarray(offset)]
    return Result.succeed(requests)
  }
}

const parse = (bytes: Uint8Array, offset: number): Parsed =>
  bytes[offset] === star ? parseArray(bytes, offset) : parseLine(bytes, offset)

/** `*2 $3 GET $1 k`, each number and string on a line. */
const parseArray = (bytes: Uint8Array, start: number): Parsed => {
  const head = lineEnd(bytes, start)
  if (head === undefined) return tooLong(bytes, start, "too big mbulk count string")
  const count = numberIn(bytes, start + 1, head)
  if (count === undefined || count > mostArguments) return refusal("invalid multibulk length")
  const request: Array<Uint8Array> = []
  let offset = head + 2
  for (let index = 0; index < count; index++) {
    if (offset >= bytes.length) return incomplete(offset - start + 1)
    if (bytes[offset] !== dollar) return refusal(`expected '$', got '${printable(bytes[offset] as number)}'`)
    const end = lineEnd(bytes, offset)
    if (end === undefined) return tooLong(bytes, offset, "too big bulk count string")
    const length = numberIn(bytes, offset + 1, end)
    if (length === undefined || length < 0 || length > mostArgumentBytes)
      return refusal("invalid bulk length")
    const from = end + 2
    if (bytes.length < from + length + 2) return incomplete(from + length + 2 - start)
    if (bytes[from + length] !== carriageReturn || bytes[from + length + 1] !== lineFeed) {
      return refusal("a bulk string does not end where it says")
    }
    request.push(bytes.subarray(from, from + length))
    offset = from + length + 2
  }
  return { _tag: "Complete", request, end: offset }
}

/** Words on a line, as people type them. */
const parseLine = (bytes: Uint8Array, start: number): Parsed => {
  const feed = bytes.indexOf(lineFeed, start)
  if (feed < 0) return tooLong(bytes, start, "too big inline request")
  if (feed - start > mostLineBytes) return refusal("too big inline request")
  const words = Buffer.from(bytes.subarray(start, feed))
    .toString("latin1")
    .split(/\s+/)
    .filter((word) => word !== "")
  if (words.length > mostArguments) return refusal("too many words")
  return { _tag: "Complete", request: words.map((word) => Buffer.from(word, "latin1")), end: feed + 1 }
}

/** The line is not complete; refused if it is too long already. */
const tooLong = (bytes: Uint8Array, start: number, reason: string): Parsed =>
  bytes.length - start > mostLineBytes ? refusal(reason) : incomplete(bytes.length - start + 1)

/** Where the line ends that begins at the offset; undefined if it is not complete. */
const lineEnd = (bytes: Uint8Array, offset: number): number | undefined => {
  const end = bytes.indexOf(carriageReturn, offset)
  return end < 0 || end + 1 >= bytes.length ? undefined : end
}

/** The number that these bytes are; undefined if they are none. */
const numberIn = (bytes: Uint8Array, from: number, to: number): number | undefined => {
  const text = Buffer.from(bytes.subarray(from, Math.min(to, from + 12))).toString("latin1")
  return bytes[to + 1] === lineFeed && to - from < 12 && /^-?\d+$/.test(text) ? Number(text) : undefined
}

const printable = (byte: number): string => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "?")

/** What a client is answered. */
export type Reply =
  | { readonly _tag: "Simple"; readonly text: string }
  | { readonly _tag: "Error"; readonly text: string }
  | { readonly _tag: "Number"; readonly number: number }
  | { readonly _tag: "Bulk"; readonly bytes: Uint8Array | null }
  | { readonly _tag: "Array"; readonly replies: ReadonlyArray<Reply> }

export const simple = (text: string): Reply => ({ _tag: "Simple", text })
export const error = (text: string): Reply => ({ _tag: "Error", text })
export const number = (count: number): Reply => ({ _tag: "Number", number: count })
export const bulk = (value: Uint8Array | string | null): Reply => ({
  _tag: "Bulk",
  bytes: typeof value === "string" ? Buffer.from(value, "utf8") : value
})
export const array = (replies: ReadonlyArray<Reply>): Reply => ({ _tag: "Array", replies })

export const encodeReply = (reply: Reply): Uint8Array => {
  switch (reply._tag) {
    case "Simple":
      return Buffer.from(`+${inOneLine(reply.text)}\r\n`, "utf8")
    case "Error":
      return Buffer.from(`-${inOneLine(reply.text)}\r\n`, "utf8")
    case "Number":
      return Buffer.from(`:${reply.number}\r\n`, "utf8")
    case "Bulk":
      return reply.bytes === null
        ? Buffer.from("$-1\r\n", "utf8")
        : Buffer.concat([Buffer.from(`$${reply.bytes.length}\r\n`), reply.bytes, Buffer.from("\r\n")])
    case "Array":
      return Buffer.concat([Buffer.from(`*${reply.replies.length}\r\n`), ...reply.replies.map(encodeReply)])
  }
}

const inOneLine = (text: string): string => text.replace(/[\r\n]+/g, " ")
