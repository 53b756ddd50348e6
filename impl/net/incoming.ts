/**
 * Frames as they arrive on a connection: first through the reader of an Effect socket, then, once
 * the two ends know each other, straight from the stream below it. A frame is then taken in the
 * call in which its bytes arrive, unless this end has to wait.
 */
import type { Duplex } from "node:stream"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type { Reader, SocketError } from "effect/socket/Socket"
import type { Holder, Holdings } from "../limits/holdings.ts"
import {
  type Frame,
  FrameReader,
  type FrameRefused,
  type MessageRefused,
  maxFrameBytes,
  maxHelloBytes
} from "../link/frame.ts"
import type { DecodeFrame } from "../link/wire.ts"

/** A frame, or a post or answer that cannot be taken but names its number. */
export type Taken = Frame | MessageRefused

export class Incoming implements Holder {
  /**
   * Whether the first frame has arrived. The same chunk may hold the frames after it, before anyone
   * has examined it.
   */
  private isBegun = false
  private readonly reader: Reader
  private readonly decode: DecodeFrame
  private readonly frames = new FrameReader(() => (this.isBegun ? maxFrameBytes : maxHelloBytes))
  private readonly holdings: Holdings | undefined
  private ready: Array<Taken> = []
  /** Why reading has ended. */
  private end: Effect.Effect<never, SocketError | FrameRefused> | undefined
  /** Whether frames that were handed out are in progress: later ones wait. */
  private isWorking = false
  private stream: Duplex | undefined
  private takes: (frame: Taken) => boolean = () => false
  private wake: (() => void) | undefined
  readonly evict: () => void

  constructor(
    reader: Reader,
    decode: DecodeFrame,
    holdings?: Holdings,
    evict: () => void = () => undefined
  ) {
    this.reader = reader
    this.decode = decode
    this.holdings = holdings
    this.evict = evict
  }

  /** Stops reading. */
  release(): void {
    this.holdings?.hold(this, 0, true)
  }

  /**
   * From now on bytes come straight from the stream, until the scope ends. `takes` receives each
   * frame as it arrives, and returns whether it has taken it. A frame that it has not taken, and
   * all after it, wait for `some`.
   */
  readonly goStraight = (
    stream: Duplex,
    takes: (frame: Taken) => boolean
  ): Effect.Effect<void, never, Scope.Scope> =>
    Effect.gen({ self: this }, function* () {
      this.takes = takes
      // The socket's reader would consume the bytes that it is notified of. It still reports the
      // end; it then reads only bytes that were already received.
      stream.removeAllListeners("readable")
      const hear = (bytes: Uint8Array): void => {
        this.hear(bytes)
        if (this.ready.length > 0 || this.end !== undefined) stream.pause()
        this.wake?.()
      }
      yield* Effect.acquireRelease(
        Effect.sync(() => stream.on("data", hear)),
        () => Effect.sync(() => stream.off("data", hear))
      )
      this.stream = stream
      yield* Effect.forkScoped(
        Effect.catch(Effect.forever(this.reader.pull), (error) =>
          Effect.sync(() => {
            this.end ??= Effect.fail(error)
            this.wake?.()
          })
        )
      )
    })

  /** The next frame. */
  readonly next: Effect.Effect<Taken, SocketError | FrameRefused> = Effect.suspend(() => {
    const frame = this.ready.shift()
    return frame === undefined ? Effect.andThen(this.pull, this.next) : Effect.succeed(frame)
  })

  /** All frames that wait to be taken; waits for at least one. */
  readonly some: Effect.Effect<ReadonlyArray<Taken>, SocketError | FrameRefused> = Effect.suspend(
    () => {
      const { ready } = this
      this.isWorking = ready.length > 0
      if (ready.length === 0) return Effect.andThen(this.pull, this.some)
      this.ready = []
      return Effect.succeed(ready)
    }
  )

  /** Reads and drops all bytes until the connection ends. */
  readonly rest: Effect.Effect<void> = Effect.suspend(() => {
    const { stream } = this
    if (stream === undefined) return Effect.ignore(Effect.forever(this.reader.pull))
    return Effect.callback<void>((resume) => {
      stream.removeAllListeners("data")
      stream.once("close", () => resume(Effect.void))
      stream.resume()
    })
  })

  /** Waits until there are frames, or the connection has ended. */
  private readonly pull: Effect.Effect<void, SocketError | FrameRefused> = Effect.suspend(() => {
    const { stream } = this
    if (stream !== undefined) return this.waitFor(stream)
    return Effect.flatMap(this.reader.pull, (chunks) => {
      for (const chunk of chunks) {
        this.hear(typeof chunk === "string" ? Buffer.from(chunk, "utf8") : chunk)
        if (this.end !== undefined) return this.end
      }
      return Effect.void
    })
  })

  private waitFor(stream: Duplex): Effect.Effect<void, SocketError | FrameRefused> {
    return Effect.callback((resume) => {
      this.wake = () => {
        if (this.end === undefined && this.ready.length === 0) return
        this.wake = undefined
        resume(this.end ?? Effect.void)
      }
      if (stream.isPaused()) process.nextTick(() => stream.resume())
      this.wake()
    })
  }

  /** Takes bytes as they arrive. */
  private hear(bytes: Uint8Array): void {
    let isAnother = false
    const read = this.frames.read(bytes, (payload) => {
      if (this.end !== undefined) return
      this.isBegun = true
      isAnother = true
      const frame = Result.merge(this.decode(payload))
      if (frame._tag === "FrameRefused") this.end = Effect.fail(frame)
      else if (!this.isTaken(frame)) this.ready.push(frame)
    })
    this.holdings?.hold(this, this.frames.heldBytes, isAnother)
    if (Result.isFailure(read)) this.end ??= Effect.fail(read.failure)
  }

  /** Whether the frame was taken at once. An error there ends only this connection. */
  private isTaken(frame: Taken): boolean {
    if (this.isWorking || this.ready.length > 0) return false
    try {
      return this.takes(frame)
    } catch (defect) {
      this.end = Effect.die(defect)
      return true
    }
  }
}
