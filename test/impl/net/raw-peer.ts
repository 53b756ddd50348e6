/**
 * A peer that sends what a test specifies, over a real connection, and records what it receives.
 */
import { connect, type Socket } from "node:net"
import { connect as connectTls } from "node:tls"
import * as Result from "effect/Result"
import type { Keys } from "../../../impl/keys/keys.ts"
import {
  type Declined,
  encodeFrame,
  type Frame,
  FrameReader,
  maxFrameBytes,
  type Role,
  wireVersion
} from "../../../impl/link/frame.ts"
import { frameDecoder } from "../../../impl/link/wire.ts"
import { runnableNamed } from "../../../impl/protocols.ts"
import type { ServerSet } from "../../../spec/nodes/nodes.ts"
import { nodeId } from "../node-id.ts"

export class RawPeer {
  readonly heard: Array<Frame> = []
  /** How many of these were compact. */
  compactFrames = 0
  readonly socket: Socket
  readonly name: string
  private readonly reader = new FrameReader(() => maxFrameBytes)
  private waiting: Array<() => void> = []
  private isClosed = false

  private constructor(socket: Socket, name: string, protocol: string) {
    this.socket = socket
    this.name = name
    const decode = frameDecoder(runnableNamed(protocol).Message)
    socket.on("data", (bytes: Uint8Array) => {
      this.reader.read(bytes, (payload) => {
        if (payload[0] === 1) this.compactFrames += 1
        this.heard.push(
          payload[0] === 1
            ? Result.getOrThrow(decode(payload))
            : (JSON.parse(Buffer.from(payload).toString("utf8")) as Frame)
        )
      })
      this.wake()
    })
    socket.on("error", () => undefined)
    socket.on("close", () => {
      this.isClosed = true
      this.wake()
    })
  }

  /** Connects, with keys over TLS, and says hello under this name. */
  static async connect(
    port: number,
    endpoint: string,
    { protocol, first }: { readonly protocol: string; readonly first: ServerSet | null },
    keys?: Keys,
    role: Role = "client",
    layout?: string
  ): Promise<RawPeer> {
    const where = { host: "127.0.0.1", port }
    const socket =
      keys === undefined
        ? connect(where)
        : connectTls({ ...where, ...keys, checkServerIdentity: () => undefined })
    const peer = new RawPeer(socket, endpoint, protocol)
    const hello = { _tag: "Hello", version: wireVersion, protocol, first, endpoint, role } as const
    peer.say(layout === undefined ? hello : { ...hello, layout })
    await peer.until(() => peer.heard.length > 0)
    return peer
  }

  say(...frames: ReadonlyArray<Frame>): void {
    this.socket.write(Buffer.concat(frames.map(encodeFrame)))
  }

  /** Posts a message to the process of this name, by default from a process of this peer. */
  post(
    sequence: number,
    to: string,
    message: unknown,
    { key = "x", settled = 1, from = "" } = {}
  ): void {
    const sender = nodeId(from === "" ? `${this.name}/1` : from)
    const envelope = { from: sender, to: nodeId(to), key, message }
    this.say({ _tag: "Post", sequence, settled, envelope })
  }

  /** Waits until the predicate holds, or the connection has ended; returns whether it holds. */
  async until(isSo: () => boolean): Promise<boolean> {
    while (!isSo()) {
      if (this.isClosed) return false
      await new Promise<void>((resolve) => this.waiting.push(resolve))
    }
    return true
  }

  /** The messages in the answer to a post; undefined if the connection ended before. */
  async answer(sequence: number): Promise<ReadonlyArray<unknown> | undefined> {
    const found = (): Frame | undefined =>
      this.heard.find((frame) => frame._tag === "Answer" && frame.sequence === sequence)
    await this.until(() => found() !== undefined)
    const frame = found()
    return frame?._tag === "Answer" ? frame.envelopes.map(({ message }) => message) : undefined
  }

  /** Why a post was declined; undefined if the connection ended before. */
  async declined(sequence: number): Promise<Declined | undefined> {
    const found = () =>
      this.heard.find(
        (frame): frame is Declined => frame._tag === "Declined" && frame.sequence === sequence
      )
    await this.until(() => found() !== undefined)
    return found()
  }

  /** Why the other end closed the connection. */
  async refusal(): Promise<string | undefined> {
    await this.until(() => false)
    return this.heard.find((frame) => frame._tag === "Refused")?.reason
  }

  close(): void {
    this.socket.destroy()
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve()
  }
}
