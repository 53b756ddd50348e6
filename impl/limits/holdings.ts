/**
 * Limits the bytes that connections hold of incomplete messages. Each connection may hold as much
 * as one message; all together may hold a fixed amount. Beyond that the connection that has held
 * bytes for longest is closed: a correct sender completes its messages.
 */

export interface Holder {
  /** Releases what the holder holds, and closes its connection. */
  readonly evict: () => void
}

export class Holdings {
  readonly maxBytes: number
  bytes = 0
  /** The holders, in the order in which they began to hold their current bytes. */
  private readonly holders = new Map<Holder, number>()

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  get leftBytes(): number {
    return Math.max(0, this.maxBytes - this.bytes)
  }

  /**
   * Records the number of bytes that the holder holds now, and whether they belong to another
   * message than before.
   */
  hold(holder: Holder, bytes: number, isAnother: boolean): void {
    const before = this.holders.get(holder) ?? 0
    if (isAnother || bytes === 0) this.holders.delete(holder)
    if (bytes > 0) this.holders.set(holder, bytes)
    this.bytes += bytes - before
    for (const [eldest, held] of this.holders) {
      if (this.bytes <= this.maxBytes) return
      this.holders.delete(eldest)
      this.bytes -= held
      eldest.evict()
    }
  }
}
