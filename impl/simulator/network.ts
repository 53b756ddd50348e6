/**
 * A simulated network between endpoints: connections that lose, repeat, delay and reorder frames,
 * that are cut, and directions in which nothing arrives.
 */
import * as Result from "effect/Result"
import type { Channel } from "../environment/channel.ts"
import type { Endpoint } from "../host/endpoint.ts"
import type { DecodeFrame } from "../link/frame.ts"
import type { Random } from "./random.ts"
import type { World } from "./world.ts"

/** What ails the network for now. */
export interface NetworkAilments {
  meanMilliseconds: number
  lossProbability: number
  repetitionProbability: number
}

interface Connection {
  isOpen: boolean
}

/** How long until a connection that was cut, or could not be made, is tried again. */
const redialMilliseconds = 50

export class SimulatedNetwork {
  readonly ailments: NetworkAilments
  /** How many frames were delivered. */
  delivered = 0
  private readonly world: World
  private readonly random: Random
  private readonly decode: DecodeFrame
  private readonly endpoints = new Map<string, Endpoint>()
  private readonly connections = new Map<string, Connection>()
  /** Directions in which nothing arrives, as "from>to". */
  private readonly blocked = new Set<string>()

  constructor(world: World, random: Random, decode: DecodeFrame, ailments: NetworkAilments) {
    this.world = world
    this.random = random
    this.decode = decode
    this.ailments = ailments
  }

  /** The endpoint is up, and dials these from now on. */
  join(endpoint: Endpoint, dials: ReadonlyArray<string>): void {
    this.endpoints.set(endpoint.name, endpoint)
    for (const to of dials) this.dial(endpoint, to)
  }

  /** The endpoint is gone; so are its connections. */
  leave(name: string): void {
    this.endpoints.delete(name)
    this.cut((pair) => pair.startsWith(`${name}>`) || pair.endsWith(`>${name}`))
  }

  /** Cuts the connections that are chosen, by "from>to". */
  cut(isChosen: (pair: string) => boolean): void {
    for (const [pair, connection] of this.connections) if (isChosen(pair)) connection.isOpen = false
  }

  /** How much slower than others what this endpoint sends to that one is. */
  slowness: (from: string, to: string) => number = () => 1

  /** Who may say what is no message; of all others it is a fault of ours. */
  mayLie: (endpoint: string) => boolean = () => false

  block(from: string, to: string): void {
    this.blocked.add(`${from}>${to}`)
  }

  /** Everything arrives again. */
  unblock(): void {
    this.blocked.clear()
  }

  private dial(from: Endpoint, to: string): void {
    const isCurrent = (): boolean => this.endpoints.get(from.name) === from
    const redial = (): void =>
      this.world.after(this.random.delay(redialMilliseconds), () => {
        if (isCurrent()) this.dial(from, to)
      })
    const other = this.endpoints.get(to)
    if (other === undefined || this.isBlocked(from.name, to) || this.isBlocked(to, from.name)) {
      redial()
      return
    }
    const connection: Connection = { isOpen: true }
    this.connections.set(`${from.name}>${to}`, connection)
    const there = this.channel(connection, from, other)
    const back = this.channel(connection, other, from)
    from.connected(to, there)
    other.connected(from.name, back)
    const watch = (): void =>
      this.world.after(redialMilliseconds, () => {
        if (!isCurrent()) return
        if (connection.isOpen && this.endpoints.get(to) === other) {
          watch()
          return
        }
        connection.isOpen = false
        from.disconnected(to, there)
        other.disconnected(from.name, back)
        redial()
      })
    watch()
  }

  private isBlocked(from: string, to: string): boolean {
    return this.blocked.has(`${from}>${to}`)
  }

  /** One direction of a connection. */
  private channel(connection: Connection, from: Endpoint, to: Endpoint): Channel {
    const deliver = (frame: Uint8Array): void => {
      if (!connection.isOpen || this.endpoints.get(to.name) !== to) return
      if (this.endpoints.get(from.name) !== from || this.isBlocked(from.name, to.name)) return
      this.delivered += 1
      const decoded = this.decode(frame.subarray(4))
      const refused = Result.isFailure(decoded) ? decoded.failure : undefined
      if (refused?._tag !== "MessageRefused" || !this.mayLie(from.name)) {
        to.received(from.name, Result.getOrThrow(decoded))
        return
      }
      const refusal = { kind: "unknown", reason: refused.reason } as const
      if (refused.frame === "Post") to.refusePost(from.name, refused.sequence, refusal)
      else to.refusedAnswer(from.name, refused.sequence, refusal)
    }
    const send = (frame: Uint8Array): void => {
      if (this.random.chance(this.ailments.lossProbability)) return
      const mean = this.ailments.meanMilliseconds * this.slowness(from.name, to.name)
      this.world.after(this.random.delay(mean), () => deliver(frame))
    }
    return {
      send: (frame) => {
        send(frame)
        if (this.random.chance(this.ailments.repetitionProbability)) send(frame)
      },
      close: () => {
        connection.isOpen = false
      }
    }
  }
}
