/**
 * One end of a link between two endpoints: it makes of channels, which lose, repeat and reorder
 * frames and come and go, what the papers ask for: a message is received at most once, and in the
 * end.
 *
 * Every message of a process is a *post* with a number. It is repeated until it is answered. The
 * receiver takes the step of a post once: it remembers the posts that it has answered, with their
 * answers, until their sender says that they are settled.
 *
 * An answer that is *repeatable* need not be remembered: receiving its post has no effect, now or
 * later, but that answers go to the asker (the promise `onlyAnswers`). Taking it again comes to the
 * same as if the earlier time had never been; the asker uses one of the answers and drops the
 * other. That is what spares reads the disk.
 */
import type { Channel } from "../environment/channel.ts"
import type { Clock } from "../environment/clock.ts"
import {
  type Answer,
  type Declined,
  type Envelope,
  encodeFrame,
  type Frame,
  inShort,
  mostFrameBytes,
  type Post,
  type Refusal
} from "./frame.ts"

export interface LinkEvents {
  /**
   * A post came for the first time as far as is known: its step has to be taken, and `answer` be
   * called.
   */
  readonly post: (sequence: number, envelope: Envelope) => void
  /** A post of this end was answered: the messages that came with it are received now. */
  readonly answered: (sequence: number, envelopes: ReadonlyArray<Envelope>, post: Envelope) => void
  /** A post of this end was declined: its step will not be taken. */
  readonly declined: (sequence: number, refusal: Refusal, post: Envelope) => void
  /**
   * Whether the sender of a post no longer cares for an answer, so that the post may be given up if
   * need be.
   */
  readonly isSettled: (envelope: Envelope) => boolean
}

export interface LinkOptions {
  /** After this time without an answer a post is repeated; then after twice the time, and so on. */
  readonly repeatMilliseconds: number
  /**
   * Beyond this many unanswered posts, or bytes of them, those that nobody cares for are given up,
   * oldest first.
   */
  readonly mostPosts: number
  readonly mostBytes: number
}

export const defaultLinkOptions: LinkOptions = {
  repeatMilliseconds: 1000,
  mostPosts: 4096,
  mostBytes: 64 * 2 ** 20
}

/** How many answers all links of an endpoint remember together. */
export interface RememberedAnswers {
  remembered: number
}

/** No post waits longer than this to be repeated. */
const mostRepeatMilliseconds = 30_000

interface Outgoing {
  readonly envelope: Envelope
  /** What is sent; undefined while the post must not leave yet. */
  frame: Uint8Array | undefined
  repeatAt: number
  delayMilliseconds: number
  /** Its answer came; the post is settled once what the answer caused is durable. */
  isAnswered: boolean
}

/** A post that was received. */
interface Incoming {
  /** Its answer, once the step was taken; undefined for one that need not be remembered. */
  envelopes: ReadonlyArray<Envelope> | undefined
  /** Whether the answer may leave: what it rests on is durable. */
  isGiven: boolean
}

export class Link {
  readonly peer: string
  private readonly clock: Clock
  private readonly events: LinkEvents
  private readonly options: LinkOptions
  private readonly answers: RememberedAnswers
  private channel: Channel | undefined
  private nextSequence = 1
  private readonly outgoing = new Map<number, Outgoing>()
  private outgoingBytes = 0
  /** With more posts, or bytes of them, those that nobody cares for are given up. */
  private postsToGiveUp: number
  private bytesToGiveUp: number
  private readonly incoming = new Map<number, Incoming>()
  private peerSettled = 1
  private announced = 1
  private isTimerSet = false
  /** Whether somebody looks after how long the peer is away. */
  isWatched = false

  constructor(
    peer: string,
    clock: Clock,
    events: LinkEvents,
    options: LinkOptions = defaultLinkOptions,
    answers: RememberedAnswers = { remembered: 0 }
  ) {
    this.peer = peer
    this.clock = clock
    this.events = events
    this.options = options
    this.answers = answers
    this.postsToGiveUp = options.mostPosts
    this.bytesToGiveUp = options.mostBytes
  }

  get isConnected(): boolean {
    return this.channel !== undefined
  }

  /**
   * Whether nothing was ever posted over it, in either direction: who comes back finds nothing
   * missing.
   */
  get isUnused(): boolean {
    return this.nextSequence === 1 && this.peerSettled === 1 && this.incoming.size === 0
  }

  /** How many posts have no answer yet. */
  get unanswered(): number {
    return this.outgoing.size
  }

  /** How many bytes of posts have no answer yet. */
  get unansweredBytes(): number {
    return this.outgoingBytes
  }

  /** How many answers are remembered. */
  get remembered(): number {
    return this.incoming.size
  }

  /**
   * Uses this channel from now on, and repeats on it whatever is unanswered. An earlier one is
   * closed.
   */
  attach(channel: Channel): void {
    const earlier = this.channel
    this.channel = channel
    if (earlier !== channel) earlier?.close()
    for (const post of this.outgoing.values()) {
      post.delayMilliseconds = this.options.repeatMilliseconds
      this.transmit(post)
    }
  }

  /** The channel has ended. */
  detach(channel: Channel): void {
    if (this.channel === channel) this.channel = undefined
  }

  /** Ends the connection, if there is one. */
  close(): void {
    this.channel?.close()
    this.channel = undefined
  }

  /** Numbers a post that must not leave yet: a durable endpoint records it first. */
  reserve(envelope: Envelope): number {
    const sequence = this.nextSequence++
    const delayMilliseconds = this.options.repeatMilliseconds
    this.outgoing.set(sequence, {
      envelope,
      frame: undefined,
      repeatAt: 0,
      delayMilliseconds,
      isAnswered: false
    })
    return sequence
  }

  /** The post with this number may leave. */
  release(sequence: number): void {
    const post = this.outgoing.get(sequence)
    if (post === undefined) return
    const { envelope } = post
    post.frame = encodeFrame({ _tag: "Post", sequence, settled: this.settled, envelope })
    this.outgoingBytes += post.frame.length
    if (post.frame.length - 4 > mostFrameBytes) {
      const reason = `a message of ${post.frame.length - 4} bytes; at most ${mostFrameBytes} go into a frame`
      this.clock.soon(() =>
        this.receiveDeclined({ _tag: "Declined", sequence, kind: "too-large", reason })
      )
      return
    }
    this.transmit(post)
    if (this.outgoing.size > this.postsToGiveUp || this.outgoingBytes > this.bytesToGiveUp)
      this.giveUp()
  }

  /** The step of a post was taken, and this will be its answer; it is remembered from now on. */
  prepare(sequence: number, envelopes: ReadonlyArray<Envelope>): void {
    if (sequence >= this.peerSettled) this.remember(sequence, { envelopes, isGiven: false })
  }

  /** What the step of a post changed is durable: its answer leaves. */
  answer(sequence: number, envelopes: ReadonlyArray<Envelope>): void {
    const known = this.incoming.get(sequence)
    if (known?.envelopes === undefined) this.forget(sequence)
    else known.isGiven = true
    this.sendAnswer(sequence, envelopes)
  }

  /** The step of a post will not be taken. */
  decline(sequence: number, { kind, reason }: Refusal): void {
    this.forget(sequence)
    this.send({ _tag: "Declined", sequence, kind, reason: inShort(reason) })
  }

  /**
   * The answer to one of our posts is none that can be taken: it is as if the post had been
   * declined.
   */
  refuseAnswer(sequence: number, refusal: Refusal): void {
    this.receiveDeclined({ _tag: "Declined", sequence, ...refusal })
  }

  /** Forgets what it answered: the peer will not come back. */
  end(): void {
    this.answers.remembered -= this.incoming.size
    this.incoming.clear()
  }

  private remember(sequence: number, post: Incoming): void {
    if (!this.incoming.has(sequence)) this.answers.remembered += 1
    this.incoming.set(sequence, post)
  }

  private forget(sequence: number): void {
    if (this.incoming.delete(sequence)) this.answers.remembered -= 1
  }

  private sendAnswer(sequence: number, envelopes: ReadonlyArray<Envelope>): void {
    const frame = encodeFrame({ _tag: "Answer", sequence, envelopes })
    const bytes = frame.length - 4
    if (bytes <= mostFrameBytes) this.channel?.send(frame)
    else {
      const reason = `the answer has ${bytes} bytes; at most ${mostFrameBytes} go into a frame`
      this.send({ _tag: "Declined", sequence, kind: "too-large", reason })
    }
  }

  /** What the answer of a post caused is durable: the post is done with. */
  settle(sequence: number): void {
    this.outgoing.delete(sequence)
    // Whoever has nothing more to post says all the same that it has no use for the answers that
    // are remembered.
    if (this.outgoing.size === 0 && this.nextSequence - this.announced >= announcedAtLeast)
      this.announce()
  }

  /** A frame came, other than those that begin and end a connection. */
  receive(frame: Frame): void {
    switch (frame._tag) {
      case "Post":
        this.receivePost(frame)
        return
      case "Answer":
        this.receiveAnswer(frame)
        return
      case "Declined":
        this.receiveDeclined(frame)
        return
      case "Settled":
        this.learnSettled(frame.settled)
        return
      case "Hello":
      case "Refused":
      case "Marks":
      case "Begin":
        return
    }
  }

  private receivePost({ sequence, settled, envelope }: Post): void {
    this.learnSettled(settled)
    // A sender that asks again for what it settled has forgotten, in a crash, that the answer was
    // empty.
    if (sequence < this.peerSettled) {
      this.send({ _tag: "Answer", sequence, envelopes: [] })
      return
    }
    const known = this.incoming.get(sequence)
    if (known === undefined) {
      if (this.incoming.size >= mostRemembered) {
        this.decline(sequence, { kind: "busy", reason: `${mostRemembered} posts are unsettled` })
        return
      }
      this.remember(sequence, { envelopes: undefined, isGiven: false })
      this.events.post(sequence, envelope)
    } else if (known.isGiven && known.envelopes !== undefined) {
      this.sendAnswer(sequence, known.envelopes)
    }
  }

  private receiveAnswer({ sequence, envelopes }: Answer): void {
    const post = this.finish(sequence)
    if (post !== undefined) this.events.answered(sequence, envelopes, post)
  }

  /** What is busy may be asked again, as what is not answered is; everything else is done with. */
  private receiveDeclined({ sequence, kind, reason }: Declined): void {
    if (kind === "busy") return
    const post = this.finish(sequence)
    if (post !== undefined) this.events.declined(sequence, { kind, reason }, post)
  }

  /** A post will not be repeated any more; what it said. Undefined if there is no such post. */
  private finish(sequence: number): Envelope | undefined {
    const post = this.outgoing.get(sequence)
    if (post === undefined || post.isAnswered) return undefined
    post.isAnswered = true
    this.outgoingBytes -= post.frame?.length ?? 0
    post.frame = undefined
    return post.envelope
  }

  /** The answer of a post of ours could not be kept: the post is asked again after a while. */
  unanswer(sequence: number): void {
    const post = this.outgoing.get(sequence)
    if (post === undefined || !post.isAnswered) return
    const { envelope } = post
    post.isAnswered = false
    post.frame = encodeFrame({ _tag: "Post", sequence, settled: this.settled, envelope })
    post.repeatAt = this.clock.nowMilliseconds() + post.delayMilliseconds
    this.outgoingBytes += post.frame.length
    this.setTimer()
  }

  private learnSettled(settled: number): void {
    if (settled <= this.peerSettled) return
    this.peerSettled = settled
    // Posts come roughly in order: those at the front are the oldest, and one that hides is found
    // later.
    for (const sequence of this.incoming.keys()) {
      if (sequence >= settled) return
      this.forget(sequence)
    }
  }

  private announce(): void {
    this.announced = this.settled
    this.send({ _tag: "Settled", settled: this.settled })
  }

  /** All posts of the peer with smaller numbers are settled. */
  get peerSettledBelow(): number {
    return this.peerSettled
  }

  /** All posts of this end with smaller numbers have been answered or given up. */
  get settled(): number {
    for (const sequence of this.outgoing.keys()) return sequence
    return this.nextSequence
  }

  /** Sends a frame that is of no post, if there is a connection. */
  tell(frame: Frame): void {
    this.send(frame)
  }

  private send(frame: Frame): void {
    this.channel?.send(encodeFrame(frame))
  }

  private transmit(post: Outgoing): void {
    if (post.frame === undefined) return
    post.repeatAt = this.clock.nowMilliseconds() + post.delayMilliseconds
    this.channel?.send(post.frame)
    this.setTimer()
  }

  private setTimer(): void {
    if (this.isTimerSet) return
    this.isTimerSet = true
    this.clock.after(this.options.repeatMilliseconds, () => {
      this.isTimerSet = false
      this.repeat()
    })
  }

  /** Repeats what has waited long enough for its answer. */
  private repeat(): void {
    if (this.channel === undefined || this.outgoing.size === 0) return
    const now = this.clock.nowMilliseconds()
    const isBusy = this.channel.isBusy?.() === true
    for (const post of this.outgoing.values()) {
      if (isBusy || post.repeatAt > now) continue
      post.delayMilliseconds = Math.min(2 * post.delayMilliseconds, mostRepeatMilliseconds)
      this.transmit(post)
    }
    this.setTimer()
  }

  /**
   * The peer does not answer, and nothing may grow without bound: posts whose senders need no
   * answer any more are given up, as if they never arrived. Their steps would have been of use only
   * to others.
   */
  private giveUp(): void {
    const { mostPosts, mostBytes } = this.options
    for (const [sequence, { envelope, frame, isAnswered }] of this.outgoing) {
      if (this.outgoing.size <= mostPosts / 2 && this.outgoingBytes <= mostBytes / 2) break
      if (isAnswered || frame === undefined || !this.events.isSettled(envelope)) continue
      this.outgoing.delete(sequence)
      this.outgoingBytes -= frame.length
    }
    // Where somebody cares for most of them, they are not looked through again for each new one.
    this.postsToGiveUp = Math.max(mostPosts, this.outgoing.size + mostPosts / 2)
    this.bytesToGiveUp = Math.max(mostBytes, this.outgoingBytes + mostBytes / 2)
  }

  /**
   * The peer has been away for so long that it counts as failed: nothing is repeated to it any
   * more.
   */
  abandon(): void {
    this.outgoing.clear()
    this.outgoingBytes = 0
  }

  /**
   * What has to survive: the posts that were answered, with their answers; unanswered posts; the
   * next number.
   */
  snapshot(): {
    readonly peerSettled: number
    readonly nextSequence: number
    readonly incoming: ReadonlyArray<readonly [number, ReadonlyArray<Envelope>]>
    readonly outgoing: ReadonlyArray<readonly [number, Envelope]>
  } {
    return {
      peerSettled: this.peerSettled,
      nextSequence: this.nextSequence,
      incoming: [...this.incoming].flatMap(([sequence, { envelopes }]) =>
        envelopes === undefined ? [] : [[sequence, envelopes] as const]
      ),
      outgoing: [...this.outgoing].flatMap(([sequence, { envelope, isAnswered }]) =>
        isAnswered ? [] : [[sequence, envelope] as const]
      )
    }
  }

  /** This post was answered before a crash. */
  restoreIncoming(sequence: number, settled: number, envelopes: ReadonlyArray<Envelope>): void {
    this.learnSettled(settled)
    if (sequence >= this.peerSettled) this.remember(sequence, { envelopes, isGiven: true })
  }

  /** This post was made before a crash, and perhaps never sent. */
  restoreOutgoing(sequence: number, envelope: Envelope): void {
    this.nextSequence = Math.max(this.nextSequence, sequence + 1)
    const delayMilliseconds = this.options.repeatMilliseconds
    this.outgoing.set(sequence, {
      envelope,
      frame: undefined,
      repeatAt: 0,
      delayMilliseconds,
      isAnswered: false
    })
  }

  /**
   * Numbers below this one were used before a crash, and those of the peer below the other one are
   * settled.
   */
  restoreNext(sequence: number, settled = 1): void {
    this.nextSequence = Math.max(this.nextSequence, sequence)
    this.learnSettled(settled)
  }

  /** Nothing more is restored: what was unanswered may leave. */
  restored(): void {
    for (const sequence of this.outgoing.keys()) this.release(sequence)
  }

  /** A post was answered before a crash. */
  restoreAnswered(sequence: number): void {
    this.outgoing.delete(sequence)
  }
}

/**
 * So many posts of one peer may be in hand or remembered. None of ours comes near it (`mostPending`
 * operations at once); of one that settles nothing no more is taken.
 */
const mostRemembered = 2 ** 16
/** So many answers may be remembered for an endpoint that has fallen silent. */
const announcedAtLeast = 64
