/**
 * The requests of one connection that are under way.
 *
 * They overlap: each begins as soon as those before it on the same keys have ended, and as there is
 * room. Replies leave in the order of the requests, each as soon as it and all before it are there.
 * So the operations on one key are in order; operations on different keys are as if they were sent
 * over different connections: whoever needs one to come before the other waits for its reply (or
 * has one at a time done, `mostAtOnce` 1).
 */
import * as Effect from "effect/Effect"
import type { Holder, Holdings } from "../limits/holdings.ts"

/** While so many bytes of replies are not read, nothing more is begun. */
const mostUnreadBytes = 64 * 1024
/** How many are begun at once before anything is known of the replies. */
const firstAtOnce = 8
/** So many bytes are written together. */
const mostWrittenBytes = 2 ** 20

/** A request that is under way; the next on the same key waits for it. */
class Slot {
  reply: Uint8Array | undefined
  private readonly waiting: Array<() => void> = []

  whenDone(action: () => void): void {
    if (this.reply === undefined) this.waiting.push(action)
    else action()
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
  private readonly mostAtOnce: number
  private atOnce: number
  private readonly slots: Array<Slot> = []
  /** The last request about each key, while it is under way. */
  private readonly last = new Map<string, Slot>()
  /** The bytes of replies that are there and have not left. */
  private unreadBytes = 0
  private waiting: Array<{ readonly isSo: () => boolean; readonly resume: () => void }> = []

  constructor(
    mostAtOnce: number,
    holdings: Holdings,
    write: (bytes: Uint8Array) => Effect.Effect<void, Failure>,
    evict: () => void
  ) {
    this.mostAtOnce = mostAtOnce
    this.atOnce = Math.min(firstAtOnce, mostAtOnce)
    this.holdings = holdings
    this.write = write
    this.evict = evict
  }

  /** Waits until another request may begin. */
  get room(): Effect.Effect<void> {
    return this.until(() => this.slots.length < this.atOnce && this.unreadBytes < mostUnreadBytes)
  }

  /** Waits until all replies have left. */
  get drained(): Effect.Effect<void> {
    return this.until(() => this.slots.length === 0 && this.unreadBytes === 0)
  }

  /**
   * A request about these keys. It is begun when its time comes; what it then calls back with is
   * its reply.
   */
  add(keys: ReadonlyArray<string>, begin: (done: (reply: Uint8Array) => void) => void): void {
    const slot = new Slot()
    this.slots.push(slot)
    const before = new Set(keys.flatMap((key) => this.last.get(key) ?? []))
    for (const key of keys) this.last.set(key, slot)
    slot.whenDone(() => {
      for (const key of keys) if (this.last.get(key) === slot) this.last.delete(key)
    })
    let left = before.size + 1
    const isNext = (): void => {
      left -= 1
      if (left === 0) begin((reply) => this.finish(slot, reply))
    }
    for (const earlier of before) earlier.whenDone(isNext)
    isNext()
  }

  /** Who asks for large replies gets fewer at once, and who asks for small ones, more. */
  private finish(slot: Slot, reply: Uint8Array): void {
    this.atOnce =
      reply.length > mostUnreadBytes
        ? Math.max(1, Math.floor(this.atOnce / 2))
        : Math.min(this.mostAtOnce, this.atOnce + 1)
    this.count(reply.length)
    slot.finish(reply)
    this.look()
  }

  private count(bytes: number): void {
    this.unreadBytes += bytes
    this.holdings.hold(this, this.unreadBytes, false)
  }

  /** Writes replies, for ever. */
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
    return Effect.forever(
      Effect.andThen(
        this.until(() => this.slots[0]?.reply !== undefined),
        some
      )
    )
  }

  private takeReady(): ReadonlyArray<Uint8Array> {
    const replies: Array<Uint8Array> = []
    let bytes = 0
    while (this.slots[0]?.reply !== undefined && bytes < mostWrittenBytes) {
      const { reply } = this.slots.shift() as { readonly reply: Uint8Array }
      replies.push(reply)
      bytes += reply.length
    }
    return replies
  }

  /** Nothing is held any more. */
  end(): void {
    this.holdings.hold(this, 0, true)
  }

  private until(isSo: () => boolean): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      if (isSo()) resume(Effect.void)
      else this.waiting.push({ isSo, resume: () => resume(Effect.void) })
    })
  }

  private look(): void {
    const { waiting } = this
    this.waiting = []
    for (const one of waiting) {
      if (one.isSo()) one.resume()
      else this.waiting.push(one)
    }
  }
}
