/**
 * The bytes to send on a connection. Frames sent in the same turn leave in one write: first by a
 * fiber, through the writer of an Effect socket, then straight into the stream below it.
 */
import type { Duplex } from "node:stream"
import * as Effect from "effect/Effect"
import type { Channel } from "../environment/channel.ts"

/**
 * When a peer that dialled has left this many bytes unread, this end stops reading from it and
 * repeats nothing to it.
 */
const busyBytes = 2 ** 20

export class Outbox implements Channel {
  isCompact = false
  private isClosed = false
  private onClose: (() => void) | undefined
  private readonly frames: Array<Uint8Array> = []
  /** The bytes of queued frames and of those being written. */
  private bytes = 0
  /** Starts the write of the queued bytes, if one is awaited. */
  private wake: (() => void) | undefined
  private isStraight = false
  private readonly maxBytes: number

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  readonly isBusy = (): boolean => this.bytes > busyBytes

  readonly send = (frame: Uint8Array): void => {
    if (this.isClosed) return
    this.frames.push(frame)
    this.bytes += frame.length
    if (this.bytes > this.maxBytes) this.close()
    this.wake?.()
  }

  closedBecause = "a newer connection replaces this one, or it is too slow"

  readonly close = (because = this.closedBecause): void => {
    this.isClosed = true
    this.closedBecause = because
    this.frames.length = 0
    this.bytes = 0
    this.onClose?.()
  }

  /** Waits until the outbox is closed. */
  readonly closed: Effect.Effect<void> = Effect.callback<void>((resume) => {
    this.onClose = () => resume(Effect.void)
    if (this.isClosed) resume(Effect.void)
  })

  /** The bytes to send now; waits until there are some. */
  readonly take: Effect.Effect<Uint8Array> = Effect.callback<Uint8Array>((resume) => {
    const hand = (): void => {
      if (this.isStraight) return
      this.wake = undefined
      resume(Effect.succeed(this.batch()))
    }
    if (this.isStraight) return
    if (this.frames.length > 0) hand()
    // Frames that are sent in the same turn join the batch.
    else {
      this.wake = () => {
        this.wake = undefined
        setImmediate(hand)
      }
    }
  })

  /** Counts bytes that have left. */
  readonly left = (bytes: number): void => {
    this.bytes = Math.max(0, this.bytes - bytes)
  }

  /** From now on bytes go straight into the stream, and no fiber takes them. */
  goStraight(stream: Duplex): void {
    this.isStraight = true
    const write = (): void => {
      this.wake = undefined
      if (this.isClosed || stream.destroyed) return
      if (this.frames.length === 0) {
        this.wake = later
        return
      }
      const batch = this.batch()
      if (stream.write(batch)) {
        this.left(batch.length)
        write()
      } else
        stream.once("drain", () => {
          this.left(batch.length)
          write()
        })
    }
    const later = (): void => {
      this.wake = undefined
      setImmediate(write)
    }
    later()
  }

  /** Takes a batch of frames of bounded size from the queue. */
  private batch(): Uint8Array {
    let count = 0
    for (let bytes = 0; count < this.frames.length && bytes < busyBytes; count++) {
      bytes += (this.frames[count] as Uint8Array).length
    }
    const taken = this.frames.splice(0, count)
    return taken.length === 1 ? (taken[0] as Uint8Array) : Buffer.concat(taken)
  }
}
