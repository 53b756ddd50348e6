/**
 * The lease of an endpoint's clients, at the edge, where there is a clock: it has a process ask
 * whether what they know is the current state of the system, and says to them from when until when
 * they may rely on the answer. What that means they decide.
 *
 * The answer is as old as the question. It is looked at whenever something arrives: of a machine
 * that slept, the clock is what wakes up last.
 */
import type { Clock } from "../environment/clock.ts"

/** The runnable protocol's part in it. */
export interface LeaseOptions {
  readonly clock: Clock
  readonly milliseconds: number
  /** Has the process ask, and ask the same again. */
  readonly ask: () => void
  readonly askAgain: () => void
  /** Says to all clients what is current, or that nobody knows. */
  readonly tell: (current: unknown) => void
  /** Whether anybody waits for something. */
  readonly isWanted: () => boolean
}

/**
 * After so long the same question is asked again, and then after twice as long each time: who
 * cannot keep up is not asked more.
 */
const againMilliseconds = 1000
const maxAgainMilliseconds = 8000

export class Lease {
  private readonly options: LeaseOptions
  private askedAt: Time | undefined
  private saidAt = 0
  private patienceMilliseconds = againMilliseconds
  /** What the service has said, and when it was asked. */
  private answer: { readonly current: unknown; readonly at: Time } | undefined

  constructor(options: LeaseOptions) {
    this.options = options
  }

  /** What is current; null if that is not known. */
  get current(): unknown {
    return this.answer === undefined ? null : this.answer.current
  }

  /** Looks at the clock. */
  look(): void {
    const { milliseconds, isWanted, ask, askAgain, tell } = this.options
    const now = this.now()
    if (this.answer !== undefined && passed(this.answer.at, now) > milliseconds) {
      this.answer = undefined
      tell(null)
    }
    if (!isWanted()) return
    if (this.askedAt !== undefined) {
      if (now.steady - this.saidAt < this.patienceMilliseconds) return
      this.saidAt = now.steady
      this.patienceMilliseconds = Math.min(2 * this.patienceMilliseconds, maxAgainMilliseconds)
      askAgain()
    } else if (this.answer === undefined || passed(this.answer.at, now) > milliseconds / 2) {
      this.askedAt = now
      this.saidAt = now.steady
      this.patienceMilliseconds = againMilliseconds
      ask()
    }
  }

  /** The service has answered. */
  answered(current: unknown): void {
    const at = this.askedAt
    this.askedAt = undefined
    if (at === undefined) return
    this.answer = { current, at }
    if (passed(at, this.now()) <= this.options.milliseconds) this.options.tell(current)
    else {
      // The service moved for longer than a lease and answers now: the next answer is a fresh one.
      this.answer = undefined
      this.look()
    }
  }

  private now(): Time {
    return { steady: this.options.clock.nowMilliseconds(), wall: Date.now() }
  }
}

/** By a clock that stands still while the machine sleeps, and by one that people set. */
interface Time {
  readonly steady: number
  readonly wall: number
}

/** Whichever says that more time has passed. */
const passed = (from: Time, to: Time): number =>
  Math.max(to.steady - from.steady, to.wall - from.wall)
