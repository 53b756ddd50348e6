/**
 * The same system with clocks, in simulated time and by a seed: messages take time, processes are
 * as slow as on a busy machine, and each replica has its real clock. A process does one thing at a
 * time, so its clock looks only when the process is free.
 */

import { Clockwork, clockNode } from "../../../impl/membership/clockwork.ts"
import type { Trust } from "../../../impl/membership/trust.ts"
import type { Random } from "../../../impl/simulator/random.ts"
import type { AnyPart } from "../../../spec/kernel/keyed.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { ServerId } from "../../../spec/nodes/nodes.ts"
import { type Message, World } from "./world.ts"

/** How long things take, in milliseconds. */
export interface Pace {
  /** A message on its way, on average. */
  readonly latency: number
  /** A step of this process, on average: longer if it verifies or signs something. */
  readonly step: (id: NodeId) => number
  /** How often, and for how long, this process is held up. */
  readonly pause: (id: NodeId) => { readonly chance: number; readonly milliseconds: number }
  readonly interval: number
}

interface Event {
  readonly time: number
  readonly happen: () => void
}

const heavy = ["CertifySystem", "CertifyService", "Submit", "Certificates", "Output", "Batch"]
const heavyFactor = 20

export class PacedWorld extends World {
  time = 0
  /** How many steps were taken. */
  steps = 0
  private readonly luck: Random
  private readonly pace: Pace
  private readonly events: Array<Event> = []
  private readonly inboxes = new Map<NodeId, Array<Message>>()
  private readonly freeAt = new Map<NodeId, number>()
  private readonly looks = new Set<NodeId>()
  private readonly clocks = new Map<NodeId, Clockwork>()

  constructor(
    random: Random,
    pace: Pace,
    replicas: ReadonlyArray<string>,
    storing: ReadonlyArray<string>,
    lies: Readonly<Record<string, (part: AnyPart) => AnyPart>> = {}
  ) {
    super(replicas, storing, lies)
    this.luck = random
    this.pace = pace
    for (const name of replicas) this.wind(this.id(name))
  }

  /** A replica's clock begins to go. */
  wind(id: ServerId): void {
    const edge = {
      tell: (to: NodeId, key: string, from: NodeId, message: unknown) =>
        this.arrive({ from, to, key, message: message as Message["message"] })
    }
    const trust = this.trusts.get(id) as Trust
    const clock = new Clockwork(edge, this.process(id), trust, this.time, this.pace.interval)
    this.clocks.set(id, clock)
    this.lookSoon(id, clock)
  }

  private lookSoon(id: NodeId, clock: Clockwork): void {
    this.at(this.time + clock.tickMilliseconds, () => {
      this.looks.add(id)
      this.work(id)
    })
  }

  private at(time: number, happen: () => void): void {
    let at = this.events.length
    while (at > 0 && (this.events[at - 1] as Event).time <= time) at -= 1
    this.events.splice(at, 0, { time, happen })
  }

  protected override post(message: Message): void {
    const delay = message.from === clockNode ? 0 : this.luck.delay(this.pace.latency)
    this.at(this.time + delay, () => this.arrive(message))
  }

  private arrive(message: Message): void {
    if (this.isOnItsWay(message)) return
    const inbox = this.inboxes.get(message.to) ?? []
    this.inboxes.set(message.to, inbox)
    inbox.push(message)
    this.work(message.to)
  }

  /** The process does what there is to do, one thing now, if it is free. */
  private work(id: NodeId): void {
    const free = this.freeAt.get(id) ?? 0
    const process = this.processes.get(id)
    if (process === undefined || this.dead.has(id)) return
    if (free > this.time) return
    const clock = this.clocks.get(id)
    if (clock !== undefined && this.looks.delete(id)) {
      clock.look(this.time)
      this.lookSoon(id, clock)
    }
    const inbox = this.inboxes.get(id) ?? []
    const next = inbox.findIndex(({ key, from, message }) => !process.postpones(key, from, message))
    const [message] = next < 0 ? [] : inbox.splice(next, 1)
    if (message === undefined) return
    this.steps += 1
    this.take(message)
    const { step, pause } = this.pace
    const { chance, milliseconds } = pause(id)
    const factor = heavy.includes(message.message._tag) ? heavyFactor : 1
    const held = this.luck.chance(chance) ? this.luck.delay(milliseconds) : 0
    const until = this.time + this.luck.delay(step(id) * factor) + held
    this.freeAt.set(id, until)
    this.at(until, () => this.work(id))
  }

  /** Time goes on until this is so, or for so long; says whether it is. */
  until(is: () => boolean, milliseconds: number): boolean {
    const end = this.time + milliseconds
    for (;;) {
      if (is()) return true
      const next = this.events.pop()
      if (next === undefined || next.time > end) return false
      this.time = next.time
      next.happen()
    }
  }
}
