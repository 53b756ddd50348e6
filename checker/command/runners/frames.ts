/**
 * Frames between the processes of a search: the lengths of their two parts, then a head in JSON,
 * and bytes. Lengths are checked before anything of a frame is kept.
 */
import * as Schema from "effect/Schema"

const lengthsBytes = 8
/** A round has at most 2^17 states, so what is said of its states fits into these. */
export const maxHeadBytes = 1 << 26
export const maxBytes = 1 << 26

export interface Frame {
  readonly head: unknown
  readonly bytes: Uint8Array
}

/** Bytes that are no frame of a search. */
export class FrameRefused extends Schema.TaggedError<FrameRefused>()("FrameRefused", {
  message: Schema.String
}) {}

const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { fatal: true })

export const encodeFrame = (head: unknown, bytes: Uint8Array): ReadonlyArray<Uint8Array> => {
  const text = encoder.encode(JSON.stringify(head))
  if (text.length > maxHeadBytes || bytes.length > maxBytes)
    throw new FrameRefused({
      message: `a frame of ${text.length} and ${bytes.length} bytes is larger than a frame may be`
    })
  const lengths = new Uint8Array(lengthsBytes)
  const view = new DataView(lengths.buffer)
  view.setUint32(0, text.length)
  view.setUint32(4, bytes.length)
  return bytes.length === 0 ? [lengths, text] : [lengths, text, bytes]
}

/** Cuts a stream of bytes into frames. */
export class FrameReader {
  /** The part that is being read, how much of it has arrived, and the parts before it. */
  private part: Uint8Array<ArrayBuffer> = new Uint8Array(lengthsBytes)
  private filled = 0
  private before: "nothing" | "lengths" | "head" = "nothing"
  private bytesLength = 0
  private head: unknown
  private readonly take: (frame: Frame) => void

  constructor(take: (frame: Frame) => void) {
    this.take = take
  }

  push(chunk: Uint8Array): void {
    for (let from = 0; from < chunk.length; ) {
      const length = Math.min(chunk.length - from, this.part.length - this.filled)
      this.part.set(chunk.subarray(from, from + length), this.filled)
      this.filled += length
      from += length
      while (this.filled === this.part.length) this.endPart()
    }
  }

  private endPart(): void {
    const { part } = this
    if (this.before === "nothing") {
      const view = new DataView(part.buffer)
      const headLength = view.getUint32(0)
      this.bytesLength = view.getUint32(4)
      if (headLength === 0 || headLength > maxHeadBytes || this.bytesLength > maxBytes)
        throw new FrameRefused({ message: "it begins with lengths that no frame has" })
      this.begin("lengths", headLength)
    } else if (this.before === "lengths") {
      this.head = parsed(part)
      this.begin("head", this.bytesLength)
    } else {
      const { head } = this
      this.begin("nothing", lengthsBytes)
      this.take({ head, bytes: part })
    }
  }

  private begin(before: "nothing" | "lengths" | "head", length: number): void {
    this.before = before
    this.part = new Uint8Array(length)
    this.filled = 0
  }
}

const parsed = (text: Uint8Array): unknown => {
  try {
    return JSON.parse(decoder.decode(text))
  } catch {
    throw new FrameRefused({ message: "its head is not JSON" })
  }
}
