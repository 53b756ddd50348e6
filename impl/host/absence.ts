/**
 * Tracks how long peers are away, and decides which of them are forgotten.
 *
 * Nothing is kept forever for a client that never comes back. A client gives up its posts to a node
 * that it cannot reach. Much later the node forgets its answers: by then the client no longer
 * repeats any post.
 */
import type { Clock } from "../environment/clock.ts"
import type { Link } from "../link/link.ts"

export interface AbsenceOptions {
  readonly clock: Clock
  /** Whether this is a client's endpoint: it remembers nothing that should survive a crash. */
  readonly isClient: () => boolean
  /** Whether a peer comes back under its name, however long it is away. */
  readonly returns: (peer: string) => boolean
  /** The maximum number of remembered peers that are away and may not come back. */
  readonly maxAbsent: number
  /** Forgets everything kept for this peer. */
  readonly forget: (peer: string) => void
}

export class Absence {
  private readonly options: AbsenceOptions
  /** The peers that are away and may not come back, the one longest away first. */
  private readonly absent = new Set<string>()

  constructor(options: AbsenceOptions) {
    this.options = options
  }

  /** The peer is back. */
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
   * Peers that come and go under ever new names must not fill the memory. If too many peers are
   * away, those longest away are forgotten early. If one of them comes back and repeats a post, its
   * step is taken twice. (This equals receiving one message twice: storage nodes take repeated
   * pairs, cmaps and ballots.)
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
 * A lost connection is noticed within a quarter of an hour (TCP's own limit): the difference is
 * twice that.
 */
const clientPatienceMilliseconds = 30 * 60_000
const nodePatienceMilliseconds = 60 * 60_000
