/**
 * How frames are written and read: as JSON, which every endpoint reads, or compactly
 * (`../compact/compact.ts`) to a peer whose hello names the same layout. The payload of a compact
 * frame begins with a mark that never begins JSON, so a reader accepts both.
 *
 * A hello is always JSON. Endpoints of two versions therefore talk to each other, whether the
 * messages of their protocol are the same or not.
 */
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type Compact, compactOf } from "../compact/compact.ts"
import { Malformed } from "../compact/reader.ts"
import {
  encodeFrame,
  type Frame,
  FrameRefused,
  frameOf,
  inShort,
  MessageRefused,
  maxFrameBytes,
  maxHelloBytes,
  Outline,
  wireVersion
} from "./frame.ts"
import { maxParts, oversized } from "./shape.ts"

/** Reads frames, without their length. */
export interface DecodeFrame {
  (payload: Uint8Array): Result.Result<Frame, FrameRefused | MessageRefused>
  /** The layout of compact frames that it reads; undefined if it reads none. */
  readonly layout: string | undefined
}

/** The first byte of a compact payload. */
const compactMark = 1
/** The length of a frame, and the mark. */
const headBytes = 5

/** One for each Schema: a process that has several endpoints derives it once. */
const compacts = new WeakMap<object, Compact | undefined>()

const compactFrames = (Message: Schema.Codec<unknown, unknown>): Compact | undefined => {
  if (!compacts.has(Message)) {
    compacts.set(Message, compactOf(frameOf(Message).ast, { maxParts, parse: parseInner }))
  }
  return compacts.get(Message)
}

/** Reads JSON within a compact frame. */
const parseInner = (json: string): unknown => {
  const tooMuch = oversized(Buffer.from(json))
  if (tooMuch !== undefined) throw new Malformed(tooMuch)
  try {
    return JSON.parse(json)
  } catch {
    throw new Malformed("it holds text that is not JSON")
  }
}

/**
 * Writes frames around messages of this Schema compactly. A frame without a compact form, or one
 * that is too large, is written as JSON: a peer then refuses it as it would from any sender.
 */
export const compactEncoder = (
  Message: Schema.Codec<unknown, unknown>
): ((frame: Frame) => Uint8Array) => {
  const compact = compactFrames(Message)
  return (frame) => {
    const bytes = compact?.encode(frame, headBytes)
    if (bytes === undefined || bytes.length - 4 > maxFrameBytes) return encodeFrame(frame)
    bytes.writeUInt32LE(bytes.length - 4, 0)
    bytes[4] = compactMark
    return bytes
  }
}

/** Reads frames around messages of this Schema. */
export const frameDecoder = (Message: Schema.Codec<unknown, unknown>): DecodeFrame => {
  const compact = compactFrames(Message)
  const decode = Schema.decodeUnknownResult(frameOf(Message))
  const outline = Schema.decodeUnknownOption(Outline)
  const decodeData = (data: unknown): Result.Result<Frame, FrameRefused | MessageRefused> => {
    const other = otherVersion(data)
    if (other !== undefined) {
      return refused(
        `it speaks version ${other} of the wire format; this endpoint speaks ${wireVersion}`
      )
    }
    return Result.mapError(decode(data), ({ message }) => {
      const reason = inShort(`it is not a known message: ${message.replace(/\s+/g, " ")}`)
      return Option.match(outline(data), {
        onNone: () => new FrameRefused({ reason: "a frame is of unknown kind" }),
        onSome: ({ _tag: frame, sequence }) => new MessageRefused({ frame, sequence, reason })
      })
    })
  }
  const decodeJson = (payload: Uint8Array): ReturnType<DecodeFrame> => {
    const tooMuch = payload.length <= maxHelloBytes ? undefined : oversized(payload)
    if (tooMuch !== undefined) return refused(`a frame is refused: ${tooMuch}`)
    let data: unknown
    try {
      data = JSON.parse(textDecoder.decode(payload))
    } catch {
      return refused("a frame is not JSON in UTF-8")
    }
    return decodeData(data)
  }
  const decodeFrame = (payload: Uint8Array): ReturnType<DecodeFrame> => {
    if (compact === undefined || payload[0] !== compactMark) return decodeJson(payload)
    const decoded = compact.decode(payload, 1)
    switch (decoded._tag) {
      case "Value": {
        const frame = decoded.value as Frame
        // A hello of another version is refused, however it is written.
        return frame._tag === "Hello" ? decodeData(frame) : Result.succeed(frame)
      }
      case "Unchecked":
        return decodeData(decoded.data)
      case "Malformed":
        return refused(`a frame is refused: ${decoded.reason}`)
    }
  }
  return Object.assign(decodeFrame, { layout: compact?.layout })
}

const refused = (reason: string) => Result.fail(new FrameRefused({ reason }))

/** The version in a hello, if it is not ours. Nothing is known of its other fields. */
const otherVersion = (data: unknown): number | undefined => {
  const { _tag, version } = (data ?? {}) as { readonly _tag?: unknown; readonly version?: unknown }
  return _tag === "Hello" && Number.isSafeInteger(version) && version !== wireVersion
    ? (version as number)
    : undefined
}

const textDecoder = new TextDecoder("utf-8", { fatal: true })
