/**
 * Watches which functions of the author's are being called, and for how long.
 */
import { askedBy, bytesOfNotes } from "../relation/asking.ts"

/** A call that has not returned yet. */
export interface Question {
  readonly thread: number
  readonly asked: string
  readonly seconds: number
}

/** What the watcher sees of the longest call, and, if the check must end because of it, why. */
interface Seen {
  readonly stuck?: Question
  readonly why?: string
  /** Whether to warn the user, once. */
  readonly isNews?: boolean
}

/**
 * How long a function may run while everything else waits for it, and how long until the user is
 * warned.
 */
const patienceSeconds = 2
const newsSeconds = 10

export class Watch {
  private readonly memory: SharedArrayBuffer
  private readonly maxSeconds: number
  private readonly started = performance.now()
  /** Per thread, the last call seen, and since when. */
  private readonly since: Array<{ count: number; at: number }> = []
  private told = ""

  constructor(memory: SharedArrayBuffer, maxSeconds: number) {
    this.memory = memory
    this.maxSeconds = maxSeconds
  }

  look(isInterrupted: boolean, now = performance.now()): Seen {
    const stuck = this.longest(now)
    if (stuck === undefined || stuck.seconds < patienceSeconds) return {}
    if (isInterrupted) return { stuck, why: "it was interrupted" }
    if ((now - this.started) / 1000 >= this.maxSeconds + patienceSeconds)
      return { stuck, why: `the limit of ${this.maxSeconds} s was reached` }
    const isNews = stuck.seconds >= newsSeconds && this.told !== stuck.asked
    if (isNews) this.told = stuck.asked
    return { stuck, isNews }
  }

  /** The call that some thread is making. */
  get asked(): string | undefined {
    return this.longest(performance.now())?.asked
  }

  private longest(now: number): Question | undefined {
    let longest: Question | undefined
    for (let thread = 0; thread < this.memory.byteLength / bytesOfNotes; thread++) {
      const { asked, count } = askedBy({ memory: this.memory, thread })
      const known = this.since[thread]
      if (known === undefined || known.count !== count) this.since[thread] = { count, at: now }
      const seconds = (now - (this.since[thread]?.at ?? now)) / 1000
      if (asked !== undefined && seconds >= (longest?.seconds ?? 0))
        longest = { thread, asked, seconds }
    }
    return longest
  }
}
