/**
 * How many connections a process takes. At the limit a newcomer takes the place of whoever has been
 * connected for longest without having said who it is; where everybody has, the newcomer is turned
 * away. So strangers that only hold connections keep nobody out.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel"
import type { Socket } from "node:net"

/** Where Node tells of each connection that some server has taken, before TLS is spoken over it. */
const taken = "net.server.socket"

/** What names a connection at the machine that has taken it. */
type End = Pick<Socket, "remoteAddress" | "remotePort">
const nameOf = ({ remoteAddress, remotePort }: End): string => `${remoteAddress} ${remotePort}`

export class Connections {
  readonly most: number
  /** So many may be of one certificate. */
  readonly mostOfOne: number
  private readonly strangers = new Map<string, Socket>()
  private readonly known = new Map<string, string | undefined>()
  private readonly ofOwner = new Map<string, number>()
  /** How many were turned away, or cut off to make place. */
  refused = 0

  /** What is said to whoever is turned away. */
  private readonly farewell: Uint8Array | undefined

  constructor(most: number, { farewell }: { readonly farewell?: Uint8Array } = {}) {
    this.most = most
    this.mostOfOne = Math.ceil(most / 4)
    this.farewell = farewell
  }

  get size(): number {
    return this.strangers.size + this.known.size
  }

  get left(): number {
    return Math.max(0, this.most - this.size)
  }

  /**
   * Watches over the connections that come to this port of this process; what it gives ends that.
   */
  watch(port: number): () => void {
    const hear = (message: unknown): void => {
      const { socket } = message as { readonly socket: Socket }
      if (socket.localPort === port) this.admit(socket)
    }
    subscribe(taken, hear)
    return () => unsubscribe(taken, hear)
  }

  /** A connection was taken: it stays, or it is ended at once. */
  private admit(socket: Socket): void {
    if (this.size >= this.most) {
      this.refused += 1
      const [eldest] = this.strangers
      if (eldest === undefined) {
        if (this.farewell === undefined) socket.destroy()
        else socket.end(this.farewell, () => socket.destroy())
        return
      }
      const [name, stranger] = eldest
      this.strangers.delete(name)
      stranger.destroy()
    }
    const name = nameOf(socket)
    this.strangers.set(name, socket)
    socket.once("close", () => this.remove(name))
  }

  /**
   * Somebody has said who it is, and perhaps proved it by this certificate. Why it may not stay;
   * undefined if it may.
   */
  introduce(end: End, owner: string | undefined): string | undefined {
    const name = nameOf(end)
    if (!this.strangers.delete(name)) return undefined
    this.known.set(name, owner)
    if (owner === undefined) return undefined
    const count = (this.ofOwner.get(owner) ?? 0) + 1
    this.ofOwner.set(owner, count)
    return count <= this.mostOfOne
      ? undefined
      : `${this.mostOfOne} connections are of this certificate`
  }

  private remove(name: string): void {
    this.strangers.delete(name)
    const owner = this.known.get(name)
    this.known.delete(name)
    if (owner === undefined) return
    const left = (this.ofOwner.get(owner) ?? 1) - 1
    if (left === 0) this.ofOwner.delete(owner)
    else this.ofOwner.set(owner, left)
  }
}
