/**
 * A client that has a certificate, speaks the protocol, and means harm: it sends frames that are well-formed and absurd,
 * as fast as they are taken, over several connections and under several names.
 */
import { connect as connectTls, type TLSSocket } from "node:tls"
import type * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { endpointFor, type Keys } from "../../../impl/keys/keys.ts"
import {
  encodeFrame,
  type Frame,
  FrameReader,
  frameOf,
  mostFrameBytes,
  wireVersion
} from "../../../impl/link/frame.ts"
import { pluggedIn } from "../../../impl/protocols.ts"
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

/** A frame, given the name of who sends it and the number of its next post. */
type Absurd = (peer: string, node: string, next: () => number) => unknown

/** Mostly posts of one's own with absurd messages, which get as far as a process; and anything that is shaped as a frame. */
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
            const message = { _tag: "Set", operation: 1, retired: 0, pair }
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

/** So many frames are made, and sent again and again; no two runs with one seed differ. */
const mostDifferent = 20_000
/** A connection is used for so many frames, and ends. */
const framesOfConnection = 2_000
/** So many posts may be without an answer before more are sent. */
const mostUnanswered = 500

export interface Target {
  /** The identity of the node, and where it listens. */
  readonly node: string
  readonly port: number
}

const hello = (endpoint: string): Frame => ({
  _tag: "Hello",
  version: wireVersion,
  protocol: pluggedIn().name,
  first: null,
  endpoint,
  role: "client"
})

/** Sends so many frames to a node. `pause` is waited for now and then. */
export const beHostile = async (
  Message: Schema.Codec<unknown, unknown>,
  { node, port }: Target,
  keys: Keys,
  frames: number,
  seed: number,
  tally: Tally = emptyTally()
): Promise<Tally> => {
  const pool = fc.sample(absurdFrames(Message), { numRuns: Math.min(frames, mostDifferent), seed })
  let sent = 0
  for (let connection = 0; sent < frames; connection++) {
    const peer = endpointFor("mallory", `${seed}-${connection % 7}`)
    const one = await Hostile.connect(port, keys, hello(peer), tally)
    const end = Math.min(frames, sent + framesOfConnection)
    let sequence = Math.floor(connection / 7) * framesOfConnection
    const next = () => ++sequence
    while (sent < end && one.isOpen) {
      const make = pool[sent % pool.length] as Absurd
      await one.say(make(peer, node, next))
      sent += 1
    }
    await one.end()
  }
  return tally
}

class Hostile {
  isOpen = true
  private readonly socket: TLSSocket
  private readonly tally: Tally
  private readonly reader = new FrameReader(() => mostFrameBytes)
  private isRefused = false
  private hasRefused = false
  private unanswered = 0
  private wake: (() => void) | undefined

  private constructor(socket: TLSSocket, tally: Tally) {
    this.socket = socket
    this.tally = tally
    const wakeUp = (): void => {
      this.wake?.()
      this.wake = undefined
    }
    socket.on("data", (bytes: Uint8Array) => {
      this.reader.read(bytes, (payload) =>
        this.hear(JSON.parse(Buffer.from(payload).toString("utf8")) as Frame)
      )
      wakeUp()
    })
    socket.on("error", () => undefined)
    socket.on("drain", wakeUp)
    socket.on("close", () => {
      this.isOpen = false
      wakeUp()
    })
  }

  static connect(port: number, keys: Keys, hello: Frame, tally: Tally): Promise<Hostile> {
    const socket = connectTls({ host: "127.0.0.1", port, ...keys, checkServerIdentity: () => undefined })
    const one = new Hostile(socket, tally)
    return new Promise((resolve) => {
      socket.once("secureConnect", () => {
        socket.write(encodeFrame(hello))
        resolve(one)
      })
      socket.once("close", () => resolve(one))
    })
  }

  private hear(frame: Frame): void {
    if (frame._tag === "Answer") this.tally.answered += 1
    if (frame._tag === "Declined") this.tally.declined += 1
    if (frame._tag === "Answer" || frame._tag === "Declined") this.unanswered -= 1
    if (frame._tag === "Refused") this.isRefused = true
  }

  /** Sends a frame once the other end takes more. */
  async say(frame: unknown): Promise<void> {
    const bytes = encodeFrame(frame as Frame)
    const tag = (frame as Frame | null)?._tag
    if (tag === "Refused") this.hasRefused = true
    this.tally.frames += 1
    this.tally.bytes += bytes.length
    this.unanswered += tag === "Post" ? 1 : 0
    const isTaken = this.socket.write(bytes)
    if (!isTaken) await this.moment()
    while (this.isOpen && this.unanswered > mostUnanswered) {
      const before = this.unanswered
      await this.moment()
      // Of posts with numbers that were used already not every one is answered.
      if (this.unanswered === before) this.unanswered = 0
    }
  }

  /** Waits until something comes or goes, but not for ever. */
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
    for (let waited = 0; this.isOpen && this.unanswered > 0 && waited < 10; waited++) await this.moment()
    if (this.isOpen) {
      this.socket.destroy()
      return
    }
    // To a refusal nobody answers.
    if (this.isRefused || this.hasRefused) this.tally.refused += 1
    else this.tally.broken += 1
  }
}
