/**
 * A hostile client, with a certificate and the right protocol. It sends frames that are well-formed
 * and absurd, as fast as they are accepted, over several connections and under several names.
 */
import { connect as connectTls, type TLSSocket } from "node:tls"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as fc from "fast-check"
import type { Keys } from "../../../impl/keys/keys.ts"
import {
  encodeFrame,
  type Frame,
  FrameReader,
  frameOf,
  type Hello,
  maxFrameBytes
} from "../../../impl/link/frame.ts"
import { compactEncoder, frameDecoder } from "../../../impl/link/wire.ts"
import { runnableNamed } from "../../../impl/protocols.ts"
import { absurd } from "./absurd.ts"

/** What came of what was sent. */
export interface Tally {
  frames: number
  bytes: number
  answered: number
  declined: number
  /** How often the other end said why it ends the connection. */
  refused: number
  /** How often it did without saying so: something broke. */
  broken: number
}

export const emptyTally = (): Tally => ({
  frames: 0,
  bytes: 0,
  answered: 0,
  declined: 0,
  refused: 0,
  broken: 0
})

/** A frame, given the name of its sender and the number of its next post. */
export type Absurd = (peer: string, node: string, next: () => number) => unknown

/**
 * Mostly posts of one's own with absurd messages, which get as far as a process; and anything that
 * is shaped as a frame.
 */
const absurdFrames = (Message: Schema.Codec<unknown, unknown>): fc.Arbitrary<Absurd> => {
  const key = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom("k1", "k2", "k3", "", "__proto__") },
    { weight: 1, arbitrary: fc.string({ maxLength: 40, unit: "binary" }) }
  )
  const large = fc.constantFrom("v".repeat(100_000), "\u0001".repeat(50_000))
  return fc.oneof(
    {
      weight: 200,
      arbitrary: fc.tuple(absurd(Message.ast), key, fc.nat({ max: 9 })).map(
        ([message, about, process]): Absurd =>
          (peer, node, next) => {
            const sequence = next()
            const envelope = { from: `${peer}/${process}`, to: node, key: about, message }
            return { _tag: "Post", sequence, settled: Math.max(0, sequence - 100), envelope }
          }
      )
    },
    {
      weight: 1,
      arbitrary: fc.tuple(large, fc.nat({ max: 1000 })).map(
        ([value, number]): Absurd =>
          (peer, node, next) => {
            const sequence = next()
            const pair = { value, timestamp: { number: number + 1, client: `${peer}/1` } }
            const message = { _tag: "Set", operation: 1, phase: 1, pair }
            const envelope = { from: `${peer}/1`, to: node, key: `large ${number}`, message }
            return { _tag: "Post", sequence, settled: Math.max(0, sequence - 100), envelope }
          }
      )
    },
    {
      weight: 1,
      arbitrary: absurd(frameOf(Message).ast).map(
        (frame): Absurd =>
          () =>
            frame
      )
    }
  )
}

/** So many frames are made, and sent again and again. */
const maxDifferent = 20_000
/** A connection is used for this many frames, and ends. */
const framesOfConnection = 2_000
/** So long is waited for an answer while none comes. */
const maxStillSeconds = 5
/** Between two attempts to reach a node that is not there. */
const absentMilliseconds = 100
/** So many posts may be without an answer before more are sent. */
const maxUnanswered = 500

/** So many frames, no two runs with one seed differ. */
export const poolOf = (
  Message: Schema.Codec<unknown, unknown>,
  frames: number,
  seed: number
): ReadonlyArray<Absurd> =>
  fc.sample(absurdFrames(Message), { numRuns: Math.min(frames, maxDifferent), seed })

/** Sends this many frames of the pool to the node that listens there. */
export const beHostile = async (
  pool: ReadonlyArray<Absurd>,
  port: number,
  keys: Keys,
  frames: number,
  seed: number,
  tally: Tally = emptyTally()
): Promise<Tally> => {
  let sent = 0
  for (let connection = 0; sent < frames; connection++) {
    const peer = `mallory.hostile-${seed}-${connection % 7}`
    const one = await Hostile.connect(port, keys, peer, tally, connection % 2 === 1)
    // The node is down, or accepts no connection just now.
    if (one.node === "") await new Promise((resolve) => setTimeout(resolve, absentMilliseconds))
    const end = Math.min(frames, sent + framesOfConnection)
    let sequence = Math.floor(connection / 7) * framesOfConnection
    const next = () => ++sequence
    while (sent < end && one.isOpen) {
      const make = pool[sent % pool.length] as Absurd
      await one.say(make(peer, one.node, next))
      sent += 1
    }
    await one.end()
  }
  return tally
}

/** It knows the protocol that runs if nothing is said. */
const { Message: KnownMessage } = runnableNamed()
const encodeCompactly = compactEncoder(KnownMessage)
const decode = frameDecoder(KnownMessage)

class Hostile {
  isOpen = true
  /** Who is at the other end. */
  node = ""
  private introduced: ((theirs: Hello) => void) | undefined
  private readonly socket: TLSSocket
  private readonly tally: Tally
  private readonly reader = new FrameReader(() => maxFrameBytes)
  private isRefused = false
  private hasRefused = false
  private unanswered = 0
  /** Whether it speaks compactly; otherwise it speaks JSON. */
  private isCompact = false
  private wake: (() => void) | undefined

  private constructor(socket: TLSSocket, tally: Tally) {
    this.socket = socket
    this.tally = tally
    const wakeUp = (): void => {
      this.wake?.()
      this.wake = undefined
    }
    socket.on("data", (bytes: Uint8Array) => {
      this.reader.read(bytes, (payload) => this.hear(Result.getOrThrow(decode(payload))))
      wakeUp()
    })
    socket.on("error", () => undefined)
    socket.on("drain", wakeUp)
    socket.on("close", () => {
      this.isOpen = false
      wakeUp()
    })
  }

  /** Connects, and introduces itself by this name as what the node says that it is of. */
  static connect(
    port: number,
    keys: Keys,
    peer: string,
    tally: Tally,
    isCompact: boolean
  ): Promise<Hostile> {
    const socket = connectTls({
      host: "127.0.0.1",
      port,
      ...keys,
      checkServerIdentity: () => undefined
    })
    const one = new Hostile(socket, tally)
    return new Promise((resolve) => {
      one.introduced = (theirs) => {
        one.node = theirs.endpoint
        one.isCompact = isCompact
        const { layout, ...others } = theirs
        const hello = {
          ...others,
          ...(isCompact && layout !== undefined ? { layout } : {}),
          ...{ endpoint: peer, role: "client" as const }
        }
        socket.write(encodeFrame(hello))
        resolve(one)
      }
      socket.once("close", () => resolve(one))
    })
  }

  private hear(frame: Frame): void {
    if (frame._tag === "Hello" && this.node === "") this.introduced?.(frame)
    if (frame._tag === "Answer") this.tally.answered += 1
    if (frame._tag === "Declined") this.tally.declined += 1
    if (frame._tag === "Answer" || frame._tag === "Declined") this.unanswered -= 1
    if (frame._tag === "Refused") this.isRefused = true
  }

  /** Sends a frame once the other end takes more. */
  async say(frame: unknown): Promise<void> {
    const bytes = (this.isCompact ? encodeCompactly : encodeFrame)(frame as Frame)
    const tag = (frame as Frame | null)?._tag
    if (tag === "Refused") this.hasRefused = true
    this.tally.frames += 1
    this.tally.bytes += bytes.length
    this.unanswered += tag === "Post" ? 1 : 0
    const isTaken = this.socket.write(bytes)
    if (!isTaken) await this.moment()
    await this.answers(maxUnanswered)
  }

  /**
   * Waits until no more than this many posts are unanswered; posts with repeated numbers may stay
   * so.
   */
  private async answers(most: number): Promise<void> {
    for (let still = 0; this.isOpen && this.unanswered > most && still < maxStillSeconds; ) {
      const before = this.unanswered
      await this.moment()
      still = this.unanswered === before ? still + 1 : 0
    }
    if (this.isOpen && this.unanswered > most) this.unanswered = 0
  }

  /** Waits until something comes or goes, for a second at most. */
  private moment(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.isOpen) {
        resolve()
        return
      }
      const timer = setTimeout(resolve, 1000)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** Ends the connection, if the other end has not; then it has said why. */
  async end(): Promise<void> {
    await this.answers(0)
    if (this.isOpen) {
      this.socket.destroy()
      return
    }
    // To a refusal nobody answers.
    if (this.isRefused || this.hasRefused) this.tally.refused += 1
    else this.tally.broken += 1
  }
}
