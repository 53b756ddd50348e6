/**
 * The lease of an endpoint's clients, at the edge, where there is a clock: it has processes ask
 * whether what they know is the current state of the system, and says to the clients from when
 * until when they may rely on the answer. What that means they decide.
 *
 * The answer is as old as its question. A question that is not answered soon is followed by others,
 * each asked by a process of its own, so that a slow service does not let the lease end; whichever
 * is answered counts from the time at which it was asked itself. The clock is looked at whenever
 * something arrives: of a machine that slept, the clock is what wakes up last.
 */
import type { Clock } from "../environment/clock.ts"

/** The runnable protocol's part in it. */
export interface LeaseOptions {
  readonly clock: Clock
  readonly milliseconds: number
  /** Has the process of this number ask, and ask the same again. */
  readonly ask: (asker: number) => void
  readonly askAgain: (asker: number) => void
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
/** How many questions are asked in the time of a lease; that many may be unanswered at once. */
export const questionsOfLease = 3

interface Question {
  readonly at: Time
  saidAt: number
  patienceMilliseconds: number
}

export class Lease {
  private readonly options: LeaseOptions
  /** The unanswered questions, by the number of the process that asks. */
  private readonly questions = new Map<number, Question>()
  /** When the latest question was asked. */
  private askedAt: Time | undefined
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
    const { milliseconds, isWanted, tell } = this.options
    const now = this.now()
    if (this.answer !== undefined && passed(this.answer.at, now) > milliseconds) {
      this.answer = undefined
      tell(null)
    }
    if (!isWanted()) return
    for (const [asker, question] of this.questions) this.askAgain(asker, question, now)
    const { askedAt } = this
    if (askedAt === undefined || passed(askedAt, now) > milliseconds / questionsOfLease)
      this.ask(now)
  }

  private ask(now: Time): void {
    const numbers = Array.from({ length: questionsOfLease }, (_, number) => number)
    const asker = numbers.find((number) => !this.questions.has(number))
    if (asker === undefined) return
    this.askedAt = now
    this.questions.set(asker, {
      ...{ at: now, saidAt: now.steady },
      patienceMilliseconds: againMilliseconds
    })
    this.options.ask(asker)
  }

  private askAgain(asker: number, question: Question, now: Time): void {
    const { saidAt, patienceMilliseconds } = question
    if (now.steady - saidAt < patienceMilliseconds) return
    question.saidAt = now.steady
    question.patienceMilliseconds = Math.min(2 * patienceMilliseconds, maxAgainMilliseconds)
    this.options.askAgain(asker)
  }

  /** The service has answered the question of this process. */
  answered(asker: number, current: unknown): void {
    const at = this.questions.get(asker)?.at
    this.questions.delete(asker)
    if (at === undefined) return
    const isTooLate = passed(at, this.now()) > this.options.milliseconds
    // The answer to a later question has given a longer lease.
    const isOutdone = this.answer !== undefined && passed(at, this.answer.at) > 0
    if (!isTooLate && !isOutdone) {
      this.answer = { current, at }
      this.options.tell(current)
    }
    // Where all questions were unanswered, the next one was due long ago.
    this.look()
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
