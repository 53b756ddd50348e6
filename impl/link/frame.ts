/**
 * What two endpoints say to each other: frames, each a length (four bytes, little-endian) and that much JSON.
 *
 * - `Hello` comes first, in both directions: who is there, and what it speaks.
 * - `Post` carries a message of a process. It stays with its sender, and is repeated, until it is answered.
 * - `Answer` says that the step of a post was taken, and carries the messages that this step sent back.
 * - `Settled` says how far the sender's posts have been answered, when there is no post to say it with.
 * - `Refused` says why the connection is about to end.
 */
// Compiles Schemas to functions: a quarter less work for each operation of the store.
import "effect/schema/SchemaJITCompiler/enable"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Count, mostNameLength, NodeId } from "../../spec/kernel/node.ts"
import { RegisterName } from "../../spec/register/operation.ts"
import { TraceContext } from "../tracing/tracing.ts"

/** The version of this language; endpoints that speak another are refused. */
export const wireVersion = 1

/** A frame: a value of 1 MiB that JSON makes twice as long, and some. */
export const mostFrameBytes = 4 * 2 ** 20
/** Before a `Hello` there is no reason to say much. */
export const mostHelloBytes = 4096

/** The name of an endpoint, a protocol or a system. */
export const Name = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(mostNameLength))

/** A message of a process about a register: between which processes, and which register. */
export interface Envelope {
  readonly from: NodeId
  readonly to: NodeId
  readonly key: string
  readonly message: unknown
  /** The span that caused it, if its operation is traced. */
  readonly trace?: TraceContext
}

export interface Hello {
  readonly _tag: "Hello"
  readonly version: number
  readonly protocol: string
  /** Which system it is of: what its protocol and its first configuration come to (`systemOf`). */
  readonly system: string
  readonly endpoint: string
}
export interface Post {
  readonly _tag: "Post"
  /** Numbers the posts of an endpoint to another one, from 1 on. */
  readonly sequence: number
  /** All posts with smaller numbers have been answered. */
  readonly settled: number
  readonly envelope: Envelope
}
export interface Answer {
  readonly _tag: "Answer"
  readonly sequence: number
  readonly envelopes: ReadonlyArray<Envelope>
}
export interface Settled {
  readonly _tag: "Settled"
  readonly settled: number
}
export interface Refused {
  readonly _tag: "Refused"
  readonly reason: string
}
export type Frame = Hello | Post | Answer | Settled | Refused

/** The Schema of an envelope around messages of this Schema. */
export const envelopeOf = (Message: Schema.Codec<unknown, unknown>): Schema.Codec<Envelope, unknown> =>
  Schema.Struct({
    from: NodeId,
    to: NodeId,
    key: RegisterName,
    message: Message,
    trace: Schema.optionalKey(TraceContext)
  })

/** The Schema of frames around messages of this Schema. */
const frameOf = (Message: Schema.Codec<unknown, unknown>): Schema.Codec<Frame, unknown> => {
  const Envelope = envelopeOf(Message)
  return Schema.Union([
    Schema.TaggedStruct("Post", { sequence: Count, settled: Count, envelope: Envelope }),
    Schema.TaggedStruct("Answer", { sequence: Count, envelopes: Schema.Array(Envelope) }),
    Schema.TaggedStruct("Settled", { settled: Count }),
    Schema.TaggedStruct("Hello", { version: Count, protocol: Name, system: Name, endpoint: Name }),
    Schema.TaggedStruct("Refused", { reason: Schema.String })
  ])
}

/** What came is no frame: the connection it came from ends. */
export class FrameRefused extends Schema.TaggedError<FrameRefused>()("FrameRefused", {
  reason: Schema.String
}) {
  override get message(): string {
    return this.reason
  }
}

/** The frame as it is sent, with its length in front. */
export const encodeFrame = (frame: Frame): Uint8Array => {
  const text = JSON.stringify(frame)
  const bytes = Buffer.allocUnsafe(4 + Buffer.byteLength(text, "utf8"))
  bytes.writeUInt32LE(bytes.length - 4, 0)
  bytes.write(text, 4, "utf8")
  return bytes
}

export type DecodeFrame = (payload: Uint8Array) => Result.Result<Frame, FrameRefused>

/** Reads frames, without their length, around messages of this Schema. */
export const frameDecoder = (Message: Schema.Codec<unknown, unknown>): DecodeFrame => {
  const decode = Schema.decodeUnknownResult(frameOf(Message))
  return (payload) => {
    let data: unknown
    try {
      data = JSON.parse(textDecoder.decode(payload))
    } catch {
      return Result.fail(new FrameRefused({ reason: "a frame is not JSON in UTF-8" }))
    }
    return Result.mapError(decode(data), () => new FrameRefused({ reason: "a frame is none that is known" }))
  }
}

const textDecoder = new TextDecoder("utf-8", { fatal: true })

/**
 * Cuts a stream of bytes into frames. Holds at most one incomplete frame, whose length is bounded by what `limit`
 * says when the length is read.
 */
export class FrameReader {
  private readonly limit: () => number
  private readonly parts: Array<Uint8Array> = []
  private held = 0

  constructor(limit: () => number) {
    this.limit = limit
  }

  /** Takes bytes as they come, and hands on the payload of each frame that they complete. */
  read(chunk: Uint8Array, take: (payload: Uint8Array) => void): Result.Result<void, FrameRefused> {
    this.parts.push(chunk)
    this.held += chunk.length
    let needed = this.neededBytes()
    if (needed !== undefined && this.held < needed) return this.check(needed)
    const bytes = this.joined()
    let offset = 0
    for (needed = lengthAt(bytes, 0); needed !== undefined; needed = lengthAt(bytes, offset)) {
      const checked = this.check(needed)
      if (Result.isFailure(checked)) return checked
      if (bytes.length - offset < needed) break
      take(bytes.subarray(offset + 4, offset + needed))
      offset += needed
    }
    this.parts.length = 0
    this.held = bytes.length - offset
    if (this.held > 0) this.parts.push(bytes.subarray(offset))
    return Result.succeed(undefined)
  }

  private check(needed: number): Result.Result<void, FrameRefused> {
    const limit = this.limit()
    return needed - 4 <= limit
      ? Result.succeed(undefined)
      : Result.fail(
          new FrameRefused({ reason: `a frame of ${needed - 4} bytes; at most ${limit} are taken here` })
        )
  }

  /** How many bytes the first frame takes, as far as that is known. */
  private neededBytes(): number | undefined {
    if (this.held < 4) return 4
    const first = this.parts[0] as Uint8Array
    return lengthAt(first.length >= 4 ? first : this.joined(), 0)
  }

  private joined(): Uint8Array {
    if (this.parts.length === 1) return this.parts[0] as Uint8Array
    const bytes = Buffer.concat(this.parts)
    this.parts.splice(0, this.parts.length, bytes)
    return bytes
  }
}

/** The length of the frame that begins at the offset, with its first four bytes; undefined if these are not there. */
const lengthAt = (bytes: Uint8Array, offset: number): number | undefined =>
  bytes.length - offset < 4
    ? undefined
    : 4 + new DataView(bytes.buffer, bytes.byteOffset + offset, 4).getUint32(0, true)
