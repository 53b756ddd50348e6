/**
 * Requests that do not have to go to all nodes. A phase sends to all members of its configurations
 * and continues when a quorum has answered. If the request changes nothing at a node, the answers
 * of the other members are wasted work. So a client holds back the requests to members that a
 * quorum can do without, for a short time. If the operation then still waits for answers, the
 * client sends to them too.
 *
 * To the process this is a slow network. The spared nodes change from one request to the next, so
 * that all nodes do the same amount of work; nodes that are away or late are spared first.
 */
import type { Clock } from "../environment/clock.ts"
import type { Asked } from "../link/lateness.ts"

/** A request to a peer that is held back. */
export interface Kept {
  readonly peer: string
  /** Whether the sender no longer needs an answer. */
  readonly isSettled: () => boolean
  /** Sends the request if it is still needed; drops it otherwise. */
  readonly end: (isNeeded: boolean) => void
}

/**
 * Chooses the peers to spare. `canDoWithout` decides whether the others suffice. A late peer is
 * never relied on: if a quorum needs one, no peer is spared.
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

  /** Holds a request back for this time. */
  keep(question: Kept, milliseconds: number): void {
    this.kept.push({ ...question, until: this.clock.nowMilliseconds() + milliseconds })
    this.setTimer(milliseconds)
  }

  /** Sends all requests that are held back: a peer that was asked will not answer soon. */
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
