/**
 * The Redis protocol: the requests of clients.
 *
 * A request is an array of byte strings, or a line of words. The parser returns one request at a
 * time, so that the effect of one of them (a password, for instance) applies to the next. It holds
 * at most one incomplete request, of bounded size; it skips the bytes of a request that is too
 * large, keeping none of them, and continues with the next.
 */
import { wordsOf } from "./inline.ts"

export const maxArguments = 2 ** 16
/** The maximum size of an argument, in bytes: a value, and some more. */
export const maxArgumentBytes = 2 ** 20 + 1024
/** The maximum size of a request, in bytes. */
export const maxRequestBytes = 8 * 2 ** 20
/** Redis's own limit on the number of arguments: beyond it the request is malformed. */
const maxCountOfRedis = 2 ** 20
const maxBytesOfRedis = 512 * 2 ** 20
const maxLineBytes = 64 * 1024
/** Redis's limits on a request before the client has given the password. */
const unauthenticated = { arguments: 10, bytes: 16 * 1024 }

export type Request = ReadonlyArray<Uint8Array>

/** What the parser returns. */
export type Item =
  | { readonly _tag: "Request"; readonly words: Request }
  /** A complete request that exceeds a limit. */
  | { readonly _tag: "Excessive"; readonly reason: string }
  /** Not a request: the bytes after it have no meaning. */
  | { readonly _tag: "Malformed"; readonly reason: string }

const carriageReturn = 13
const lineFeed = 10
const star = 42
const dollar = 36

/** The request being read. */
interface Unfinished {
  /** The number of arguments still to come. */
  left: number
  words: Array<Uint8Array>
  bytes: number
  /** Why it will be refused. */
  excess: string | undefined
}

export class RequestParser {
  private readonly isTrusted: () => boolean
  private bytes: Uint8Array = new Uint8Array(0)
  private offset = 0
  private readonly later: Array<Uint8Array> = []
  private laterBytes = 0
  /** The number of bytes that the parser needs to continue. */
  private needed = 1
  /** The number of bytes still to come of an argument that is skipped. */
  private toSkip = 0
  private unfinished: Unfinished | undefined
  private isOver = false

  /** An untrusted client may send only a little. */
  constructor(isTrusted: () => boolean = () => true) {
    this.isTrusted = isTrusted
  }

  /** The bytes held of incomplete requests and of requests not yet returned. */
  get heldBytes(): number {
    return this.bytes.length - this.offset + this.laterBytes + (this.unfinished?.bytes ?? 0)
  }

  /** Takes bytes as they arrive. */
  push(chunk: Uint8Array): void {
    this.later.push(chunk)
    this.laterBytes += chunk.length
  }

  /** The next complete item; undefined if more bytes are needed. */
  next(): Item | undefined {
    while (!this.isOver) {
      this.skip()
      if (this.toSkip > 0 || this.bytes.length - this.offset + this.laterBytes < this.needed)
        return undefined
      this.join()
      const item = this.unfinished === undefined ? this.begin() : this.readArgument(this.unfinished)
      if (item === "more") return undefined
      if (item === undefined) continue
      this.isOver = item._tag === "Malformed"
      return item
    }
    return undefined
  }

  /** Drops skipped bytes without joining them to earlier ones. */
  private skip(): void {
    while (this.toSkip > 0) {
      const here = Math.min(this.toSkip, this.bytes.length - this.offset)
      this.offset += here
      this.toSkip -= here
      const next = this.toSkip > 0 ? this.later.shift() : undefined
      if (next === undefined) return
      this.laterBytes -= next.length
      this.bytes = next
      this.offset = 0
    }
  }

  private join(): void {
    this.needed = 1
    if (this.later.length === 0) return
    const rest = this.bytes.subarray(this.offset)
    this.bytes =
      rest.length === 0 && this.later.length === 1
        ? (this.later[0] as Uint8Array)
        : Buffer.concat([rest, ...this.later])
    this.offset = 0
    this.later.length = 0
    this.laterBytes = 0
  }

  /** The beginning of a request: `*2`, or a line of words. */
  private begin(): Item | "more" | undefined {
    if (this.bytes[this.offset] !== star) return this.line()
    const head = this.numberOnLine("too big mbulk count string")
    if (typeof head === "object" || head === "more") return head
    if (head === undefined || head > maxCountOfRedis) return malformed("invalid multibulk length")
    if (!this.isTrusted() && head > unauthenticated.arguments) {
      return malformed("unauthenticated multibulk length")
    }
    if (head > 0) {
      const excess =
        head > maxArguments
          ? `a request of ${head} arguments; at most ${maxArguments} are taken`
          : undefined
      this.unfinished = { left: head, words: [], bytes: 0, excess }
    }
    return undefined
  }

  /** An argument: `$3`, and that many bytes on the next line. */
  private readArgument(request: Unfinished): Item | "more" | undefined {
    const from = this.offset
    if (this.bytes[from] !== dollar) {
      return malformed(`expected '$', got '${printable(this.bytes[from] as number)}'`)
    }
    const length = this.numberOnLine("too big bulk count string")
    if (typeof length === "object" || length === "more") return length
    if (length === undefined || length < 0 || length > maxBytesOfRedis)
      return malformed("invalid bulk length")
    if (!this.isTrusted() && length > unauthenticated.bytes)
      return malformed("unauthenticated bulk length")
    if (length > maxArgumentBytes) {
      request.excess ??= `an argument of ${length} bytes; at most ${maxArgumentBytes} are taken`
    } else if (request.bytes + length > maxRequestBytes) {
      request.excess ??= `a request of more than ${maxRequestBytes} bytes`
    }
    if (request.excess === undefined) {
      const end = this.offset + length
      if (this.bytes.length < end + 2) {
        this.needed = end + 2 - from
        this.offset = from
        return "more"
      }
      if (this.bytes[end] !== carriageReturn || this.bytes[end + 1] !== lineFeed) {
        return malformed("a bulk string does not end where it says")
      }
      request.words.push(this.bytes.subarray(this.offset, end))
      request.bytes += length
      this.offset = end + 2
    } else {
      request.words = []
      request.bytes = 0
      this.toSkip = length + 2
    }
    request.left -= 1
    if (request.left > 0) return undefined
    this.unfinished = undefined
    return request.excess === undefined
      ? { _tag: "Request", words: request.words }
      : { _tag: "Excessive", reason: request.excess }
  }

  /** Words on a line, as people type them. */
  private line(): Item | "more" | undefined {
    const feed = this.bytes.indexOf(lineFeed, this.offset)
    const end = feed < 0 ? this.bytes.length : feed
    if (end - this.offset > maxLineBytes) return malformed("too big inline request")
    if (feed < 0) return this.more()
    const words = wordsOf(this.bytes.subarray(this.offset, feed))
    this.offset = feed + 1
    if (words === undefined) return malformed("unbalanced quotes in request")
    return words.length === 0 ? undefined : { _tag: "Request", words }
  }

  /**
   * The number after the first character of the line; undefined if there is none. Moves past the
   * line.
   */
  private numberOnLine(tooLong: string): number | undefined | Item | "more" {
    const end = this.bytes.indexOf(carriageReturn, this.offset)
    if (end < 0 || end + 1 >= this.bytes.length) {
      return this.bytes.length - this.offset > maxLineBytes ? malformed(tooLong) : this.more()
    }
    const text = Buffer.from(
      this.bytes.subarray(this.offset + 1, Math.min(end, this.offset + 22))
    ).toString("latin1")
    const isNumber = this.bytes[end + 1] === lineFeed && /^-?\d{1,20}$/.test(text)
    this.offset = end + 2
    return isNumber ? Number(text) : undefined
  }

  private more(): "more" {
    this.needed = this.bytes.length - this.offset + 1
    return "more"
  }
}

const malformed = (reason: string): Item => ({ _tag: "Malformed", reason })

const printable = (byte: number): string =>
  byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "?"
