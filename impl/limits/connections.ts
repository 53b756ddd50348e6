/**
 * Limits the number of connections of a process. At the limit a new connection replaces the one
 * that has been open longest without an introduction; if all have introduced themselves, the new
 * connection is refused. So peers that only hold connections open shut no other peer out.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel"
import type { Socket } from "node:net"

/**
 * The diagnostics channel on which Node announces each accepted connection, before TLS starts on
 * it.
 */
const taken = "net.server.socket"

/** Identifies a connection at the machine that accepted it. */
type End = Pick<Socket, "remoteAddress" | "remotePort">
const nameOf = ({ remoteAddress, remotePort }: End): string => `${remoteAddress} ${remotePort}`

/** A connection whose peer has introduced itself, perhaps with a certificate. */
interface Introduced {
  readonly socket: Socket
  readonly owner: string | undefined
}

/** A watch over the connections to one port. */
export interface Watch {
  /**
   * Ends all connections, and each that still arrives: those without an introduction at once, the
   * others when their last bytes have left, or after a short time.
   */
  readonly endAll: () => void
  /** Ends the watch. */
  readonly end: () => void
}

/** How long the last bytes to a peer that does not read them may take. */
const lastWordsMilliseconds = 1000

export class Connections {
  readonly most: number
  /** The maximum number of connections with the same certificate. */
  readonly maxOfOne: number
  private readonly strangers = new Map<string, Socket>()
  private readonly known = new Map<string, Introduced>()
  private readonly ofOwner = new Map<string, number>()
  /** The number of connections that were refused, or closed to make room. */
  refused = 0

  /** The bytes sent on a refused connection. */
  private readonly refusalReply: Uint8Array | undefined

  constructor(most: number, { refusalReply }: { readonly refusalReply?: Uint8Array } = {}) {
    this.most = most
    this.maxOfOne = Math.ceil(most / 4)
    this.refusalReply = refusalReply
  }

  get size(): number {
    return this.strangers.size + this.known.size
  }

  get left(): number {
    return Math.max(0, this.most - this.size)
  }

  /** Watches the connections to this port of this process. */
  watch(port: number): Watch {
    let isOver = false
    const hear = (message: unknown): void => {
      const { socket } = message as { readonly socket: Socket }
      if (socket.localPort !== port) return
      if (isOver) socket.destroy()
      else this.admit(socket)
    }
    subscribe(taken, hear)
    return {
      endAll: () => {
        isOver = true
        for (const stranger of this.strangers.values()) stranger.destroy()
        const last = [...this.known.values()]
        setTimeout(() => {
          for (const { socket } of last) socket.destroy()
        }, lastWordsMilliseconds).unref()
      },
      end: () => unsubscribe(taken, hear)
    }
  }

  /** Admits an accepted connection, or closes it at once. */
  private admit(socket: Socket): void {
    if (this.size >= this.most) {
      this.refused += 1
      const [eldest] = this.strangers
      if (eldest === undefined) {
        if (this.refusalReply === undefined) socket.destroy()
        else socket.end(this.refusalReply, () => socket.destroy())
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
   * Records that a peer has introduced itself, perhaps with this certificate. Returns why it may
   * not stay; undefined if it may.
   */
  introduce(end: End, owner: string | undefined): string | undefined {
    const name = nameOf(end)
    const socket = this.strangers.get(name)
    if (socket === undefined) return undefined
    this.strangers.delete(name)
    this.known.set(name, { socket, owner })
    if (owner === undefined) return undefined
    const count = (this.ofOwner.get(owner) ?? 0) + 1
    this.ofOwner.set(owner, count)
    return count <= this.maxOfOne ? undefined : `${this.maxOfOne} connections use this certificate`
  }

  private remove(name: string): void {
    this.strangers.delete(name)
    const owner = this.known.get(name)?.owner
    this.known.delete(name)
    if (owner === undefined) return
    const left = (this.ofOwner.get(owner) ?? 1) - 1
    if (left === 0) this.ofOwner.delete(owner)
    else this.ofOwner.set(owner, left)
  }
}
