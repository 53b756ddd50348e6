/**
 * Early messages: those that their processes postpone. They are kept unreceived, in the order of
 * arrival.
 */
import { writtenBytes } from "../../spec/kernel/data.ts"
import type { Envelope, Refusal } from "../link/frame.ts"

/** An early post, or an early answer to one of this endpoint's posts. */
interface Early {
  readonly peer: string
  readonly envelopes: ReadonlyArray<Envelope>
  /**
   * Whether the message is no longer early: then `take` receives it, and does not hold it again as
   * it is.
   */
  readonly isTimely: () => boolean
  readonly take: () => void
  /** Called if the message is not kept, so that its sender learns this and repeats it. */
  readonly drop: () => void
}

interface Item extends Early {
  readonly bytes: number
}

export class Held {
  private items: ReadonlyArray<Item> = []

  /**
   * Keeps an early message. If the total exceeds the limit, it drops the latest message of the peer
   * with the most kept messages, so a peer with many early messages costs the others nothing. A
   * sender learns nothing of a kept message, and repeats it if this endpoint ends meanwhile: the
   * message was not received.
   */
  hold(early: Early): void {
    this.items = [...this.items, { ...early, bytes: writtenBytes(early.envelopes) }]
    const dropped: Array<Item> = []
    while (this.isTooMuch) {
      const { greediest } = this
      const last = this.items.findLast(({ peer }) => peer === greediest) as Item
      this.items = this.items.filter((one) => one !== last)
      dropped.push(last)
    }
    for (const { drop } of dropped) drop()
  }

  private get isTooMuch(): boolean {
    const bytes = this.items.reduce((sum, one) => sum + one.bytes, 0)
    return this.items.length > maxHeld || bytes > maxHeldBytes
  }

  /** The peer with the most kept messages. */
  private get greediest(): string | undefined {
    const shares = new Map<string, number>()
    for (const { peer, bytes } of this.items) {
      const share = 1 / maxHeld + bytes / maxHeldBytes
      shares.set(peer, (shares.get(peer) ?? 0) + share)
    }
    return [...shares].reduce((one, other) => (other[1] > one[1] ? other : one))[0]
  }

  /** Takes the postponed messages that are no longer early, oldest first. */
  resume(): void {
    for (;;) {
      const next = this.items.find(({ isTimely }) => isTimely())
      if (next === undefined) return
      this.items = this.items.filter((one) => one !== next)
      next.take()
    }
  }

  /** Drops the messages of this peer. */
  forget(peer: string): void {
    this.items = this.items.filter((one) => one.peer !== peer)
  }

  /** Drops everything. */
  clear(): void {
    this.items = []
  }
}

/** The maximum number of early messages, and of their bytes. */
const maxHeld = 1024
const maxHeldBytes = 16 * 2 ** 20
export const tooMuchHeld: Refusal = {
  kind: "busy",
  reason: `${maxHeld} messages wait for their time`
}
