/**
 * The requests of one connection that are in progress.
 *
 * Requests overlap: each begins as soon as the earlier ones on the same keys have ended and there
 * is room. A request of one operation does not have to wait for the end of another one: operations
 * on one register are queued in the order in which they begin (`client/combined.ts`). Replies leave
 * in the order of the requests, each as soon as it and all before it are ready. So operations on
 * one key are in order. Operations on different keys behave as if they came over different
 * connections: a client that needs one before the other waits for its reply (or sets `maxAtOnce` to
 * 1).
 */
import * as Effect from "effect/Effect"
import type { Holder, Holdings } from "../limits/holdings.ts"

/** While this many bytes of replies are unread, no request begins. */
const maxUnreadBytes = 64 * 1024
/** The number of concurrent requests before the sizes of the replies are known. */
const firstAtOnce = 8
/** The maximum number of bytes in one write. */
const maxWrittenBytes = 2 ** 20

/** A request in progress; the next one on the same key waits for it. */
class Slot {
  reply: Uint8Array | undefined
  private readonly isQueued: boolean
  private isBegun = false
  private readonly waiting: Array<() => void> = []
  private readonly waitingForQueue: Array<() => void> = []

  constructor(isQueued: boolean) {
    this.isQueued = isQueued
  }

  whenDone(action: () => void): void {
    if (this.reply === undefined) this.waiting.push(action)
    else action()
  }

  /** Calls the action when an operation that begins after this request is queued after it. */
  whenQueued(action: () => void): void {
    if (!this.isQueued) this.whenDone(action)
    else if (this.isBegun) action()
    else this.waitingForQueue.push(action)
  }

  begin(): void {
    this.isBegun = true
    for (const action of this.waitingForQueue) action()
  }

  finish(reply: Uint8Array): void {
    this.reply = reply
    for (const action of this.waiting) action()
  }
}

export class Pipeline<Failure> implements Holder {
  readonly evict: () => void
  private readonly holdings: Holdings
  private readonly write: (bytes: Uint8Array) => Effect.Effect<void, Failure>
  private readonly maxAtOnce: number
  private atOnce: number
  private readonly slots: Array<Slot> = []
  /** The last request in progress on each key. */
  private readonly last = new Map<string, Slot>()
  /** The bytes of replies that are ready and have not left. */
  private unreadBytes = 0
  private isEnded = false
  private waiting: Array<{ readonly holds: () => boolean; readonly resume: () => void }> = []

  constructor(
    maxAtOnce: number,
    holdings: Holdings,
    write: (bytes: Uint8Array) => Effect.Effect<void, Failure>,
    evict: () => void
  ) {
    this.maxAtOnce = maxAtOnce
    this.atOnce = Math.min(firstAtOnce, maxAtOnce)
    this.holdings = holdings
    this.write = write
    this.evict = evict
  }

  /** Waits until another request may begin. */
  get room(): Effect.Effect<void> {
    return this.until(() => this.slots.length < this.atOnce && this.unreadBytes < maxUnreadBytes)
  }

  /** Waits until all replies have left. */
  get drained(): Effect.Effect<void> {
    return this.until(() => this.slots.length === 0 && this.unreadBytes === 0)
  }

  /**
   * Adds a request on these keys. Calls `begin` when the request may begin; `begin` calls back with
   * the reply. `isQueued` says that the request is one operation, which `begin` queues.
   */
  add(
    keys: ReadonlyArray<string>,
    begin: (done: (reply: Uint8Array) => void) => void,
    isQueued = false
  ): void {
    const slot = new Slot(isQueued)
    this.slots.push(slot)
    const before = new Set(keys.flatMap((key) => this.last.get(key) ?? []))
    for (const key of keys) this.last.set(key, slot)
    slot.whenDone(() => {
      for (const key of keys) if (this.last.get(key) === slot) this.last.delete(key)
    })
    let left = before.size + 1
    const isNext = (): void => {
      left -= 1
      if (left > 0) return
      begin((reply) => this.finish(slot, reply))
      slot.begin()
    }
    for (const earlier of before) {
      if (isQueued) earlier.whenQueued(isNext)
      else earlier.whenDone(isNext)
    }
    isNext()
  }

  /**
   * A client that asks for large replies gets fewer concurrent requests; one that asks for small
   * ones gets more.
   */
  private finish(slot: Slot, reply: Uint8Array): void {
    if (this.isEnded) return
    this.atOnce =
      reply.length > maxUnreadBytes
        ? Math.max(1, Math.floor(this.atOnce / 2))
        : Math.min(this.maxAtOnce, this.atOnce + 1)
    this.count(reply.length)
    slot.finish(reply)
    this.look()
  }

  private count(bytes: number): void {
    this.unreadBytes += bytes
    this.holdings.hold(this, this.unreadBytes, false)
  }

  /** Writes replies, forever. */
  get run(): Effect.Effect<never, Failure> {
    const some = Effect.suspend(() => {
      const replies = this.takeReady()
      const bytes = replies.reduce((sum, { length }) => sum + length, 0)
      if (bytes === 0) {
        this.look()
        return Effect.void
      }
      return Effect.map(this.write(Buffer.concat(replies)), () => {
        this.count(-bytes)
        this.look()
      })
    })
    const ready = this.until(() => this.slots[0]?.reply !== undefined)
    return Effect.forever(Effect.andThen(Effect.andThen(ready, endOfTurn), some), {
      disableYield: true
    })
  }

  private takeReady(): ReadonlyArray<Uint8Array> {
    const replies: Array<Uint8Array> = []
    let bytes = 0
    while (this.slots[0]?.reply !== undefined && bytes < maxWrittenBytes) {
      const { reply } = this.slots.shift() as { readonly reply: Uint8Array }
      replies.push(reply)
      bytes += reply.length
    }
    return replies
  }

  /** Releases everything that the pipeline holds. */
  end(): void {
    this.isEnded = true
    this.holdings.hold(this, 0, true)
  }

  private until(holds: () => boolean): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      if (holds()) resume(Effect.void)
      else this.waiting.push({ holds, resume: () => resume(Effect.void) })
    })
  }

  private look(): void {
    const { waiting } = this
    this.waiting = []
    for (const one of waiting) {
      if (one.holds()) one.resume()
      else this.waiting.push(one)
    }
  }
}

/** Replies that are ready in the same turn of the event loop leave together. */
const endOfTurn: Effect.Effect<void> = Effect.callback<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})
