/**
 * What two endpoints say to each other: frames, each a length (four bytes, little-endian) and that
 * much JSON.
 *
 * - `Hello` comes first, in both directions: who is there, and what it speaks.
 * - `Post` carries a message of a process. It stays with its sender, and is repeated, until it is
 *   answered.
 * - `Answer` says that the step of a post was taken, and carries the messages that this step sent
 *   back.
 * - `Marks` shows how far nodes' memories went (`memory/mark.ts`).
 * - `Begin` tells a node that is of no system which one it is of from now on.
 * - `Declined` says that the step of a post will not be taken, and why: the post is not repeated.
 * - `Settled` says how far the sender's posts have been answered, when there is no post to say it
 *   with.
 * - `Refused` says why the connection is about to end.
 */
// Compiles Schemas to functions: a quarter less work for each operation of the store.
import "effect/schema/SchemaJITCompiler/enable"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Count, mostNameLength, NodeId } from "../../spec/kernel/node.ts"
import { Members, type ServerSet } from "../../spec/nodes/nodes.ts"
import { RegisterName } from "../../spec/register/operation.ts"
import { Mark } from "../memory/mark.ts"
import { TraceContext } from "../tracing/tracing.ts"
import { oversized } from "./shape.ts"

/** The version of this language; endpoints that speak another are refused. */
export const wireVersion = 2

/** A frame: a value of 1 MiB that JSON makes twice as long, and some. */
export const mostFrameBytes = 4 * 2 ** 20
/**
 * Before a `Hello` there is no reason to say much: it has the names of a first configuration's
 * members.
 */
export const mostHelloBytes = 16 * 1024
/** The most characters of a reason. */
export const mostReasonLength = 500
/** The most messages with one answer: a step sends few to whoever asked. */
const mostAnswered = 64

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

/**
 * What an endpoint is: a storage node, or a client, which may be one that changes the
 * configuration.
 */
export const Role = Schema.Literals(["node", "client", "administrator"])
export type Role = typeof Role.Type

export interface Hello {
  readonly _tag: "Hello"
  readonly version: number
  readonly protocol: string
  /**
   * The members of the first configuration of its system; null as long as it is of none, or a
   * client knows of none.
   */
  readonly first: ServerSet | null
  readonly endpoint: string
  readonly role: Role
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
export interface Marks {
  readonly _tag: "Marks"
  readonly marks: ReadonlyArray<Mark>
}
export interface Begin {
  readonly _tag: "Begin"
  readonly first: ServerSet
  /** The keys that an administrator gives it, in a system that has one. */
  readonly given?: unknown
}
/**
 * Why a step is not taken:
 *
 * - `unknown`: the message is none that is known, or breaks a bound;
 * - `foreign`: the sender speaks for a process that does not live there;
 * - `forbidden`: the sender may not send it;
 * - `full`: there is no room for what would have to be kept;
 * - `busy`: too many of the sender's posts are unsettled; the same post may be taken later;
 * - `too-large`: the answer fits into no frame.
 */
export const Kind = Schema.Literals([
  "unknown",
  "foreign",
  "forbidden",
  "full",
  "busy",
  "too-large"
])
export type Kind = typeof Kind.Type
export interface Refusal {
  readonly kind: Kind
  readonly reason: string
}
export interface Declined extends Refusal {
  readonly _tag: "Declined"
  readonly sequence: number
}
export interface Settled {
  readonly _tag: "Settled"
  readonly settled: number
}
export interface Refused {
  readonly _tag: "Refused"
  readonly reason: string
}
export type Frame = Hello | Post | Answer | Declined | Settled | Refused | Marks | Begin

/** The Schema of an envelope around messages of this Schema. */
export const envelopeOf = (
  Message: Schema.Codec<unknown, unknown>
): Schema.Codec<Envelope, unknown> =>
  Schema.Struct({
    from: NodeId,
    to: NodeId,
    key: RegisterName,
    message: Message,
    trace: Schema.optionalKey(TraceContext)
  })

const Reason = Schema.String.check(Schema.isMaxLength(mostReasonLength))

/** The Schema of frames around messages of this Schema. */
export const frameOf = (Message: Schema.Codec<unknown, unknown>): Schema.Codec<Frame, unknown> => {
  const Envelope = envelopeOf(Message)
  return Schema.Union([
    Schema.TaggedStruct("Post", { sequence: Count, settled: Count, envelope: Envelope }),
    Schema.TaggedStruct("Answer", {
      sequence: Count,
      envelopes: Schema.Array(Envelope).check(Schema.isMaxLength(mostAnswered))
    }),
    Schema.TaggedStruct("Declined", { sequence: Count, kind: Kind, reason: Reason }),
    Schema.TaggedStruct("Settled", { settled: Count }),
    Schema.TaggedStruct("Hello", {
      version: Count,
      protocol: Name,
      first: Schema.NullOr(Members),
      endpoint: Name,
      role: Role
    }),
    Schema.TaggedStruct("Refused", { reason: Reason }),
    Schema.TaggedStruct("Marks", {
      marks: Schema.Array(Mark).check(Schema.isMaxLength(mostMarks))
    }),
    Schema.TaggedStruct("Begin", {
      first: Members.check(Schema.isMinLength(1)),
      given: Schema.optionalKey(Schema.Unknown)
    })
  ])
}

/** So many marks are shown at once. */
const mostMarks = 256

/** What came is no frame: the connection it came from ends. */
export class FrameRefused extends Schema.TaggedError<FrameRefused>()("FrameRefused", {
  reason: Schema.String
}) {
  override get message(): string {
    return this.reason
  }
}

/** What came is a post or an answer that cannot be taken. The connection goes on. */
export class MessageRefused extends Schema.TaggedError<MessageRefused>()("MessageRefused", {
  frame: Schema.Literals(["Post", "Answer"]),
  sequence: Count,
  reason: Schema.String
}) {
  override get message(): string {
    return this.reason
  }
}

/**
 * As much of a post or an answer as has to be right for somebody to be told that the rest is not.
 */
const Outline = Schema.Struct({ _tag: Schema.Literals(["Post", "Answer"]), sequence: Count })

/** A reason that fits into a frame. */
export const inShort = (reason: string): string =>
  reason.length <= mostReasonLength ? reason : `${reason.slice(0, mostReasonLength - 1)}…`

/** The frame as it is sent, with its length in front. */
export const encodeFrame = (frame: Frame): Uint8Array => {
  const text = JSON.stringify(frame)
  const bytes = Buffer.allocUnsafe(4 + Buffer.byteLength(text, "utf8"))
  bytes.writeUInt32LE(bytes.length - 4, 0)
  bytes.write(text, 4, "utf8")
  return bytes
}

export type DecodeFrame = (
  payload: Uint8Array
) => Result.Result<Frame, FrameRefused | MessageRefused>

/** Reads frames, without their length, around messages of this Schema. */
export const frameDecoder = (Message: Schema.Codec<unknown, unknown>): DecodeFrame => {
  const decode = Schema.decodeUnknownResult(frameOf(Message))
  const outline = Schema.decodeUnknownOption(Outline)
  return (payload) => {
    const tooMuch = oversized(payload)
    if (tooMuch !== undefined)
      return Result.fail(new FrameRefused({ reason: `a frame is refused: ${tooMuch}` }))
    let data: unknown
    try {
      data = JSON.parse(textDecoder.decode(payload))
    } catch {
      return Result.fail(new FrameRefused({ reason: "a frame is not JSON in UTF-8" }))
    }
    const other = otherVersion(data)
    if (other !== undefined) {
      return Result.fail(
        new FrameRefused({
          reason: `it speaks version ${other} of the wire format, and we speak ${wireVersion}`
        })
      )
    }
    return Result.mapError(decode(data), ({ message }) => {
      const reason = inShort(`it is none that is known: ${message.replace(/\s+/g, " ")}`)
      return Option.match(outline(data), {
        onNone: () => new FrameRefused({ reason: "a frame is none that is known" }),
        onSome: ({ _tag: frame, sequence }) => new MessageRefused({ frame, sequence, reason })
      })
    })
  }
}

/** The version that a hello is of, if it is another: of what else is in it nothing is known. */
const otherVersion = (data: unknown): number | undefined => {
  const { _tag, version } = (data ?? {}) as { readonly _tag?: unknown; readonly version?: unknown }
  return _tag === "Hello" && Number.isSafeInteger(version) && version !== wireVersion
    ? (version as number)
    : undefined
}

const textDecoder = new TextDecoder("utf-8", { fatal: true })

/**
 * Cuts a stream of bytes into frames. Holds at most one incomplete frame, whose length is bounded
 * by what `limit` says when the length is read.
 */
export class FrameReader {
  private readonly limit: () => number
  private readonly parts: Array<Uint8Array> = []
  private held = 0

  constructor(limit: () => number) {
    this.limit = limit
  }

  /** How much of a frame that is not complete is held. */
  get heldBytes(): number {
    return this.held
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
          new FrameRefused({
            reason: `a frame of ${needed - 4} bytes; at most ${limit} are taken here`
          })
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

/**
 * The length of the frame that begins at the offset, with its first four bytes; undefined if these
 * are not there.
 */
const lengthAt = (bytes: Uint8Array, offset: number): number | undefined =>
  bytes.length - offset < 4
    ? undefined
    : 4 + new DataView(bytes.buffer, bytes.byteOffset + offset, 4).getUint32(0, true)
