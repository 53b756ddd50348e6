/**
 * An endpoint: one machine's end of all its links, and the processes that live there.
 *
 * It keeps the contract between a process and its host (`spec/kernel/process.ts`), for any
 * protocol: one input at a time; what a step changed is durable before anything it sends leaves and
 * before anything it shows is seen; a message is received at most once. It decides nothing about
 * timestamps, quorums or configurations.
 *
 * What one frame causes is one record of the log, so that a crash leaves all of it or nothing.
 */
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import { equals, writtenBytes } from "../../spec/kernel/data.ts"
import type { Change, KeyedStep } from "../../spec/kernel/keyed.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyObservation, AnyOperation } from "../../spec/kernel/observation.ts"
import type { Channel } from "../environment/channel.ts"
import type { Clock } from "../environment/clock.ts"
import type { Disk, DiskFault } from "../environment/disk.ts"
import { type Envelope, encodeFrame, type Frame, type Refusal } from "../link/frame.ts"
import { Link, type LinkOptions, type RememberedAnswers } from "../link/link.ts"
import type { Mark } from "../memory/mark.ts"
import type { Marks } from "../memory/marks.ts"
import type { Memory, MemoryRecord } from "../memory/memory.ts"
import { Log } from "../storage/log.ts"
import { LogDamaged } from "../storage/recovery.ts"
import { nameOfMessage, type TraceContext, type Tracing } from "../tracing/tracing.ts"
import { type AnyInput, Hosted, type HostedNode } from "./hosted.ts"
import { type DurableRecord, encodeRecord, RecordUnknown, recordDecoder } from "./record.ts"

/** How much a process may come to hold. */
export interface Room {
  /**
   * Whether so little is left, with so many bytes held, that what would be added has to be looked
   * at.
   */
  readonly isShort: (heldBytes: number) => boolean
  /**
   * Why a process may not come to hold so many bytes, on account of this message; undefined if it
   * may. Its sender may be the one that it begins with, or somebody who passes on what is held
   * elsewhere.
   */
  readonly refuses: (bytes: number, from: NodeId, message: unknown) => string | undefined
}

/** Hears of what processes do, to record it. */
export interface Witness {
  /**
   * A process begins, or begins again, with this state: the changes that lead to it from the
   * initial one.
   */
  readonly started: (process: Hosted) => void
  readonly taken: (node: NodeId, key: string, input: AnyInput, step: KeyedStep) => void
}

/**
 * Where the secrets are that states speak of: not in the log, for they have to be erased (sixth
 * point of the contract).
 */
export interface HostSecrets {
  /**
   * Durable processes have these states now; what it gives is called once that is durable, and
   * before anything that the step sends leaves.
   */
  readonly change: (states: unknown) => () => void
  /** Durable processes have come back with these states. */
  readonly recover: (states: unknown) => void
}

export interface EndpointOptions {
  /** The name by which other endpoints know it. */
  readonly name: string
  /** The messages of its processes. */
  readonly Message: Schema.Codec<unknown, unknown>
  readonly clock: Clock
  readonly link?: LinkOptions
  /** A message of one of its processes was declined by this peer: it will never be answered. */
  readonly declined?: (envelope: Envelope, peer: string, refusal: Refusal) => void
  /**
   * How many characters may wait for the disk before nothing more is taken; 32 Mi if nothing is
   * said.
   */
  readonly mostPendingLength?: number
  /** How much its processes may hold; if nothing is said, all that they are told to. */
  readonly room?: Room
  /** How many answers may be remembered for all peers together. */
  readonly mostRemembered?: number
  /** How many peers that are away, and may not come back, are remembered. */
  readonly mostAbsent?: number
  /** Where durable processes keep their state; without it there are none here. */
  readonly disk?: Disk
  readonly compactionBytes?: number
  /** The disk is broken: the endpoint has stopped, and its process should end. */
  readonly broken?: (fault: DiskFault) => void
  /** The disk is full (nothing is acknowledged), or no longer is. */
  readonly full?: (fault: DiskFault | undefined) => void
  /** What a node knows of its own memory; its log has to be that memory. */
  readonly memory?: Memory
  /** The marks of nodes that a client carries from one to the other. */
  readonly marks?: Marks
  /** A peer remembers more of this node than it does itself: the endpoint has stopped for good. */
  readonly forgot?: (peer: string) => void
  /**
   * Whether a peer comes back under its name, however long it is away; if nothing is said, none
   * does.
   */
  readonly returns?: (peer: string) => boolean
  /** A process shows something; what it rests on is durable. */
  readonly observe?: (node: NodeId, key: string, observation: AnyObservation) => void
  /**
   * How long to wait before a process takes a step by itself, in milliseconds, and how often it has
   * waited for this object since it was last ready; if nothing is said, it takes it at once.
   */
  readonly patience?: (choice: unknown, waited: number) => number
  /** Where the secrets of its processes are, if they have any. */
  readonly secrets?: HostSecrets
  /** Hears of every step as it is taken, before anything it causes leaves. */
  readonly witness?: Witness
  /** Where the spans of messages go that belong to a traced operation. */
  readonly tracing?: Tracing
}

/** The endpoint at which a process lives: `c7f3/12` lives at `c7f3`, and `s1` at `s1`. */
export const endpointOf = (node: string): string => {
  const slash = node.indexOf("/")
  return slash < 0 ? node : node.slice(0, slash)
}

/** Everything that the handling of one input caused, until it is durable. */
interface Effects {
  /** The span that all of it belongs to. */
  readonly trace: TraceContext | undefined
  readonly steps: Array<Change & { readonly node: NodeId }>
  readonly replies: Array<Envelope>
  readonly posts: Array<{
    readonly peer: string
    readonly sequence: number
    readonly envelope: Envelope
  }>
  readonly shown: Array<readonly [NodeId, string, AnyObservation]>
}

/** What came before its time: a post, or the answer to one of ours, and how it is taken. */
interface Held {
  readonly peer: string
  readonly envelopes: ReadonlyArray<Envelope>
  readonly bytes: number
  readonly take: () => void
}

export class Endpoint {
  readonly name: string
  private readonly options: EndpointOptions
  private readonly processes = new Map<NodeId, Hosted>()
  private readonly links = new Map<string, Link>()
  private readonly answers: RememberedAnswers = { remembered: 0 }
  /** The peers that are away and may not come back, the one that has been for longest first. */
  private readonly absent = new Set<string>()
  private declinedPosts = 0
  private log: Log | undefined
  /** What waits until all records that were appended so far are durable. */
  private readonly waiting: Array<{ readonly records: number; readonly then: () => void }> = []
  private steps = 0
  /** When the last mark was made, and whether another one will be. */
  private markedAt = Number.NEGATIVE_INFINITY
  private isMarkDue = false
  private appended = 0
  private durable = 0
  /**
   * How often processes have waited before they took a step by themselves, by process and object.
   */
  private readonly waits = new Map<string, { times: number; isWaiting: boolean }>()
  private isClosed = false
  /** What processes postpone, in the order in which it came. */
  private held: ReadonlyArray<Held> = []
  /**
   * The last record that concerns an object, while it is not durable; under `sharedFields` that of
   * what all share.
   */
  private readonly unsynced = new Map<string, number>()

  constructor(options: EndpointOptions) {
    this.options = options
    this.name = options.name
  }

  /** Adds a process. Durable ones are added before `open`. */
  add(node: HostedNode): Hosted {
    const process = new Hosted(node)
    this.processes.set(node.id, process)
    if (!node.part.durable) this.options.witness?.started(process)
    return process
  }

  /** Removes a process for good. */
  remove(node: NodeId): void {
    this.processes.delete(node)
  }

  /** Reads what was kept, and says how many bytes of an incomplete record were dropped. */
  open(): Result.Result<number, LogDamaged | RecordUnknown> {
    const { disk, clock, Message } = this.options
    if (disk === undefined) return Result.succeed(0)
    const decode = recordDecoder(Message)
    let unknown: RecordUnknown | undefined
    const apply = (line: string): void => {
      const record = decode(line)
      if (Result.isSuccess(record)) this.restore(record.success)
      else unknown ??= record.failure
    }
    const opened = Log.open(disk, clock, this.logOptions(), apply)
    if (Result.isFailure(opened)) return Result.fail(opened.failure)
    const problem = this.options.memory?.problem()
    if (problem !== undefined) {
      return Result.fail(
        new LogDamaged({ file: "log", offset: 0, problem, mend: "let a new node take its place" })
      )
    }
    unknown ??= this.firstIllFormed()
    if (unknown !== undefined) return Result.fail(unknown)
    this.options.secrets?.recover(this.sharedStates)
    this.log = opened.success.log
    for (const process of this.processes.values()) this.options.witness?.started(process)
    for (const link of this.links.values()) {
      link.restored()
      this.watchAbsence(link)
    }
    return Result.succeed(opened.success.recovered.tornBytes)
  }

  private logOptions() {
    const { compactionBytes, full, broken } = this.options
    return {
      snapshot: () => this.snapshot(),
      broken: (fault: DiskFault) => {
        this.close()
        broken?.(fault)
      },
      ...(full === undefined ? {} : { full }),
      ...(compactionBytes === undefined ? {} : { compactionBytes })
    }
  }

  /** A connection to a peer, which has said who it is, is ready. */
  connected(peer: string, channel: Channel): void {
    if (this.isClosed) {
      channel.close()
      return
    }
    this.absent.delete(peer)
    // Before anything is asked: a node that has forgotten something hears it first.
    const marks = this.marksToShow()
    if (marks.length > 0 || this.options.memory !== undefined)
      channel.send(encodeFrame({ _tag: "Marks", marks }))
    this.link(peer).attach(channel)
  }

  /** The marks of others that are known here, and the own one. */
  marksToShow(): ReadonlyArray<Mark> {
    const { memory, marks } = this.options
    const own = this.log === undefined ? undefined : memory?.mark(this.log.position)
    const others = (memory?.others ?? marks)?.all ?? []
    return own === undefined ? others : [own, ...others]
  }

  /** Shows a mark of what is durable by now, but not for every block. */
  private markSoon(): void {
    const { memory, clock } = this.options
    if (memory === undefined || this.isMarkDue) return
    const show = (): void => {
      this.isMarkDue = false
      this.markedAt = clock.nowMilliseconds()
      const mark = this.log && memory.mark(this.log.position)
      if (mark !== undefined && !this.isClosed) this.tellAll({ _tag: "Marks", marks: [mark] })
    }
    const wait = this.markedAt + markMilliseconds - clock.nowMilliseconds()
    if (wait <= 0) {
      show()
      return
    }
    this.isMarkDue = true
    clock.after(wait, show)
  }

  private tellAll(frame: Frame, but?: string): void {
    for (const link of this.links.values())
      if (link.peer !== but && link.peer !== this.name) link.tell(frame)
  }

  /**
   * A peer shows marks: those of others are kept or carried on; the own ones say whether this
   * memory is whole.
   */
  hear(peer: string, shown: ReadonlyArray<Mark>): void {
    const { memory, marks } = this.options
    const others = memory?.others ?? marks
    const news: Array<Mark> = []
    for (const mark of shown) {
      if (memory !== undefined && mark.node === memory.identity.id) {
        if (this.log === undefined || !memory.isBehind(mark, this.log.position)) continue
        this.close()
        this.options.forgot?.(peer)
        return
      }
      const heard = others?.hear(mark)
      if (heard === "news") news.push(mark)
      if (heard === "forged") this.links.get(peer)?.close()
    }
    if (news.length === 0) return
    if (memory === undefined) this.tellAll({ _tag: "Marks", marks: news }, peer)
    for (const mark of memory === undefined ? [] : news) this.remember({ mark }, () => undefined)
  }

  /** Records something of the memory itself; then goes on. */
  remember(memory: MemoryRecord, then: () => void): void {
    this.log?.append(encodeRecord({ memory }), then)
  }

  /** How many blocks of the log are durable. */
  get position(): number {
    return this.log?.position ?? 0
  }

  disconnected(peer: string, channel: Channel): void {
    const link = this.links.get(peer)
    link?.detach(channel)
    if (link === undefined || link.isConnected) return
    if (link.isUnused) this.links.delete(peer)
    else this.watchAbsence(link)
    this.forgetSomeAbsent()
  }

  /**
   * Nothing is kept for ever for a client that never comes back. A client gives up its posts to a
   * node that it cannot reach, and much later the node forgets what it answered: by then the client
   * no longer repeats anything.
   */
  private watchAbsence(link: Link): void {
    if (link.isConnected || link.isWatched) return
    link.isWatched = true
    const isClient = this.log === undefined
    this.options.clock.after(
      isClient ? clientPatienceMilliseconds : nodePatienceMilliseconds,
      () => {
        link.isWatched = false
        if (link.isConnected) return
        if (isClient) link.abandon()
        else if (this.absent.has(link.peer)) this.forget(link.peer)
      }
    )
    if (!isClient && this.options.returns?.(link.peer) !== true) this.absent.add(link.peer)
  }

  /**
   * Whoever comes and goes under ever new names must not fill the memory: of too many peers that
   * are away those that have been for longest are forgotten early. Should one of them come back and
   * repeat a post, its step is taken twice. (That is one message received twice: storage nodes take
   * pairs, cmaps and ballots as often as they come.)
   */
  private forgetSomeAbsent(): void {
    for (const peer of this.absent) {
      if (this.absent.size <= (this.options.mostAbsent ?? mostAbsent)) return
      this.forget(peer)
    }
  }

  private forget(peer: string): void {
    this.absent.delete(peer)
    this.links.get(peer)?.end()
    this.links.delete(peer)
    this.held = this.held.filter((one) => one.peer !== peer)
  }

  /** The answer to a post of ours is none that can be taken. */
  refusedAnswer(peer: string, sequence: number, refusal: Refusal): void {
    if (!this.isClosed) this.links.get(peer)?.refuseAnswer(sequence, refusal)
  }

  /** A post of this peer cannot be taken. */
  refusePost(peer: string, sequence: number, refusal: Refusal): void {
    this.declinedPosts += 1
    if (!this.isClosed) this.link(peer).decline(sequence, refusal)
  }

  received(peer: string, frame: Frame): void {
    // Without its processes it would say of every message that nobody here wants it.
    if (this.isClosed) return
    if (frame._tag === "Marks") this.hear(peer, frame.marks)
    else this.link(peer).receive(frame)
  }

  /** A user invokes an operation of a process that is ready for it, and perhaps traces it. */
  invoke(node: NodeId, key: string, operation: AnyOperation, trace?: TraceContext): void {
    this.spontaneous(node, key, { _tag: "Invoke", operation }, trace)
  }

  /**
   * A process receives a message that comes over no link: from somebody who is known to this
   * machine in another way.
   */
  tell(node: NodeId, key: string, from: NodeId, message: unknown): void {
    this.spontaneous(node, key, { _tag: "Receive", from, message })
  }

  /** A step that no frame causes. */
  private spontaneous(node: NodeId, key: string, input: AnyInput, trace?: TraceContext): void {
    const effects = noEffects(trace)
    this.step(effects, undefined, node, key, input)
    this.commit(effects, {}, () => this.release(effects))
    this.resume()
  }

  /** Nothing is taken or sent any more. What is durable stays so. */
  close(): void {
    this.isClosed = true
    this.log?.close()
    for (const link of this.links.values()) link.close()
    this.links.clear()
    this.processes.clear()
    this.held = []
  }

  /** Whether the disk does not keep up: whoever feeds the endpoint should wait. */
  get isCongested(): boolean {
    return (this.log?.pendingLength ?? 0) > (this.options.mostPendingLength ?? mostPendingLength)
  }

  /** Whether so much waits for the answers of some peer that nothing more should be asked. */
  get isBackedUp(): boolean {
    for (const link of this.links.values())
      if (link.unansweredBytes > mostUnansweredBytes) return true
    return false
  }

  /** The peers to which there is a connection now. */
  get connectedPeers(): ReadonlyArray<string> {
    return [...this.links.values()].filter(({ isConnected }) => isConnected).map(({ peer }) => peer)
  }

  /** What is going on, for those who watch. */
  get status() {
    const links = [...this.links.values()]
    return {
      connectedPeers: this.connectedPeers.length,
      unansweredPosts: links.reduce((sum, { unanswered }) => sum + unanswered, 0),
      rememberedAnswers: this.answers.remembered,
      rememberedAnswersLeft: Math.max(0, this.mostRemembered - this.answers.remembered),
      declinedPosts: this.declinedPosts,
      heldBytes: this.heldBytes,
      registers: [...this.processes.values()].reduce((sum, { size }) => sum + size, 0),
      logBytes: this.log?.bytes ?? 0,
      syncs: this.log?.syncs ?? 0,
      steps: this.steps,
      pendingLength: this.log?.pendingLength ?? 0
    }
  }

  /** What its durable processes hold, roughly. */
  get heldBytes(): number {
    let bytes = 0
    for (const process of this.processes.values()) bytes += process.heldBytes
    return bytes
  }

  private get mostRemembered(): number {
    return this.options.mostRemembered ?? mostRememberedInAll
  }

  private link(peer: string): Link {
    const known = this.links.get(peer)
    if (known !== undefined) return known
    const link = new Link(
      peer,
      this.options.clock,
      {
        post: (sequence, envelope) => this.takePost(link, sequence, envelope),
        answered: (sequence, envelopes, { trace }) =>
          this.takeAnswer(link, sequence, envelopes, trace),
        declined: (sequence, refusal, envelope) =>
          this.takeRefusal(link, sequence, refusal, envelope),
        isSettled: (envelope) => this.isSettled(envelope)
      },
      this.options.link,
      this.answers
    )
    this.links.set(peer, link)
    if (peer === this.name) link.attach(this.loop(link))
    return link
  }

  /**
   * The way from this endpoint to itself, so that a process may send to itself or to its neighbour.
   */
  private loop(link: Link): Channel {
    const decode = (frame: Uint8Array) =>
      JSON.parse(Buffer.from(frame.subarray(4)).toString("utf8")) as Frame
    return {
      send: (frame) => this.options.clock.soon(() => link.receive(decode(frame))),
      close: () => undefined
    }
  }

  /** A message of a peer, for the first time: takes its step, makes it durable, then answers. */
  private takePost(link: Link, sequence: number, envelope: Envelope): void {
    if (this.isPostponed(envelope)) {
      const isHeld = this.hold(link.peer, [envelope], () => this.takePost(link, sequence, envelope))
      if (!isHeld) this.refusePost(link.peer, sequence, tooMuchHeld)
      return
    }
    const isRepeatable = this.isRepeatable(envelope)
    const refusal = isRepeatable ? undefined : (this.tooMuchOf(link) ?? this.shortageFor(envelope))
    if (refusal !== undefined) {
      this.refusePost(link.peer, sequence, refusal)
      return
    }
    const span = this.beginSpan(link.peer, envelope, isRepeatable)
    const effects = noEffects(span?.context ?? envelope.trace)
    this.receive(effects, link.peer, envelope)
    const { replies: envelopes } = effects
    const answer = (): void => {
      this.release(effects)
      link.answer(sequence, envelopes)
      span?.end()
    }
    if (isRepeatable) {
      this.afterSync(envelope.key, answer)
      return
    }
    link.prepare(sequence, envelopes)
    const { peer, peerSettledBelow: settled } = link
    this.commit(effects, { answer: { peer, sequence, settled, envelopes } }, answer)
    this.resume()
  }

  /** Whether a process has not received this message yet, though it is here. */
  private isPostponed({ from, to, key, message }: Envelope): boolean {
    return this.processes.get(to)?.postpones(key, from, message) === true
  }

  /**
   * Keeps what came before its time; false if too much is kept. Its sender hears nothing, and
   * repeats it should this endpoint end meanwhile: it was not received.
   */
  private hold(peer: string, envelopes: ReadonlyArray<Envelope>, take: () => void): boolean {
    const bytes = writtenBytes(envelopes)
    const bytesHeld = this.held.reduce((sum, one) => sum + one.bytes, bytes)
    if (this.held.length >= mostHeld || bytesHeld > mostHeldBytes) return false
    this.held = [...this.held, { peer, envelopes, bytes, take }]
    return true
  }

  /** Takes what was postponed and whose time has come, the first first. */
  private resume(): void {
    for (;;) {
      const next = this.held.find(
        ({ envelopes }) => !envelopes.some((one) => this.isPostponed(one))
      )
      if (next === undefined) return
      this.held = this.held.filter((one) => one !== next)
      next.take()
    }
  }

  /**
   * Why nothing more can be remembered for this peer: too much is, in all, and more for this peer
   * than its share. Whoever has few unsettled posts is always served: those who have many must not
   * cost others anything.
   */
  private tooMuchOf({ remembered }: Link): Refusal | undefined {
    const share = Math.max(alwaysRemembered, this.mostRemembered / this.links.size)
    return this.answers.remembered < this.mostRemembered || remembered <= share
      ? undefined
      : {
          kind: "busy",
          reason: `${this.answers.remembered} answers are remembered, ${remembered} of them for this peer`
        }
  }

  /** Why there is no room for what this message would add. */
  private shortageFor({ from, to, key, message }: Envelope): Refusal | undefined {
    const { room } = this.options
    const process = this.processes.get(to)
    if (room === undefined || process === undefined || !room.isShort(this.heldBytes))
      return undefined
    const growth = process.growth(key, { _tag: "Receive", from, message })
    const reason = growth <= 0 ? undefined : room.refuses(this.heldBytes + growth, from, message)
    return reason === undefined ? undefined : { kind: "full", reason }
  }

  /** A message of ours will not be answered. */
  private takeRefusal(link: Link, sequence: number, refusal: Refusal, envelope: Envelope): void {
    const isSettled = this.isSettled(envelope)
    this.commit(noEffects(), { answered: { peer: link.peer, sequence } }, () => {
      link.settle(sequence)
      if (!isSettled) this.options.declined?.(envelope, link.peer, refusal)
    })
  }

  /** A message of ours was answered; the messages that came with it are received now. */
  private takeAnswer(
    link: Link,
    sequence: number,
    envelopes: ReadonlyArray<Envelope>,
    trace: TraceContext | undefined
  ): void {
    // What is not kept is as good as on its way: the post stays unsettled, and is asked again.
    if (envelopes.some((one) => this.isPostponed(one))) {
      const take = (): void => this.takeAnswer(link, sequence, envelopes, trace)
      if (!this.hold(link.peer, envelopes, take)) link.unanswer(sequence)
      return
    }
    const effects = noEffects(trace)
    for (const envelope of envelopes) this.receive(effects, undefined, envelope)
    // That a post was answered with nothing may be forgotten in a crash: asked again, the peer says
    // so again.
    const also = envelopes.length === 0 ? {} : { answered: { peer: link.peer, sequence } }
    this.commit(effects, also, () => {
      link.settle(sequence)
      this.release(effects)
    })
    this.resume()
  }

  /** The span of handling a message, until its answer leaves. */
  private beginSpan(peer: string, { to, key, message, trace }: Envelope, isRepeatable: boolean) {
    if (trace === undefined) return undefined
    const attributes = {
      "quorate.node": to,
      "quorate.peer": peer,
      "quorate.key": key,
      "quorate.synced": !isRepeatable
    }
    return this.options.tracing?.begin(nameOfMessage(message), "server", trace, attributes)
  }

  private receive(
    effects: Effects,
    asker: string | undefined,
    { from, to, key, message }: Envelope
  ): void {
    this.step(effects, asker, to, key, { _tag: "Receive", from, message })
  }

  /**
   * Takes a step, if there is such a process here, and what it then does by itself; collects what
   * comes of it.
   */
  private step(
    effects: Effects,
    asker: string | undefined,
    node: NodeId,
    key: string,
    input: AnyInput
  ): void {
    const process = this.processes.get(node)
    if (process === undefined) return
    const next: Array<string> = this.take(effects, asker, process, key, input)
    for (let at = 0; at < next.length; at++) {
      const choice = this.choiceOf(process, next[at] as string)
      if (choice === undefined) continue
      next.push(
        ...this.take(effects, asker, process, next[at] as string, { _tag: "Choose", choice })
      )
    }
  }

  /** Takes one step; says for which objects the process may have something to do by itself now. */
  private take(
    effects: Effects,
    asker: string | undefined,
    process: Hosted,
    key: string,
    input: AnyInput
  ): Array<string> {
    const { id: node } = process.node
    const step = process.step(key, input)
    this.steps += 1
    this.options.witness?.taken(node, key, input, step)
    if (step.change !== undefined) effects.steps.push({ node, ...step.change })
    for (const observation of step.observations) effects.shown.push([node, key, observation])
    for (const { to, message, key: about } of step.sends) {
      const reply: Envelope = { from: node, to, key: about, message }
      const peer = endpointOf(to)
      if (peer === asker && this.isRoomFor(effects, reply, step.sends.length)) {
        effects.replies.push(reply)
        continue
      }
      const { trace } = effects
      const envelope = trace === undefined ? reply : { ...reply, trace }
      effects.posts.push({ peer, sequence: this.link(peer).reserve(envelope), envelope })
    }
    return step.change?.shared === undefined ? [key] : [...new Set([key, ...process.keys()])]
  }

  /**
   * Whether a message goes into the answer: not into that of a step that says more to its asker
   * than one frame takes. What does not is posted.
   */
  private isRoomFor({ replies }: Effects, reply: Envelope, sends: number): boolean {
    if (sends <= 2) return true
    return replies.length < mostReplies && writtenBytes([...replies, reply]) <= mostReplyBytes
  }

  /**
   * The step that the process takes by itself at once, if there is one; for one that has to wait,
   * the clock is set.
   */
  private choiceOf(process: Hosted, key: string): unknown {
    const [choice] = process.choices(key)
    const { patience, clock } = this.options
    if (choice === undefined || patience === undefined) return choice
    const { id: node } = process.node
    const name = JSON.stringify([node, key])
    const wait = this.waits.get(name) ?? { times: 0, isWaiting: false }
    const milliseconds = patience(choice, wait.times)
    if (milliseconds <= 0) return choice
    if (!wait.isWaiting) {
      this.waits.set(name, { times: wait.times + 1, isWaiting: true })
      clock.after(milliseconds, () => {
        this.waits.set(name, { times: wait.times + 1, isWaiting: false })
        if (this.processes.get(node) !== process || process.isReady(key)) this.waits.delete(name)
        else if (process.choices(key).some((offered) => equals(offered, choice)))
          this.spontaneous(node, key, { _tag: "Choose", choice })
      })
    }
    return undefined
  }

  /**
   * Whether taking this message's step again would come to the same as not having taken it before.
   */
  private isRepeatable({ from, to, key, message }: Envelope): boolean {
    return (
      this.processes.get(to)?.promises(["onlyAnswers", "isObsolete"], key, from, message) ?? true
    )
  }

  private isSettled({ from, to, key, message }: Envelope): boolean {
    return this.processes.get(from)?.promises(["isSettled"], key, to, message) ?? true
  }

  /**
   * Makes what was caused durable, with what else the record says; then goes on. Volatile endpoints
   * go on at once.
   */
  private commit(effects: Effects, also: Partial<DurableRecord>, then: () => void): void {
    const { log } = this
    const { steps, posts } = effects
    if (log === undefined) {
      then()
      return
    }
    if (steps.length === 0 && posts.length === 0 && Object.keys(also).length === 0) {
      if (this.durable === this.appended) {
        then()
        return
      }
      this.waiting.push({ records: this.appended, then })
      return
    }
    this.appended += 1
    const number = this.appended
    const erase = steps.some(({ shared }) => shared !== undefined)
      ? this.options.secrets?.change(this.sharedStates)
      : undefined
    const touched = steps.flatMap(({ key, shared }) =>
      shared === undefined ? [key] : [key, sharedFields]
    )
    for (const key of touched) this.unsynced.set(key, number)
    const record: DurableRecord = {
      ...(steps.length === 0 ? {} : { steps }),
      ...(posts.length === 0 ? {} : { posts }),
      ...also
    }
    log.append(encodeRecord(record), () => {
      erase?.()
      this.durable = number
      for (const key of touched) {
        if (this.unsynced.get(key) === number) this.unsynced.delete(key)
      }
      this.markSoon()
      then()
      this.wake()
    })
  }

  /** What the objects of each durable process share: secrets are nowhere else. */
  private get sharedStates(): ReadonlyArray<unknown> {
    return [...this.processes.values()].flatMap(({ node, shared }) =>
      node.part.durable ? [shared] : []
    )
  }

  /** Goes on once everything that this object's state rests on is durable. */
  private afterSync(key: string, then: () => void): void {
    if (!this.unsynced.has(key) && !this.unsynced.has(sharedFields)) {
      then()
      return
    }
    this.waiting.push({ records: this.appended, then })
  }

  private wake(): void {
    while ((this.waiting[0]?.records ?? Number.POSITIVE_INFINITY) <= this.durable)
      this.waiting.shift()?.then()
  }

  /** Shows and sends what was caused. */
  private release({ posts, shown }: Effects): void {
    for (const { peer, sequence } of posts) this.link(peer).release(sequence)
    for (const [node, key, observation] of shown) this.options.observe?.(node, key, observation)
  }

  private restore({ memory, steps, answer, posts, answered, next }: DurableRecord): void {
    if (memory !== undefined) this.options.memory?.restore(memory)
    for (const { node, ...change } of steps ?? []) this.processes.get(node)?.restore(change)
    if (answer !== undefined) {
      this.link(answer.peer).restoreIncoming(answer.sequence, answer.settled, answer.envelopes)
    }
    for (const { peer, sequence, envelope } of posts ?? [])
      this.link(peer).restoreOutgoing(sequence, envelope)
    if (answered !== undefined) this.link(answered.peer).restoreAnswered(answered.sequence)
    if (next !== undefined) this.link(next.peer).restoreNext(next.sequence, next.settled)
  }

  /** Everything durable, as records. Copied now, encoded as it is read. */
  private *recordsOf(
    memories: ReadonlyArray<MemoryRecord>,
    changes: ReadonlyArray<Change & { readonly node: NodeId }>,
    links: ReadonlyArray<readonly [peer: string, kept: ReturnType<Link["snapshot"]>]>
  ): Generator<string> {
    for (const memory of memories) yield encodeRecord({ memory })
    for (const change of changes) yield encodeRecord({ steps: [change] })
    for (const [peer, { peerSettled: settled, nextSequence, incoming, outgoing }] of links) {
      yield encodeRecord({ next: { peer, sequence: nextSequence, settled } })
      for (const [sequence, envelopes] of incoming) {
        yield encodeRecord({ answer: { peer, sequence, settled, envelopes } })
      }
      for (const [sequence, envelope] of outgoing) {
        yield encodeRecord({ posts: [{ peer, sequence, envelope }] })
      }
    }
  }

  private snapshot(): Iterator<string> {
    const changes = [...this.processes].flatMap(([node, process]) =>
      process.node.part.durable ? process.snapshot().map((change) => ({ node, ...change })) : []
    )
    return this.recordsOf(
      this.options.memory?.records() ?? [],
      changes,
      [...this.links].map(([peer, link]) => [peer, link.snapshot()] as const)
    )
  }

  /** The first object whose recovered state is none that its process knows. */
  private firstIllFormed(): RecordUnknown | undefined {
    for (const [node, process] of this.processes) {
      const key = process.firstIllFormed()
      if (key !== undefined) {
        return new RecordUnknown({
          reason: `what ${node} holds for ${JSON.stringify(key)} is no state of it`
        })
      }
    }
    return undefined
  }
}

/**
 * A connection that is gone is noticed within a quarter of an hour (TCP's own limit): the
 * difference is twice that.
 */
const clientPatienceMilliseconds = 30 * 60_000
const nodePatienceMilliseconds = 60 * 60_000

/**
 * Marks are made no more often: what a node forgets of the time since the last one nobody can tell.
 */
const markMilliseconds = 100
/** So many peers that are away are remembered. */
const mostAbsent = 4096
/**
 * So many answers are remembered in all, if nothing else is said; and of each peer so many in any
 * case.
 */
const mostRememberedInAll = 2 ** 17
const alwaysRemembered = 16

/** So much goes into an answer of a step that says much. */
const mostReplies = 16
const mostReplyBytes = 2 ** 20

/** So many messages may wait for their time, and so many bytes of them. */
const mostHeld = 1024
const mostHeldBytes = 16 * 2 ** 20
const tooMuchHeld: Refusal = { kind: "busy", reason: `${mostHeld} messages wait for their time` }

/** So many characters may wait for the disk before nothing more is taken. */
const mostPendingLength = 32 * 2 ** 20

/** Several times what a link keeps for a peer that is away while the others answer. */
const mostUnansweredBytes = 256 * 2 ** 20

/** Where `unsynced` has what all objects share. No key has this many characters. */
const sharedFields = "shared".padEnd(2000)

const noEffects = (trace?: TraceContext): Effects => ({
  trace,
  steps: [],
  replies: [],
  posts: [],
  shown: []
})
