/**
 * Which messages are never in flight together, because they answer the same question, or questions
 * of which a client asks only one.
 *
 * A message to a client has origins: the client's messages on whose receipt a node sent it,
 * provided that each time it was sent alone and on the receipt of one message. Two messages are
 * alternatives if no run of the client sends an origin of the one and an origin of the other, nor
 * an origin of both twice; for a client's message is received at most once. All of this rests on
 * the steps seen so far. If a later step refutes it, the class reports that.
 */
interface Edge {
  readonly to: number
  readonly sends: ReadonlyArray<number>
}

export class Questions {
  /** Called when messages that counted as alternatives are refuted. */
  private readonly isRefuted: () => void
  /**
   * Per message to a client, its origins; null if it was sent together with others, or
   * spontaneously.
   */
  private readonly originsOf = new Map<number, Set<number> | null>()
  /** Per process state: the steps seen from there, and the messages sent on some path to it. */
  private readonly edges: Array<Array<Edge>> = []
  private readonly sentBefore: Array<Set<number>> = []
  /** Per message of a client, the states from which it was sent. */
  private readonly sentIn = new Map<number, Set<number>>()
  /**
   * The assumptions that were relied on: pairs of alternative answers; answers whose origins must
   * not grow; pairs of origins that must not both be sent.
   */
  private readonly alternatives = new Set<number>()
  private readonly reliedAnswers = new Set<number>()
  private readonly reliedOrigins = new Set<number>()

  constructor(isRefuted: () => void) {
    this.isRefuted = isRefuted
  }

  /**
   * Whether two messages are never in flight together, as far as the search has observed. If so,
   * the search relies on it from now on.
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
   * Records that a node sent these messages to another one on receiving `origin` from it; undefined
   * if it sent them spontaneously.
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

  /** Records that a step of a client leads to a state and sends these messages. */
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

  /**
   * These messages were sent on some path to a state, hence also on the paths that continue from
   * there.
   */
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

  /** Whether some observed run sends both messages of a client, or the one message twice. */
  private areSent(left: number, right: number): boolean {
    return this.isSentAfter(left, right) || this.isSentAfter(right, left)
  }

  /**
   * Whether some observed step sends the second message together with the first, or on a path after
   * it.
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

/** One number for an unordered pair of messages; message numbers are below 2^26. */
const keyOf = (left: number, right: number): number =>
  left < right ? left * 2 ** 26 + right : right * 2 ** 26 + left
