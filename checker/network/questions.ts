/**
 * Which messages can never be on their way at the same time, because they answer one and the same question.
 *
 * Each message that a node was seen to send to a client has an origin: the message of that client at whose receipt it
 * was sent, if there is only one such and it was sent alone. Two messages of one origin are alternatives if no run of
 * the client sends that origin twice, for a message is received at most once. All of this is what was seen so far:
 * what later turns out to be otherwise is told.
 */
/** A message that was sent on several occasions, or together with others, or by itself: it answers no one question. */
const none = -1

interface Edge {
  readonly to: number
  readonly sends: ReadonlyArray<number>
}

export class Questions {
  /** Told of a message that two runs may send, or of an answer that belongs to no one question any more. */
  private readonly isRefuted: (envelope: number) => void
  private readonly originOf = new Map<number, number>()
  private readonly sentTwice = new Set<number>()
  /** Per state of a process: the steps from there that were seen, and what was sent on some way there. */
  private readonly edges: Array<Array<Edge>> = []
  private readonly sentBefore: Array<Set<number>> = []

  constructor(isRefuted: (envelope: number) => void) {
    this.isRefuted = isRefuted
  }

  /** The question that both messages answer, so that never both are on their way; undefined if there is none. */
  common(left: number, right: number): number | undefined {
    const origin = this.originOf.get(left)
    if (origin === undefined || origin === none || origin !== this.originOf.get(right)) return undefined
    return this.sentTwice.has(origin) ? undefined : origin
  }

  /** A node sends these messages to another, when it receives `origin` from that one; undefined: on its own account. */
  noteAnswers(origin: number | undefined, packet: ReadonlyArray<number>): void {
    const found = origin === undefined || packet.length > 1 ? none : origin
    for (const envelope of packet) {
      const known = this.originOf.get(envelope)
      if (known === found || known === none) continue
      this.originOf.set(envelope, known === undefined ? found : none)
      if (known !== undefined) this.isRefuted(envelope)
    }
  }

  /** A step of a client leads from one of its states to another, and sends these messages. */
  noteStep(before: number, to: number, sends: ReadonlyArray<number>): void {
    const edges = this.edges[before] ?? []
    this.edges[before] = edges
    edges.push({ to, sends })
    sends.forEach((envelope, index) => {
      if (sends.indexOf(envelope) !== index || this.sentBefore[before]?.has(envelope) === true)
        this.refuteQuestion(envelope)
    })
    this.spread(to, [...sends, ...(this.sentBefore[before] ?? [])])
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
        for (const envelope of fresh) if (sends.includes(envelope)) this.refuteQuestion(envelope)
        todo.push({ process: to, envelopes: fresh })
      }
    }
  }

  private refuteQuestion(envelope: number): void {
    if (this.sentTwice.has(envelope)) return
    this.sentTwice.add(envelope)
    this.isRefuted(envelope)
  }
}
