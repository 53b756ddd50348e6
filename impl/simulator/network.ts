/**
 * A simulated network between endpoints. Its connections lose, repeat, delay and reorder frames;
 * connections can be cut, and single directions blocked.
 */
import * as Result from "effect/Result"
import type { Channel } from "../environment/channel.ts"
import type { Endpoint } from "../host/endpoint.ts"
import type { DecodeFrame } from "../link/wire.ts"
import type { Random } from "./random.ts"
import type { World } from "./world.ts"

/** The current faults of the network. */
export interface NetworkAilments {
  meanMilliseconds: number
  lossProbability: number
  repetitionProbability: number
}

interface Connection {
  isOpen: boolean
}

/** The time after which a cut or failed connection is tried again. */
const redialMilliseconds = 50

export class SimulatedNetwork {
  readonly ailments: NetworkAilments
  /** The number of delivered frames. */
  delivered = 0
  private readonly world: World
  private readonly random: Random
  private readonly decode: DecodeFrame
  private readonly endpoints = new Map<string, Endpoint>()
  private readonly connections = new Map<string, Connection>()
  /** The blocked directions, as "from>to". */
  private readonly blocked = new Set<string>()

  constructor(world: World, random: Random, decode: DecodeFrame, ailments: NetworkAilments) {
    this.world = world
    this.random = random
    this.decode = decode
    this.ailments = ailments
  }

  /** The endpoint starts, and dials these from now on. */
  join(endpoint: Endpoint, dials: ReadonlyArray<string>): void {
    this.endpoints.set(endpoint.name, endpoint)
    for (const to of dials) this.dial(endpoint, to)
  }

  /** The endpoint leaves, and its connections end. */
  leave(name: string): void {
    this.endpoints.delete(name)
    this.cut((pair) => pair.startsWith(`${name}>`) || pair.endsWith(`>${name}`))
  }

  /** Cuts the chosen connections, by "from>to". */
  cut(isChosen: (pair: string) => boolean): void {
    for (const [pair, connection] of this.connections) if (isChosen(pair)) connection.isOpen = false
  }

  /** The slowness of frames from one endpoint to another, compared with others. */
  slowness: (from: string, to: string) => number = () => 1

  /**
   * Whether the endpoint may send frames that are not messages. From any other endpoint such a
   * frame is an internal error.
   */
  mayLie: (endpoint: string) => boolean = () => false

  block(from: string, to: string): void {
    this.blocked.add(`${from}>${to}`)
  }

  /** Unblocks all directions. */
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
      // A liar's messages have no form to rely on.
      isCompact: !this.mayLie(from.name),
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
