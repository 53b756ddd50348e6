/**
 * How long peers are away, and which of them are forgotten.
 *
 * Nothing is kept for ever for a client that never comes back. A client gives up its posts to a
 * node that it cannot reach, and much later the node forgets what it answered: by then the client
 * no longer repeats anything.
 */
import type { Clock } from "../environment/clock.ts"
import type { Link } from "../link/link.ts"

export interface AbsenceOptions {
  readonly clock: Clock
  /** Whether the endpoint is a client's: it remembers nothing that a crash should leave. */
  readonly isClient: () => boolean
  /** Whether a peer comes back under its name, however long it is away. */
  readonly returns: (peer: string) => boolean
  /** How many peers that are away, and may not come back, are remembered. */
  readonly maxAbsent: number
  /** Forgets what is kept for this peer. */
  readonly forget: (peer: string) => void
}

export class Absence {
  private readonly options: AbsenceOptions
  /** The peers that are away and may not come back, the one that has been for longest first. */
  private readonly absent = new Set<string>()

  constructor(options: AbsenceOptions) {
    this.options = options
  }

  /** The peer is there. */
  end(peer: string): void {
    this.absent.delete(peer)
  }

  /** The peer of this link is away, unless it is connected. */
  watch(link: Link): void {
    if (link.isConnected || link.isWatched) return
    link.isWatched = true
    const { clock, returns } = this.options
    const isClient = this.options.isClient()
    clock.after(isClient ? clientPatienceMilliseconds : nodePatienceMilliseconds, () => {
      link.isWatched = false
      if (link.isConnected) return
      if (isClient) link.abandon()
      else if (this.absent.has(link.peer)) this.forget(link.peer)
    })
    if (!isClient && !returns(link.peer)) this.absent.add(link.peer)
  }

  /**
   * Whoever comes and goes under ever new names must not fill the memory: of too many peers that
   * are away those that have been for longest are forgotten early. Should one of them come back and
   * repeat a post, its step is taken twice. (That is one message received twice: storage nodes take
   * pairs, cmaps and ballots as often as they come.)
   */
  forgetSome(): void {
    for (const peer of this.absent) {
      if (this.absent.size <= this.options.maxAbsent) return
      this.forget(peer)
    }
  }

  private forget(peer: string): void {
    this.absent.delete(peer)
    this.options.forget(peer)
  }
}

/**
 * A connection that is gone is noticed within a quarter of an hour (TCP's own limit): the
 * difference is twice that.
 */
const clientPatienceMilliseconds = 30 * 60_000
const nodePatienceMilliseconds = 60 * 60_000
