/**
 * Which messages can never be on their way at the same time, because they answer one and the same
 * question, or questions of which a client asks one or another.
 *
 * Each message that a node was seen to send to a client has origins: the messages of that client at
 * whose receipt it was sent, if it was always sent alone and at the receipt of one. Two messages
 * are alternatives if no run of the client sends an origin of the one and an origin of the other,
 * nor an origin of both twice; for a message is received at most once. All of this is what was seen
 * so far: what later turns out to be otherwise is told.
 */
interface Edge {
  readonly to: number
  readonly sends: ReadonlyArray<number>
}

export class Questions {
  /** Told when messages that were taken for alternatives are none after all. */
  private readonly isRefuted: () => void
  /** Per message to a client; null if it was sent together with others, or by itself. */
  private readonly originsOf = new Map<number, Set<number> | null>()
  /**
   * Per state of a process: the steps from there that were seen, and what was sent on some way
   * there.
   */
  private readonly edges: Array<Array<Edge>> = []
  private readonly sentBefore: Array<Set<number>> = []
  /** Per message of a client, the states in which it was sent. */
  private readonly sentIn = new Map<number, Set<number>>()
  /**
   * What was relied on: answers that are alternatives, answers with such origins as are known,
   * origins never both sent.
   */
  private readonly alternatives = new Set<number>()
  private readonly reliedAnswers = new Set<number>()
  private readonly reliedOrigins = new Set<number>()

  constructor(isRefuted: () => void) {
    this.isRefuted = isRefuted
  }

  /**
   * Whether never both messages are on their way, as far as was seen; from now on that is relied
   * on.
   */
  areAlternatives(left: number, right: number): boolean {
    if (this.alternatives.has(keyOf(left, right))) return true
    const origins = this.originsOf.get(left)
    const others = this.originsOf.get(right)
    if (origins == null || others == null) return false
    for (const origin of origins)
      for (const other of others) if (this.areSent(origin, other)) return false
    for (const origin of origins)
      for (const other of others) this.reliedOrigins.add(keyOf(origin, other))
    this.reliedAnswers.add(left).add(right)
    this.alternatives.add(keyOf(left, right))
    return true
  }

  /**
   * A node sends these messages to another, when it receives `origin` from that one; undefined: on
   * its own account.
   */
  noteAnswers(origin: number | undefined, packet: ReadonlyArray<number>): void {
    for (const envelope of packet) {
      const known = this.originsOf.get(envelope)
      if (
        known === null ||
        (origin !== undefined && packet.length === 1 && known?.has(origin) === true)
      )
        continue
      if (origin === undefined || packet.length > 1) this.originsOf.set(envelope, null)
      else this.originsOf.set(envelope, new Set([...(known ?? []), origin]))
      if (this.reliedAnswers.has(envelope)) this.refute()
    }
  }

  /** A step of a client leads from one of its states to another, and sends these messages. */
  noteStep(before: number, to: number, sends: ReadonlyArray<number>): void {
    const edges = this.edges[before] ?? []
    this.edges[before] = edges
    edges.push({ to, sends })
    for (const envelope of sends) {
      const states = this.sentIn.get(envelope) ?? new Set()
      this.sentIn.set(envelope, states.add(before))
    }
    const earlier = this.sentBefore[before] ?? []
    sends.forEach((envelope, index) => {
      for (const other of sends.slice(0, index)) this.noteBothSent(other, envelope)
      for (const other of earlier) this.noteBothSent(other, envelope)
    })
    this.spread(to, [...sends, ...earlier])
  }

  /** These messages were sent on some way to a state, hence on the ways that go on from there. */
  private spread(process: number, envelopes: ReadonlyArray<number>): void {
    const todo = [{ process, envelopes }]
    for (const { process, envelopes } of todo) {
      const known = this.sentBefore[process] ?? new Set()
      this.sentBefore[process] = known
      const fresh = envelopes.filter((envelope) => !known.has(envelope))
      if (fresh.length === 0) continue
      for (const envelope of fresh) known.add(envelope)
      for (const { to, sends } of this.edges[process] ?? []) {
        for (const envelope of fresh) for (const other of sends) this.noteBothSent(envelope, other)
        todo.push({ process: to, envelopes: fresh })
      }
    }
  }

  /** Whether some run was seen to send both messages of a client, or the one message twice. */
  private areSent(left: number, right: number): boolean {
    return this.isSentAfter(left, right) || this.isSentAfter(right, left)
  }

  /**
   * Whether some step was seen that sends the second message together with the first, or on a way
   * on which it was sent.
   */
  private isSentAfter(first: number, second: number): boolean {
    for (const state of this.sentIn.get(second) ?? []) {
      if (this.sentBefore[state]?.has(first) === true) return true
      const isTogether = ({ sends }: Edge) =>
        sends.includes(second) &&
        sends.indexOf(first) >= 0 &&
        sends.indexOf(first) !== sends.lastIndexOf(second)
      if (this.edges[state]?.some(isTogether) === true) return true
    }
    return false
  }

  private noteBothSent(left: number, right: number): void {
    if (this.reliedOrigins.has(keyOf(left, right))) this.refute()
  }

  private refute(): void {
    this.alternatives.clear()
    this.reliedAnswers.clear()
    this.reliedOrigins.clear()
    this.isRefuted()
  }
}

/** One number for two messages, in either order; there are fewer than 2^26. */
const keyOf = (left: number, right: number): number =>
  left < right ? left * 2 ** 26 + right : right * 2 ** 26 + left
