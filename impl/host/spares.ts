/**
 * Questions that need not be asked of everybody. A phase asks all members of its configurations
 * and goes on when a quorum has answered; where the question changes nothing at a node, the answers
 * of the others are work for nothing. So a client keeps its question to those whom a quorum can do
 * without, for a little while. If the operation then still waits for answers, they are asked too.
 *
 * To the process this is a slow network. Which nodes are spared changes from one question to the
 * next, so that all of them work as much; those who are away, or late, are spared first.
 */
import type { Clock } from "../environment/clock.ts"
import type { Asked } from "../link/lateness.ts"

/** A question to a peer that is kept. */
export interface Kept {
  readonly peer: string
  /** Whether its sender needs no answer any more. */
  readonly isSettled: () => boolean
  /** Asks it, if it is still needed; drops it otherwise. */
  readonly end: (isNeeded: boolean) => void
}

/**
 * Chooses who is not asked. `canDoWithout` says whether the others suffice. No one who is late is
 * counted on: if it takes one of them to make a quorum, nobody is spared.
 */
export const spared = (
  asked: ReadonlyArray<Asked>,
  turn: number,
  canDoWithout: (peers: ReadonlySet<string>) => boolean
): ReadonlySet<string> => {
  const none = new Set<string>()
  const late = new Set(asked.filter(({ isLate }) => isLate).map(({ peer }) => peer))
  if (late.size > 0 && !canDoWithout(late)) return none
  const chosen = late
  for (let at = 0; at < asked.length; at++) {
    const { peer } = asked[(turn + at) % asked.length] as Asked
    if (chosen.has(peer)) continue
    chosen.add(peer)
    if (!canDoWithout(chosen)) chosen.delete(peer)
  }
  return chosen
}

export class Spares {
  private readonly clock: Clock
  private kept: Array<Kept & { readonly until: number }> = []
  private isTimerSet = false

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Keeps a question for so long. */
  keep(question: Kept, milliseconds: number): void {
    this.kept.push({ ...question, until: this.clock.nowMilliseconds() + milliseconds })
    this.setTimer(milliseconds)
  }

  /** Nothing is kept any longer: somebody who was asked will not answer soon. */
  release(): void {
    const { kept } = this
    this.kept = []
    for (const { isSettled, end } of kept) end(!isSettled())
  }

  /** Forgets all questions. */
  clear(): void {
    this.kept = []
  }

  private setTimer(milliseconds: number): void {
    if (this.isTimerSet) return
    this.isTimerSet = true
    this.clock.after(milliseconds, () => {
      this.isTimerSet = false
      this.endDue()
    })
  }

  private endDue(): void {
    const now = this.clock.nowMilliseconds()
    const due = this.kept.filter(({ until }) => until <= now)
    this.kept = this.kept.filter(({ until }) => until > now)
    for (const { isSettled, end } of due) end(!isSettled())
    const [next] = this.kept
    if (next !== undefined) this.setTimer(Math.max(1, next.until - now))
  }
}
