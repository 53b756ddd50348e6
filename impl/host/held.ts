/**
 * What came before its time: messages that their processes postpone. They are kept unreceived, in
 * the order in which they came.
 */
import { writtenBytes } from "../../spec/kernel/data.ts"
import type { Envelope, Refusal } from "../link/frame.ts"

/** A post, or the answer to one of ours. */
interface Early {
  readonly peer: string
  readonly envelopes: ReadonlyArray<Envelope>
  /** Whether its time has come: then `take` takes it, and does not hold it again as it is. */
  readonly isTimely: () => boolean
  readonly take: () => void
  /** It is not kept: whoever sent it must hear that, and repeat it. */
  readonly drop: () => void
}

interface Item extends Early {
  readonly bytes: number
}

export class Held {
  private items: ReadonlyArray<Item> = []

  /**
   * Keeps what came before its time. If this is too much in all, it drops the latest of the peer of
   * which most is kept: a peer that sends much that is early costs no other anything. Its sender
   * hears nothing of what is kept, and repeats it should this endpoint end meanwhile: it was not
   * received.
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

  /** The peer of which most is kept. */
  private get greediest(): string | undefined {
    const shares = new Map<string, number>()
    for (const { peer, bytes } of this.items) {
      const share = 1 / maxHeld + bytes / maxHeldBytes
      shares.set(peer, (shares.get(peer) ?? 0) + share)
    }
    return [...shares].reduce((one, other) => (other[1] > one[1] ? other : one))[0]
  }

  /** Takes what was postponed and whose time has come, the first first. */
  resume(): void {
    for (;;) {
      const next = this.items.find(({ isTimely }) => isTimely())
      if (next === undefined) return
      this.items = this.items.filter((one) => one !== next)
      next.take()
    }
  }

  /** Drops what this peer sent. */
  forget(peer: string): void {
    this.items = this.items.filter((one) => one.peer !== peer)
  }

  /** Drops everything. */
  clear(): void {
    this.items = []
  }
}

/** So many messages may wait for their time, and so many bytes of them. */
const maxHeld = 1024
const maxHeldBytes = 16 * 2 ** 20
export const tooMuchHeld: Refusal = {
  kind: "busy",
  reason: `${maxHeld} messages wait for their time`
}
