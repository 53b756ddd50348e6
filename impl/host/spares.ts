/**
 * Messages that do not have to leave at once. A phase sends to all members of its configurations
 * and continues when a quorum has answered. Answers of the other members at the same time are
 * wasted work. So a client holds back the messages to members that a quorum can do without, for a
 * short time:
 *
 * - A *request*, which is not needed at every node. If the operation still waits for answers then,
 *   the client sends it; otherwise it drops it.
 * - A *copy* of a pair. The client always sends it: with the next copy for that node, so that both
 *   share a frame and a sync; before a request about the same register; or when the time has
 *   passed.
 *
 * To the process this is a slow network. The spared nodes change from one phase to the next, so
 * that all nodes do the same amount of work; nodes that are away or late are spared first, and then
 * nodes that are not members of every active configuration.
 */
import type { Clock } from "../environment/clock.ts"
import type { Asked } from "../link/lateness.ts"

/** What the client can hold back of a phase. */
export interface Sparing {
  /** Whether the phase can continue without answers of these peers. */
  readonly canDoWithout: (peers: ReadonlySet<string>) => boolean
  /** Whether to spare the others before this peer. */
  readonly isPreferred: (peer: string) => boolean
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
 * never relied on: if a quorum needs one, no peer is spared. Preferred peers are spared last.
 */
export const spared = (
  asked: ReadonlyArray<Asked>,
  turn: number,
  { canDoWithout, isPreferred }: Pick<Sparing, "canDoWithout" | "isPreferred">
): ReadonlySet<string> => {
  const none = new Set<string>()
  const late = new Set(asked.filter(({ isLate }) => isLate).map(({ peer }) => peer))
  if (late.size > 0 && !canDoWithout(late)) return none
  const chosen = late
  const from = turn % asked.length
  const inTurn = [...asked.slice(from), ...asked.slice(0, from)]
  const preferred = inTurn.filter(({ peer }) => isPreferred(peer))
  for (const { peer } of [...inTurn.filter((one) => !preferred.includes(one)), ...preferred]) {
    if (chosen.has(peer)) continue
    chosen.add(peer)
    if (!canDoWithout(chosen)) chosen.delete(peer)
  }
  return chosen
}

interface Item extends Kept {
  readonly until: number
}

export class Spares {
  private readonly clock: Clock
  private requests: Array<Item> = []
  /** By peer, and by register: each message that leaves looks for those that belong before it. */
  private readonly copies = new Map<string, Map<string, Array<Item>>>()
  private isTimerSet = false

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Holds a message back for this time. */
  keep(one: Kept, milliseconds: number): void {
    this.put({ ...one, until: this.clock.nowMilliseconds() + milliseconds })
    this.setTimer(milliseconds)
  }

  /** Sends the copies that have to reach this peer before a message about this register. */
  sendBefore(peer: string, key: string, isRequest: boolean): void {
    const ofPeer = this.copies.get(peer)
    if (ofPeer === undefined) return
    const due = isRequest ? (ofPeer.get(key) ?? []) : [...ofPeer.values()].flat()
    if (isRequest) ofPeer.delete(key)
    else ofPeer.clear()
    for (const one of due) end(one)
  }

  /** Sends all messages that are held back: a peer that was asked will not answer soon. */
  release(): void {
    const { all } = this
    this.clear()
    for (const one of all) end(one)
  }

  /** Forgets all messages that are held back. */
  clear(): void {
    this.requests = []
    this.copies.clear()
  }

  private put(item: Item): void {
    const { peer, key, isCopy } = item
    if (!isCopy) {
      this.requests.push(item)
      return
    }
    const ofPeer = this.copies.get(peer) ?? new Map<string, Array<Item>>()
    this.copies.set(peer, ofPeer)
    const ofRegister = ofPeer.get(key)
    if (ofRegister === undefined) ofPeer.set(key, [item])
    else ofRegister.push(item)
  }

  private get all(): ReadonlyArray<Item> {
    const copies = [...this.copies.values()].flatMap((ofPeer) => [...ofPeer.values()].flat())
    return [...this.requests, ...copies]
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
    const { all } = this
    const later = all.filter(({ until }) => until > now)
    this.clear()
    for (const one of later) this.put(one)
    for (const one of all) if (one.until <= now) end(one)
    const next = Math.min(...later.map(({ until }) => until))
    if (later.length > 0) this.setTimer(Math.max(1, next - now))
  }
}

const end = ({ isCopy, isSettled, end }: Kept): void => end(isCopy || !isSettled())
