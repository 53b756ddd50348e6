/**
 * What connections hold of messages that are not complete. Each may hold as much as one message may
 * have; all together, so much. Where they would hold more, whoever has held for longest has to go:
 * who sends a message sends all of it.
 */

export interface Holder {
  /** It has to let go of what it holds, and of its connection. */
  readonly evict: () => void
}

export class Holdings {
  readonly mostBytes: number
  bytes = 0
  /** In the order in which what they hold began. */
  private readonly holders = new Map<Holder, number>()

  constructor(mostBytes: number) {
    this.mostBytes = mostBytes
  }

  get leftBytes(): number {
    return Math.max(0, this.mostBytes - this.bytes)
  }

  /** The holder holds so many bytes now; of another message than before, or of the same. */
  hold(holder: Holder, bytes: number, isAnother: boolean): void {
    const before = this.holders.get(holder) ?? 0
    if (isAnother || bytes === 0) this.holders.delete(holder)
    if (bytes > 0) this.holders.set(holder, bytes)
    this.bytes += bytes - before
    for (const [eldest, held] of this.holders) {
      if (this.bytes <= this.mostBytes) return
      this.holders.delete(eldest)
      this.bytes -= held
      eldest.evict()
    }
  }
}
