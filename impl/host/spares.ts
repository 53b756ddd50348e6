/**
 * Messages that do not have to leave at once. A phase sends to all members of its configurations
 * and continues when a quorum has answered. Answers of the other members at the same time are
 * wasted work. So a client holds back the messages to members that a quorum can do without, for a
 * short time:
 *
 * - A *request*, which changes nothing at a node. If the operation still waits for answers then,
 *   the client sends it; otherwise it drops it.
 * - A *copy* of a pair. The client always sends it: with the next copy for that node, so that both
 *   share a frame and a sync; before a request about the same register; or when the time has
 *   passed.
 *
 * To the process this is a slow network. The spared nodes change from one phase to the next, so
 * that all nodes do the same amount of work; nodes that are away or late are spared first.
 */
import type { Clock } from "../environment/clock.ts"
import type { Asked } from "../link/lateness.ts"

/** What the client can hold back of a phase. */
export interface Sparing {
  /** Whether the phase can continue without answers of these peers. */
  readonly canDoWithout: (peers: ReadonlySet<string>) => boolean
  /** Whether the phase sends requests; otherwise it sends copies. */
  readonly onlyAsks: boolean
}

/** A message to a peer that is held back. */
export interface Kept {
  readonly peer: string
  /** The register that it is about. */
  readonly key: string
  readonly isCopy: boolean
  /** Whether the sender no longer needs an answer. */
  readonly isSettled: () => boolean
  /** Sends the message if it is still needed; drops it otherwise. */
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

  /** Holds a message back for this time. */
  keep(one: Kept, milliseconds: number): void {
    this.kept.push({ ...one, until: this.clock.nowMilliseconds() + milliseconds })
    this.setTimer(milliseconds)
  }

  /** Sends the copies that have to reach this peer before a message about this register. */
  sendBefore(peer: string, key: string, isRequest: boolean): void {
    this.endThose((one) => one.isCopy && one.peer === peer && (!isRequest || one.key === key))
  }

  /** Sends all messages that are held back: a peer that was asked will not answer soon. */
  release(): void {
    this.endThose(() => true)
  }

  /** Forgets all messages that are held back. */
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
    this.endThose(({ until }) => until <= now)
    const [next] = this.kept
    if (next !== undefined) this.setTimer(Math.max(1, next.until - now))
  }

  private endThose(isDue: (one: Kept & { readonly until: number }) => boolean): void {
    if (!this.kept.some(isDue)) return
    const due = this.kept.filter(isDue)
    this.kept = this.kept.filter((one) => !isDue(one))
    for (const { isCopy, isSettled, end } of due) end(isCopy || !isSettled())
  }
}
