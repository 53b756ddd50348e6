/**
 * The frames that two endpoints exchange: a length (four bytes, little-endian), then that
 * many bytes of JSON or of its compact form (`wire.ts`).
 *
 * - `Hello` comes first, in both directions: the sender's name, role, protocol and system.
 * - `Post` carries a message of a process. Its sender keeps it, and repeats it until an answer
 *   arrives.
 * - `Answer` says that the receiver took the step of a post, and carries the messages that this
 *   step sent back.
 * - `Marks` shows how far nodes' memories have reached (`memory/mark.ts`).
 * - `Begin` tells a node that belongs to no system which system it joins.
 * - `Declined` says that the receiver will not take the step of a post, and why: the sender does
 *   not repeat the post.
 * - `Settled` says up to which number the sender's posts are settled, when there is no post to
 *   carry that number.
 * - `Refused` says why the connection is about to end.
 */
// Compiles Schemas to functions: a quarter less work for each operation of the store.
import "effect/schema/SchemaJITCompiler/enable"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Count, maxNameLength, NodeId } from "../../spec/kernel/node.ts"
import { Members, type ServerSet } from "../../spec/nodes/nodes.ts"
import { RegisterName } from "../../spec/register/operation.ts"
import { Mark } from "../memory/mark.ts"
import { TraceContext } from "../tracing/tracing.ts"

/** The version of the wire format. An endpoint refuses any other version. */
export const wireVersion = 3

/** The maximum size of a frame: a value of 1 MiB, twice as long in JSON, and some room. */
export const maxFrameBytes = 4 * 2 ** 20
/**
 * The maximum size of the first frame: a `Hello` holds little more than the names of the first
 * configuration's members.
 */
export const maxHelloBytes = 16 * 1024
/** The maximum length of a reason, in characters. */
export const maxReasonLength = 500
/**
 * The maximum number of messages in one answer: a step sends few messages to the process that
 * asked.
 */
const maxAnswered = 64

/** The name of an endpoint, a protocol or a system. */
export const Name = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(maxNameLength))

/** A message between two processes about a register. */
export interface Envelope {
  readonly from: NodeId
  readonly to: NodeId
  readonly key: string
  readonly message: unknown
  /** The span that caused the message, if its operation is traced. */
  readonly trace?: TraceContext
}

/**
 * The role of an endpoint: a storage node, a client, or an administrator, which is a client that
 * may reconfigure.
 */
export const Role = Schema.Literals(["node", "client", "administrator"])
export type Role = typeof Role.Type

export interface Hello {
  readonly _tag: "Hello"
  readonly version: number
  readonly protocol: string
  /**
   * The members of the first configuration of the sender's system; null if it belongs to none, or
   * if a client does not know it yet.
   */
  readonly first: ServerSet | null
  readonly endpoint: string
  readonly role: Role
  /** The layout of the compact frames that the sender reads (`wire.ts`), if it reads any. */
  readonly layout?: string
}
export interface Post {
  readonly _tag: "Post"
  /** Numbers the posts from one endpoint to another, from 1 on. */
  readonly sequence: number
  /** All posts with smaller numbers are settled. */
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
  /** The keys that an administrator gives to the node, in a system that has one. */
  readonly given?: unknown
}
/**
 * Why the receiver does not take a step:
 *
 * - `unknown`: the message is of no known kind, or breaks a bound;
 * - `foreign`: the sender speaks for a process that does not live at its end;
 * - `forbidden`: the sender may not send this message;
 * - `full`: the receiver has no room for what it would have to store;
 * - `busy`: too many of the sender's posts are unsettled; it may send the same post again later;
 * - `too-large`: the answer does not fit into a frame.
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

/** The Schema of an envelope around a message of this Schema. */
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

const Reason = Schema.String.check(Schema.isMaxLength(maxReasonLength))

/** The Schema of a frame around messages of this Schema. */
export const frameOf = (Message: Schema.Codec<unknown, unknown>): Schema.Codec<Frame, unknown> => {
  const Envelope = envelopeOf(Message)
  return Schema.Union([
    Schema.TaggedStruct("Post", { sequence: Count, settled: Count, envelope: Envelope }),
    Schema.TaggedStruct("Answer", {
      sequence: Count,
      envelopes: Schema.Array(Envelope).check(Schema.isMaxLength(maxAnswered))
    }),
    Schema.TaggedStruct("Declined", { sequence: Count, kind: Kind, reason: Reason }),
    Schema.TaggedStruct("Settled", { settled: Count }),
    Schema.TaggedStruct("Hello", {
      version: Count,
      protocol: Name,
      first: Schema.NullOr(Members),
      endpoint: Name,
      role: Role,
      layout: Schema.optionalKey(Name)
    }),
    Schema.TaggedStruct("Refused", { reason: Reason }),
    Schema.TaggedStruct("Marks", {
      marks: Schema.Array(Mark).check(Schema.isMaxLength(maxMarks))
    }),
    Schema.TaggedStruct("Begin", {
      first: Members.check(Schema.isMinLength(1)),
      given: Schema.optionalKey(Schema.Unknown)
    })
  ])
}

/** The maximum number of marks in one frame. */
const maxMarks = 256

/** The bytes received are not a valid frame: the connection ends. */
export class FrameRefused extends Schema.TaggedError<FrameRefused>()("FrameRefused", {
  reason: Schema.String
}) {
  override get message(): string {
    return this.reason
  }
}

/** The receiver cannot take this post or answer. The connection continues. */
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
 * The part of a post or an answer that must be valid for the receiver to report that the rest is
 * not.
 */
export const Outline = Schema.Struct({ _tag: Schema.Literals(["Post", "Answer"]), sequence: Count })

/** Shortens a reason so that it fits into a frame. */
export const inShort = (reason: string): string =>
  reason.length <= maxReasonLength ? reason : `${reason.slice(0, maxReasonLength - 1)}…`

/** A frame that every endpoint can read: its length, then its JSON. */
export const encodeFrame = (frame: Frame): Uint8Array => {
  const text = JSON.stringify(frame)
  const bytes = Buffer.allocUnsafe(4 + Buffer.byteLength(text, "utf8"))
  bytes.writeUInt32LE(bytes.length - 4, 0)
  bytes.write(text, 4, "utf8")
  return bytes
}

/**
 * Cuts a stream of bytes into frames. It holds at most one incomplete frame; `limit` bounds its
 * length when the length is read.
 */
export class FrameReader {
  private readonly limit: () => number
  private readonly parts: Array<Uint8Array> = []
  private held = 0

  constructor(limit: () => number) {
    this.limit = limit
  }

  /** The bytes held of an incomplete frame. */
  get heldBytes(): number {
    return this.held
  }

  /** Takes bytes as they arrive, and passes on the payload of each frame that they complete. */
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
            reason: `a frame of ${needed - 4} bytes; at most ${limit} are accepted here`
          })
        )
  }

  /** The length of the first frame with its length field, as far as it is known. */
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
 * The length of the frame that begins at the offset; undefined if its first four bytes are
 * incomplete.
 */
const lengthAt = (bytes: Uint8Array, offset: number): number | undefined =>
  bytes.length - offset < 4
    ? undefined
    : 4 + new DataView(bytes.buffer, bytes.byteOffset + offset, 4).getUint32(0, true)
