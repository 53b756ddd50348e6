/**
 * What was complained about: each thing is said once, and of many things only some in each minute.
 * Nobody fills a log by what it sends.
 */
const mostKnown = 1024
const mostEachMinute = 60
const minuteMilliseconds = 60_000

/** What somebody said, so that it can stand in a log: on one line, without what terminals obey. */
export const plain = (text: string): string =>
  text.slice(0, mostSaid).replace(/\s+/g, " ").replace(/\p{C}/gu, "?")
const mostSaid = 400

export class Complaints {
  private readonly known = new Set<string>()
  private since = Number.NEGATIVE_INFINITY
  private said = 0

  /** Whether this is to be said: it was not said lately, and not much else was. */
  isNews(complaint: string, nowMilliseconds = performance.now()): boolean {
    if (this.known.has(complaint)) return false
    if (nowMilliseconds - this.since > minuteMilliseconds) {
      this.since = nowMilliseconds
      this.said = 0
    }
    if (this.said >= mostEachMinute) return false
    this.said += 1
    for (const eldest of this.known) {
      if (this.known.size < mostKnown) break
      this.known.delete(eldest)
    }
    this.known.add(complaint)
    return true
  }
}
