/**
 * Limits what is logged about peers: each complaint once, and a bounded number of complaints per
 * minute. So no peer can fill a log by its messages.
 */
const maxKnown = 1024
const maxEachMinute = 60
const minuteMilliseconds = 60_000

/** A peer's text, made safe for a log: on one line, and without control characters. */
export const plain = (text: string): string =>
  text.slice(0, maxSaid).replace(/\s+/g, " ").replace(/\p{C}/gu, "?")
const maxSaid = 400

export class Complaints {
  private readonly known = new Set<string>()
  private since = Number.NEGATIVE_INFINITY
  private said = 0

  /** Whether to log this complaint: it was not logged recently, and not too many others were. */
  isNews(complaint: string, nowMilliseconds = performance.now()): boolean {
    if (this.known.has(complaint)) return false
    if (nowMilliseconds - this.since > minuteMilliseconds) {
      this.since = nowMilliseconds
      this.said = 0
    }
    if (this.said >= maxEachMinute) return false
    this.said += 1
    for (const eldest of this.known) {
      if (this.known.size < maxKnown) break
      this.known.delete(eldest)
    }
    this.known.add(complaint)
    return true
  }
}
