/**
 * One end of a link between two endpoints. Channels lose, repeat and reorder frames, and come and
 * go; a link makes of them what the papers require: each message is received at most once, and
 * eventually.
 *
 * Every message of a process is a *post* with a number. The sender repeats it until an answer
 * arrives. The receiver takes the step of a post once: it remembers the posts that it has answered,
 * with their answers, until the sender says that they are settled.
 *
 * The receiver does not have to remember a *repeatable* answer. Receiving its post has no effect,
 * now or later, except that answers go to the sender (the promise `onlyAnswers`). Taking the step
 * again has the same effect as taking it for the first time; the sender uses one of the answers and
 * drops the other. Reads therefore need no disk.
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
  maxFrameBytes,
  type Post,
  type Refusal
} from "./frame.ts"
import { type Asked, timeFor } from "./lateness.ts"

export interface LinkEvents {
  /**
   * A post has arrived, for the first time as far as this end knows: take its step, and call
   * `answer`.
   */
  readonly post: (sequence: number, envelope: Envelope) => void
  /** A post of this end was answered: the messages of the answer are received now. */
  readonly answered: (sequence: number, envelopes: ReadonlyArray<Envelope>, post: Envelope) => void
  /** A post of this end was declined: the peer will not take its step. */
  readonly declined: (sequence: number, refusal: Refusal, post: Envelope) => void
  /**
   * Whether the sender of a post needs no answer any more, so that this end may drop the post if it
   * must.
   */
  readonly isSettled: (envelope: Envelope) => boolean
}

export interface LinkOptions {
  /** The time without an answer after which a post is repeated. It doubles with each repetition. */
  readonly repeatMilliseconds: number
  /**
   * Beyond this many unanswered posts, or this many bytes of them, this end drops posts whose
   * senders need no answer, oldest first.
   */
  readonly maxPosts: number
  readonly maxBytes: number
}

export const defaultLinkOptions: LinkOptions = {
  repeatMilliseconds: 1000,
  maxPosts: 4096,
  maxBytes: 64 * 2 ** 20
}

/** The number of answers that all links of an endpoint remember together. */
export interface RememberedAnswers {
  remembered: number
}

/** The mean answer time covers about this number of answers. */
const measured = 16
/** The longest time between two repetitions of a post. */
const maxRepeatMilliseconds = 30_000

type Encode = (frame: Frame) => Uint8Array

interface Outgoing {
  readonly envelope: Envelope
  /** The bytes to send; undefined while the post must not leave yet. */
  frame: Uint8Array | undefined
  repeatAt: number
  delayMilliseconds: number
  /** Its answer has arrived. The post is settled once the effects of the answer are durable. */
  isAnswered: boolean
}

/** A post that this end received. */
interface Incoming {
  /** Its answer, once the step was taken; undefined if the answer is not remembered. */
  envelopes: ReadonlyArray<Envelope> | undefined
  /** Whether the answer may leave: everything that it depends on is durable. */
  isGiven: boolean
}

export class Link {
  readonly peer: string
  private readonly clock: Clock
  private readonly events: LinkEvents
  private readonly options: LinkOptions
  private readonly answers: RememberedAnswers
  private readonly encodeCompactly: Encode
  /** Writes frames so that the peer at the other end of the latest channel reads them. */
  private encode: Encode = encodeFrame
  private channel: Channel | undefined
  private nextSequence = 1
  private readonly outgoing = new Map<number, Outgoing>()
  private outgoingBytes = 0
  /** Beyond this many posts, or bytes, this end drops posts whose senders need no answer. */
  private postsToGiveUp: number
  private bytesToGiveUp: number
  private readonly incoming = new Map<number, Incoming>()
  private peerSettled = 1
  private announced = 1
  private isTimerSet = false
  /**
   * The time since when the peer has owed answers and sent nothing; and its approximate time to
   * answer.
   */
  private silentSince = 0
  private meanMilliseconds = 0
  /** Whether the endpoint watches how long the peer is away. */
  isWatched = false

  constructor(
    peer: string,
    clock: Clock,
    events: LinkEvents,
    options: LinkOptions = defaultLinkOptions,
    answers: RememberedAnswers = { remembered: 0 },
    encodeCompactly: Encode = encodeFrame
  ) {
    this.peer = peer
    this.clock = clock
    this.events = events
    this.options = options
    this.answers = answers
    this.encodeCompactly = encodeCompactly
    this.postsToGiveUp = options.maxPosts
    this.bytesToGiveUp = options.maxBytes
  }

  get isConnected(): boolean {
    return this.channel !== undefined
  }

  /**
   * Whether no post ever used this link, in either direction. A peer that returns then misses
   * nothing.
   */
  get isUnused(): boolean {
    return this.nextSequence === 1 && this.peerSettled === 1 && this.incoming.size === 0
  }

  /** The number of unanswered posts. */
  get unanswered(): number {
    return this.outgoing.size
  }

  /** The number of unanswered posts that satisfy the predicate, and their size in bytes. */
  unansweredOf(is: (envelope: Envelope) => boolean): { posts: number; bytes: number } {
    const such = [...this.outgoing.values()].filter(({ envelope }) => is(envelope))
    const bytes = such.reduce((sum, { frame }) => sum + (frame?.length ?? 0), 0)
    return { posts: such.length, bytes }
  }

  /** The size of the unanswered posts, in bytes. */
  get unansweredBytes(): number {
    return this.outgoingBytes
  }

  /** For how long the peer has owed answers and sent none; without end while it is away. */
  get silentMilliseconds(): number {
    if (this.channel === undefined) return Number.POSITIVE_INFINITY
    return this.outgoingBytes === 0 ? 0 : this.clock.nowMilliseconds() - this.silentSince
  }

  /** Whether to send requests to the peer: it is connected, and not late. */
  get asked(): Asked {
    const { peer, meanMilliseconds, silentMilliseconds } = this
    const isLate = silentMilliseconds > timeFor([{ meanMilliseconds }])
    return { peer, meanMilliseconds, isLate }
  }

  /** The number of remembered answers. */
  get remembered(): number {
    return this.incoming.size
  }

  /**
   * Uses this channel from now on, and repeats all unanswered posts on it. Closes an earlier
   * channel.
   */
  attach(channel: Channel): void {
    const earlier = this.channel
    this.channel = channel
    if (earlier !== channel) earlier?.close()
    const encode = channel.isCompact === true ? this.encodeCompactly : encodeFrame
    if (encode !== this.encode) this.encodeWith(encode)
    for (const post of this.outgoing.values()) {
      post.delayMilliseconds = this.options.repeatMilliseconds
      this.transmit(post)
    }
  }

  /** Writes frames with this encoder from now on, those of unanswered posts too. */
  private encodeWith(encode: Encode): void {
    this.encode = encode
    for (const [sequence, post] of this.outgoing) {
      if (post.frame === undefined) continue
      this.outgoingBytes -= post.frame.length
      post.frame = this.encodePost(sequence, post.envelope)
      this.outgoingBytes += post.frame.length
    }
  }

  private encodePost(sequence: number, envelope: Envelope): Uint8Array {
    return this.encode({ _tag: "Post", sequence, settled: this.settled, envelope })
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

  /** Lets the post with this number leave. */
  release(sequence: number): void {
    const post = this.outgoing.get(sequence)
    if (post === undefined) return
    const { envelope } = post
    post.frame = this.encodePost(sequence, envelope)
    if (this.outgoingBytes === 0) this.silentSince = this.clock.nowMilliseconds()
    this.outgoingBytes += post.frame.length
    if (post.frame.length - 4 > maxFrameBytes) {
      const reason = `a message of ${post.frame.length - 4} bytes; a frame holds at most ${maxFrameBytes}`
      this.clock.soon(() =>
        this.receiveDeclined({ _tag: "Declined", sequence, kind: "too-large", reason })
      )
      return
    }
    this.transmit(post)
    if (this.outgoing.size > this.postsToGiveUp || this.outgoingBytes > this.bytesToGiveUp)
      this.giveUp()
  }

  /** Remembers the answer of a post whose step was taken. It may leave once the step is durable. */
  prepare(sequence: number, envelopes: ReadonlyArray<Envelope>): void {
    if (sequence >= this.peerSettled) this.remember(sequence, { envelopes, isGiven: false })
  }

  /** Sends an answer: the changes of the step are durable. */
  answer(sequence: number, envelopes: ReadonlyArray<Envelope>): void {
    const known = this.incoming.get(sequence)
    if (known?.envelopes === undefined) this.forget(sequence)
    else known.isGiven = true
    this.sendAnswer(sequence, envelopes)
  }

  /** Declines a post: its step will not be taken. */
  decline(sequence: number, { kind, reason }: Refusal): void {
    this.forget(sequence)
    this.send({ _tag: "Declined", sequence, kind, reason: inShort(reason) })
  }

  /** An answer to a post of this end is invalid: treats the post as declined. */
  refuseAnswer(sequence: number, refusal: Refusal): void {
    this.receiveDeclined({ _tag: "Declined", sequence, ...refusal })
  }

  /** Forgets all remembered answers: the peer will not come back. */
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
    const frame = this.encode({ _tag: "Answer", sequence, envelopes })
    const bytes = frame.length - 4
    if (bytes <= maxFrameBytes) this.channel?.send(frame)
    else {
      const reason = `the answer has ${bytes} bytes; a frame holds at most ${maxFrameBytes}`
      this.send({ _tag: "Declined", sequence, kind: "too-large", reason })
    }
  }

  /** Settles a post: the effects of its answer are durable. */
  settle(sequence: number): void {
    this.outgoing.delete(sequence)
    // An end with nothing more to post still announces that it needs none of the remembered
    // answers.
    if (this.outgoing.size === 0 && this.nextSequence - this.announced >= announcedAtLeast)
      this.announce()
  }

  /** Receives a frame, except those that begin and end a connection. */
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
    // A sender that repeats a settled post has crashed and forgotten that the answer was empty.
    if (sequence < this.peerSettled) {
      this.send({ _tag: "Answer", sequence, envelopes: [] })
      return
    }
    const known = this.incoming.get(sequence)
    if (known === undefined) {
      if (this.incoming.size >= maxRemembered) {
        this.decline(sequence, { kind: "busy", reason: `${maxRemembered} posts are unsettled` })
        return
      }
      this.remember(sequence, { envelopes: undefined, isGiven: false })
      this.events.post(sequence, envelope)
    } else if (known.isGiven && known.envelopes !== undefined) {
      this.sendAnswer(sequence, known.envelopes)
    }
  }

  private receiveAnswer({ sequence, envelopes }: Answer): void {
    this.measure(this.outgoing.get(sequence))
    const post = this.finish(sequence)
    if (post !== undefined) this.events.answered(sequence, envelopes, post)
  }

  /** Learns from an answer how long the peer takes. */
  private measure(post: Outgoing | undefined): void {
    if (post?.frame === undefined) return
    this.silentSince = this.clock.nowMilliseconds()
    const milliseconds = this.silentSince - (post.repeatAt - post.delayMilliseconds)
    this.meanMilliseconds += (milliseconds - this.meanMilliseconds) / measured
  }

  /**
   * A busy post may be sent again, like an unanswered one; every other declined post is finished.
   */
  private receiveDeclined({ sequence, kind, reason }: Declined): void {
    if (kind === "busy") return
    const post = this.finish(sequence)
    if (post !== undefined) this.events.declined(sequence, { kind, reason }, post)
  }

  /** Ends the repetition of a post. Returns its message; undefined if there is no such post. */
  private finish(sequence: number): Envelope | undefined {
    const post = this.outgoing.get(sequence)
    if (post === undefined || post.isAnswered) return undefined
    post.isAnswered = true
    this.outgoingBytes -= post.frame?.length ?? 0
    post.frame = undefined
    return post.envelope
  }

  /** The answer to a post of this end could not be kept: the post is repeated after a while. */
  unanswer(sequence: number): void {
    const post = this.outgoing.get(sequence)
    if (post === undefined || !post.isAnswered) return
    const { envelope } = post
    post.isAnswered = false
    post.frame = this.encodePost(sequence, envelope)
    post.repeatAt = this.clock.nowMilliseconds() + post.delayMilliseconds
    this.outgoingBytes += post.frame.length
    this.setTimer()
  }

  private learnSettled(settled: number): void {
    if (settled <= this.peerSettled) return
    this.peerSettled = settled
    // Posts arrive roughly in order, so the oldest are at the front; a later pass finds any that it
    // misses.
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

  /** All posts of this end with smaller numbers have been answered or dropped. */
  get settled(): number {
    for (const sequence of this.outgoing.keys()) return sequence
    return this.nextSequence
  }

  /** Sends a frame that belongs to no post, if there is a connection. */
  tell(frame: Frame): void {
    this.send(frame)
  }

  private send(frame: Frame): void {
    this.channel?.send(this.encode(frame))
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

  /** Repeats the posts that have waited long enough for their answers. */
  private repeat(): void {
    if (this.channel === undefined || this.outgoing.size === 0) return
    const now = this.clock.nowMilliseconds()
    const isBusy = this.channel.isBusy?.() === true
    for (const post of this.outgoing.values()) {
      if (isBusy || post.repeatAt > now) continue
      post.delayMilliseconds = Math.min(2 * post.delayMilliseconds, maxRepeatMilliseconds)
      this.transmit(post)
    }
    this.setTimer()
  }

  /**
   * The peer does not answer, and this end must not grow without bound. It drops posts whose
   * senders need no answer any more, as if they never arrived: their steps would have helped other
   * processes only.
   */
  private giveUp(): void {
    const { maxPosts, maxBytes } = this.options
    for (const [sequence, { envelope, frame, isAnswered }] of this.outgoing) {
      if (this.outgoing.size <= maxPosts / 2 && this.outgoingBytes <= maxBytes / 2) break
      if (isAnswered || frame === undefined || !this.events.isSettled(envelope)) continue
      this.outgoing.delete(sequence)
      this.outgoingBytes -= frame.length
    }
    // If most of the posts must stay, do not scan them again for each new one.
    this.postsToGiveUp = Math.max(maxPosts, this.outgoing.size + maxPosts / 2)
    this.bytesToGiveUp = Math.max(maxBytes, this.outgoingBytes + maxBytes / 2)
  }

  /** Drops all posts: the peer has been away for so long that it counts as failed. */
  abandon(): void {
    this.outgoing.clear()
    this.outgoingBytes = 0
  }

  /**
   * The durable state: the answered posts with their answers, the unanswered posts, and the next
   * number.
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

  /** Restores a post that this end answered before a crash. */
  restoreIncoming(sequence: number, settled: number, envelopes: ReadonlyArray<Envelope>): void {
    this.learnSettled(settled)
    if (sequence >= this.peerSettled) this.remember(sequence, { envelopes, isGiven: true })
  }

  /** Restores a post that this end made before a crash, and may never have sent. */
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
   * Restores the numbers in use: this end used those below `sequence`, and the peer's posts below
   * `settled` are settled.
   */
  restoreNext(sequence: number, settled = 1): void {
    this.nextSequence = Math.max(this.nextSequence, sequence)
    this.learnSettled(settled)
  }

  /** Ends the restoration: unanswered posts may leave. */
  restored(): void {
    for (const sequence of this.outgoing.keys()) this.release(sequence)
  }

  /** Records that a post was answered before a crash. */
  restoreAnswered(sequence: number): void {
    this.outgoing.delete(sequence)
  }
}

/**
 * The maximum number of posts of one peer in progress or remembered. Our clients stay far below it
 * (`maxPending` operations at once); a peer that settles nothing is stopped there.
 */
const maxRemembered = 2 ** 16
/** A quiet endpoint announces settled posts once the peer may remember this many answers. */
const announcedAtLeast = 64
