/**
 * A TCP proxy in front of a node, whose links tests cut, slow down and silence.
 */

import type { AddressInfo } from "node:net"
import { connect, createServer, type Server, type Socket } from "node:net"

export class NodeProxy {
  /** How long bytes wait, in each direction. */
  delayMilliseconds = 0
  /** Nothing passes, and nobody is told. */
  isSilent = false
  private readonly target: number
  private readonly server: Server
  private readonly pairs = new Set<readonly [Socket, Socket]>()

  constructor(target: number) {
    this.target = target
    this.server = createServer((near) => this.accept(near))
  }

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve))
    return (this.server.address() as AddressInfo).port
  }

  /** Ends all connections; new ones are taken. */
  cut(): void {
    for (const [near, far] of this.pairs) {
      near.destroy()
      far.destroy()
    }
    this.pairs.clear()
  }

  async stop(): Promise<void> {
    this.cut()
    await new Promise<void>((resolve) => this.server.close(() => resolve()))
  }

  private accept(near: Socket): void {
    const far = connect(this.target, "127.0.0.1")
    const pair = [near, far] as const
    this.pairs.add(pair)
    for (const [from, to] of [pair, [far, near] as const]) {
      from.setNoDelay(true)
      from.on("data", (bytes) => this.pass(to, bytes))
      from.on("error", () => undefined)
      from.on("close", () => {
        to.destroy()
        this.pairs.delete(pair)
      })
    }
  }

  private pass(to: Socket, bytes: Uint8Array): void {
    if (this.isSilent) return
    if (this.delayMilliseconds === 0) to.write(bytes)
    else setTimeout(() => to.writable && to.write(bytes), this.delayMilliseconds)
  }
}
