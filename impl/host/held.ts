/**
 * What came before its time: messages that their processes postpone. They are kept unreceived, in
 * the order in which they came.
 */
import { writtenBytes } from "../../spec/kernel/data.ts"
import type { Envelope, Refusal } from "../link/frame.ts"

/** A post, or the answer to one of ours, and how it is taken. */
interface Item {
  readonly peer: string
  readonly envelopes: ReadonlyArray<Envelope>
  readonly bytes: number
  readonly take: () => void
}

export class Held {
  private items: ReadonlyArray<Item> = []
  private readonly isPostponed: (envelope: Envelope) => boolean

  constructor(isPostponed: (envelope: Envelope) => boolean) {
    this.isPostponed = isPostponed
  }

  /**
   * Keeps what came before its time; false if too much is kept. Its sender hears nothing, and
   * repeats it should this endpoint end meanwhile: it was not received.
   */
  hold(peer: string, envelopes: ReadonlyArray<Envelope>, take: () => void): boolean {
    const bytes = writtenBytes(envelopes)
    const bytesHeld = this.items.reduce((sum, one) => sum + one.bytes, bytes)
    if (this.items.length >= mostHeld || bytesHeld > mostHeldBytes) return false
    this.items = [...this.items, { peer, envelopes, bytes, take }]
    return true
  }

  /** Takes what was postponed and whose time has come, the first first. */
  resume(): void {
    for (;;) {
      const next = this.items.find(
        ({ envelopes }) => !envelopes.some((one) => this.isPostponed(one))
      )
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
const mostHeld = 1024
const mostHeldBytes = 16 * 2 ** 20
export const tooMuchHeld: Refusal = {
  kind: "busy",
  reason: `${mostHeld} messages wait for their time`
}
