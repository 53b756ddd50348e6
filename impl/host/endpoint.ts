/**
 * An endpoint: one machine's end of all its links, and the processes that run there.
 *
 * It keeps the contract between a process and its host (`spec/kernel/process.ts`), for any
 * protocol. A process takes one input at a time. The changes of a step are durable before its
 * messages leave and before its observations are seen. A message is received at most once. The
 * endpoint makes no decision about timestamps, quorums or configurations.
 *
 * The effects of one frame are one record of the log, so that a crash leaves all of them or none.
 */
import * as Result from "effect/Result"
import { writtenBytes } from "../../spec/kernel/data.ts"
import { changesOf, noChoices } from "../../spec/kernel/keyed.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyOperation } from "../../spec/kernel/observation.ts"
import type { Channel } from "../environment/channel.ts"
import type { DiskFault } from "../environment/disk.ts"
import { type Envelope, encodeFrame, type Frame, type Refusal } from "../link/frame.ts"
import { timeFor } from "../link/lateness.ts"
import { Link, type RememberedAnswers } from "../link/link.ts"
import { compactEncoder } from "../link/wire.ts"
import type { Mark } from "../memory/mark.ts"
import type { MemoryRecord } from "../memory/memory.ts"
import { Log } from "../storage/log.ts"
import { LogDamaged } from "../storage/recovery.ts"
import { nameOfMessage, type TraceContext } from "../tracing/tracing.ts"
import { Absence } from "./absence.ts"
import { Commits } from "./commits.ts"
import { type Effects, noEffects } from "./effects.ts"
import { Held, tooMuchHeld } from "./held.ts"
import { type AnyInput, Hosted, type HostedNode } from "./hosted.ts"
import { MarksShown } from "./marks-shown.ts"
import { type EndpointOptions, endpointOf } from "./options.ts"
import { RecordUnknown } from "./record.ts"
import { snapshotRecords } from "./snapshot.ts"
import { Spares, type Sparing, spared } from "./spares.ts"
import { Waits } from "./waits.ts"
import {
  type Found,
  inJson,
  type RecordWriter,
  recordReader,
  recordWriter
} from "./written-record.ts"

export class Endpoint {
  readonly name: string
  private readonly options: EndpointOptions
  private readonly processes = new Map<NodeId, Hosted>()
  private readonly links = new Map<string, Link>()
  private readonly absence: Absence
  private readonly commits: Commits
  private readonly marksShown: MarksShown
  private readonly waits: Waits
  private readonly answers: RememberedAnswers = { remembered: 0 }
  private declinedPosts = 0
  private log: Log | undefined
  private writer: RecordWriter = { preamble: undefined, encode: inJson }
  private steps = 0
  private isClosed = false
  /** The messages that processes postpone. */
  private readonly held = new Held()
  /** The messages that are held back for a while, and the number of phases that spared a node. */
  private readonly spares: Spares
  private turn = 0
  private readonly encodeCompactly: (frame: Frame) => Uint8Array

  constructor(options: EndpointOptions) {
    this.options = options
    this.name = options.name
    this.encodeCompactly = compactEncoder(options.Message)
    const { clock, memory, marks, patience } = options
    this.spares = new Spares(clock)
    this.absence = new Absence({
      clock,
      isClient: () => this.log === undefined,
      returns: (peer) => options.returns?.(peer) === true,
      maxAbsent: options.maxAbsent ?? maxAbsent,
      forget: (peer) => this.forget(peer)
    })
    this.commits = new Commits({
      changed: () => options.secrets?.change(this.sharedStates),
      broken: (problem) => {
        this.close()
        options.broken?.({ kind: "broken", message: `its keys: ${problem}` })
      },
      synced: () => this.marksShown.showSoon()
    })
    this.marksShown = new MarksShown({
      clock,
      memory,
      marks,
      position: () => this.log?.position,
      tellAll: (frame, but) => this.tellAll(frame, but),
      remember: (record) => this.remember(record, () => undefined),
      forged: (peer) => this.links.get(peer)?.close(),
      forgot: (peer) => {
        this.close()
        options.forgot?.(peer)
      }
    })
    this.waits = new Waits(
      clock,
      patience,
      (node) => this.links.get(endpointOf(node))?.silentMilliseconds ?? Number.POSITIVE_INFINITY,
      (process) => this.processes.get(process.node.id) === process,
      (process, key, choice) => this.spontaneous(process.node.id, key, { _tag: "Choose", choice })
    )
  }

  /** Adds a process. Durable ones are added before `open`. */
  add(node: HostedNode): Hosted {
    const process = new Hosted(node)
    this.processes.set(node.id, process)
    if (!node.part.durable && node.isWitnessed !== false) this.options.witness?.started(process)
    return process
  }

  /** Removes a process permanently. */
  remove(node: NodeId): void {
    this.processes.delete(node)
  }

  /** Reads the log. Returns the number of dropped bytes of an incomplete record. */
  open(): Result.Result<number, LogDamaged | RecordUnknown> {
    const { disk, clock, Message } = this.options
    if (disk === undefined) return Result.succeed(0)
    const durable = [...this.processes.values()].filter(({ node }) => node.part.durable)
    const [process] = durable
    const schemas = {
      Message,
      ...(process === undefined || durable.length > 1 ? {} : { part: process.node.part })
    }
    this.writer = recordWriter(schemas)
    const read = recordReader(schemas)
    let unknown: RecordUnknown | undefined
    const apply = (bytes: Uint8Array, file: string, offset: number): void => {
      const found = read(bytes)
      if (Result.isFailure(found))
        unknown ??= new RecordUnknown({
          reason: `${file}, byte ${offset}: ${found.failure.reason}`
        })
      else if (found.success !== undefined) this.restore(found.success)
    }
    const opened = Log.open(disk, clock, this.logOptions(), apply)
    if (Result.isFailure(opened)) return Result.fail(opened.failure)
    const problem = this.options.memory?.problem()
    if (problem !== undefined) {
      return Result.fail(
        new LogDamaged({ file: "log", offset: 0, problem, mend: "replace it by a new node" })
      )
    }
    unknown ??= this.firstIllFormed()
    if (unknown !== undefined) return Result.fail(unknown)
    const missing = this.options.secrets?.recover(this.sharedStates) ?? 0
    if (missing > 0) {
      return Result.fail(
        new LogDamaged({
          ...{ file: "keys", offset: 0, mend: "replace it by a new node" },
          problem: `${missing} of the keys that it names are missing or damaged`
        })
      )
    }
    this.log = opened.success.log
    this.commits.open(this.log, this.writer.encode)
    for (const process of this.processes.values()) {
      process.restored()
      this.options.witness?.started(process)
    }
    for (const link of this.links.values()) {
      link.restored()
      this.absence.watch(link)
    }
    return Result.succeed(opened.success.recovered.tornBytes)
  }

  private logOptions() {
    const { compactionBytes, full, broken } = this.options
    const { preamble } = this.writer
    return {
      ...(preamble === undefined ? {} : { preamble }),
      snapshot: () => this.snapshot(),
      broken: (fault: DiskFault) => {
        this.close()
        broken?.(fault)
      },
      ...(full === undefined ? {} : { full }),
      ...(compactionBytes === undefined ? {} : { compactionBytes })
    }
  }

  /** A connection to a peer is ready, after the hellos. */
  connected(peer: string, channel: Channel): void {
    if (this.isClosed) {
      channel.close()
      return
    }
    this.absence.end(peer)
    // Send marks before any post: a node that has forgotten something must learn that first.
    const marks = this.marksToShow()
    if (marks.length > 0 || this.options.memory !== undefined)
      channel.send(encodeFrame({ _tag: "Marks", marks }))
    this.link(peer).attach(channel)
  }

  /** The latest known marks of other nodes, and this node's own. */
  marksToShow(): ReadonlyArray<Mark> {
    return this.marksShown.all()
  }

  /** A peer shows marks. */
  hear(peer: string, shown: ReadonlyArray<Mark>): void {
    this.marksShown.hear(peer, shown)
  }

  private tellAll(frame: Frame, but?: string): void {
    for (const link of this.links.values())
      if (link.peer !== but && link.peer !== this.name) link.tell(frame)
  }

  /** Records a change of the memory itself; then calls `then`. */
  remember(memory: MemoryRecord, then: () => void): void {
    this.log?.append(this.writer.encode({ memory }), then)
  }

  /** The number of durable blocks of the log. */
  get position(): number {
    return this.log?.position ?? 0
  }

  disconnected(peer: string, channel: Channel): void {
    const link = this.links.get(peer)
    link?.detach(channel)
    if (link === undefined || link.isConnected) return
    this.spares.release()
    if (link.isUnused) this.links.delete(peer)
    else this.absence.watch(link)
    this.absence.forgetSome()
  }

  /** Forgets everything kept for this peer. */
  private forget(peer: string): void {
    this.links.get(peer)?.end()
    this.links.delete(peer)
    this.held.forget(peer)
  }

  /** The peer's answer to a post of this endpoint is invalid. */
  refusedAnswer(peer: string, sequence: number, refusal: Refusal): void {
    if (!this.isClosed) this.links.get(peer)?.refuseAnswer(sequence, refusal)
  }

  /** This endpoint cannot accept the peer's post. */
  refusePost(peer: string, sequence: number, refusal: Refusal): void {
    this.declinedPosts += 1
    if (!this.isClosed) this.link(peer).decline(sequence, refusal)
  }

  received(peer: string, frame: Frame): void {
    // Without its processes the endpoint would answer that no process takes the message.
    if (this.isClosed) return
    if (frame._tag === "Marks") this.hear(peer, frame.marks)
    else this.link(peer).receive(frame)
  }

  /** A user invokes an operation of a process that is ready for it, and may trace the operation. */
  invoke(node: NodeId, key: string, operation: AnyOperation, trace?: TraceContext): void {
    this.spontaneous(node, key, { _tag: "Invoke", operation }, trace)
  }

  /**
   * A process receives a message that did not arrive over a link: its sender reaches this machine
   * in another way.
   */
  tell(node: NodeId, key: string, from: NodeId, message: unknown): void {
    this.spontaneous(node, key, { _tag: "Receive", from, message })
  }

  /** A step that no frame causes. */
  private spontaneous(node: NodeId, key: string, input: AnyInput, trace?: TraceContext): void {
    const effects = noEffects(trace)
    this.step(effects, undefined, node, key, input)
    this.commits.commit(effects, {}, () => this.release(effects))
    this.held.resume()
  }

  /** Stops taking and sending anything. Durable data stays durable. */
  close(): void {
    this.isClosed = true
    this.log?.close()
    for (const link of this.links.values()) link.close()
    this.links.clear()
    this.spares.clear()
    this.processes.clear()
    this.held.clear()
  }

  /** Whether the disk falls behind, so that callers should wait. */
  get isCongested(): boolean {
    return (this.log?.pendingLength ?? 0) > (this.options.maxPendingLength ?? maxPendingLength)
  }

  /** Whether so many posts wait for a peer's answers that no further request should be made. */
  get isBackedUp(): boolean {
    for (const link of this.links.values())
      if (link.unansweredBytes > maxUnansweredBytes) return true
    return false
  }

  /** The currently connected peers, without the endpoint itself. */
  get connectedPeers(): ReadonlyArray<string> {
    return [...this.links.values()]
      .filter(({ isConnected, peer }) => isConnected && peer !== this.name)
      .map(({ peer }) => peer)
  }

  /** The current activity, for monitoring. */
  get status() {
    const links = [...this.links.values()]
    return {
      connectedPeers: this.connectedPeers.length,
      unansweredPosts: links.reduce((sum, { unanswered }) => sum + unanswered, 0),
      rememberedAnswers: this.answers.remembered,
      rememberedAnswersLeft: Math.max(0, this.maxRemembered - this.answers.remembered),
      declinedPosts: this.declinedPosts,
      heldBytes: this.heldBytes,
      registers: [...this.processes.values()].reduce((sum, { size }) => sum + size, 0),
      logBytes: this.log?.bytes ?? 0,
      syncs: this.log?.syncs ?? 0,
      steps: this.steps,
      pendingLength: this.log?.pendingLength ?? 0
    }
  }

  /** The approximate number of bytes that its durable processes hold. */
  get heldBytes(): number {
    let bytes = 0
    for (const process of this.processes.values()) bytes += process.heldBytes
    return bytes
  }

  private get maxRemembered(): number {
    return this.options.maxRemembered ?? maxRememberedInAll
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
      this.answers,
      this.encodeCompactly
    )
    this.links.set(peer, link)
    if (peer === this.name) link.attach(this.loop(link))
    return link
  }

  /**
   * The channel from this endpoint to itself, so that a process can send to itself or to another
   * process here.
   */
  private loop(link: Link): Channel {
    const decode = (frame: Uint8Array) =>
      JSON.parse(Buffer.from(frame.subarray(4)).toString("utf8")) as Frame
    return {
      send: (frame) => this.options.clock.soon(() => link.receive(decode(frame))),
      close: () => undefined
    }
  }

  /**
   * A peer's message arrives for the first time: takes its step, makes it durable, then answers.
   */
  private takePost(link: Link, sequence: number, envelope: Envelope): void {
    if (this.isPostponed(envelope)) {
      this.held.hold({
        ...{ peer: link.peer, envelopes: [envelope] },
        isTimely: () => !this.isPostponed(envelope),
        take: () => this.takePost(link, sequence, envelope),
        drop: () => this.refusePost(link.peer, sequence, tooMuchHeld)
      })
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
      this.commits.afterSync(envelope.key, answer)
      return
    }
    link.prepare(sequence, envelopes)
    const { peer, peerSettledBelow: settled } = link
    this.commits.commit(effects, { answer: { peer, sequence, settled, envelopes } }, answer)
    this.held.resume()
  }

  /** Whether a process has not received this message yet, although it has arrived. */
  private isPostponed({ from, to, key, message }: Envelope): boolean {
    return this.processes.get(to)?.postpones(key, from, message) === true
  }

  /**
   * Why no more answers can be remembered for this peer: the total is at its limit, and the peer
   * exceeds its share. A peer with few unsettled posts is always served, so that peers with many
   * cost it nothing.
   */
  private tooMuchOf({ remembered }: Link): Refusal | undefined {
    const share = Math.max(alwaysRemembered, this.maxRemembered / this.links.size)
    return this.answers.remembered < this.maxRemembered || remembered <= share
      ? undefined
      : {
          kind: "busy",
          reason: `${this.answers.remembered} answers are remembered, ${remembered} of them for this peer`
        }
  }

  /** Why there is no room for the growth that this message causes. */
  private shortageFor({ from, to, key, message }: Envelope): Refusal | undefined {
    const { room } = this.options
    const process = this.processes.get(to)
    if (room === undefined || process === undefined || !room.isShort(this.heldBytes))
      return undefined
    const growth = process.growth(key, { _tag: "Receive", from, message })
    const reason = growth <= 0 ? undefined : room.refuses(this.heldBytes + growth, from, message)
    return reason === undefined ? undefined : { kind: "full", reason }
  }

  /** A message of this endpoint will not be answered. */
  private takeRefusal(link: Link, sequence: number, refusal: Refusal, envelope: Envelope): void {
    const isSettled = this.isSettled(envelope)
    this.commits.commit(noEffects(), { answered: { peer: link.peer, sequence } }, () => {
      link.settle(sequence)
      if (!isSettled) this.options.declined?.(envelope, link.peer, refusal)
    })
  }

  /** A message of this endpoint was answered; the messages of the answer are received now. */
  private takeAnswer(
    link: Link,
    sequence: number,
    envelopes: ReadonlyArray<Envelope>,
    trace: TraceContext | undefined
  ): void {
    // An answer that is not kept counts as still in flight: the post stays unsettled, and is
    // repeated.
    if (this.isHeldBack(link.peer, envelopes)) {
      this.held.hold({
        ...{ peer: link.peer, envelopes },
        isTimely: () => !this.isHeldBack(link.peer, envelopes),
        take: () => this.takeAnswer(link, sequence, envelopes, trace),
        drop: () => link.unanswer(sequence)
      })
      return
    }
    const effects = noEffects(trace)
    const early = this.receiveTimely(effects, envelopes)
    for (const envelope of early) this.post(effects, this.name, envelope)
    // A crash may lose the fact that a post had an empty answer: the peer answers the repeated post
    // in the same way.
    const also = envelopes.length === 0 ? {} : { answered: { peer: link.peer, sequence } }
    this.commits.commit(effects, also, () => {
      link.settle(sequence)
      this.release(effects)
    })
    this.held.resume()
  }

  /**
   * Whether this endpoint receives no message of an answer now. If it can receive some, it posts
   * the others to itself, and so keeps them as durably as their sender did. A peer that sends many
   * early messages must not make it grow: beyond the peer's share, its answers wait as a whole.
   */
  private isHeldBack(peer: string, envelopes: ReadonlyArray<Envelope>): boolean {
    const early = envelopes.filter((one) => this.isPostponed(one)).length
    if (early === 0 || early === envelopes.length) return early > 0
    const { posts, bytes } = this.link(this.name).unansweredOf(
      ({ from }) => endpointOf(from) === peer
    )
    return posts >= maxKept || bytes >= maxKeptBytes
  }

  /**
   * Receives the messages of an answer that are not early. Receiving one may make others
   * receivable. Returns those that are still early.
   */
  private receiveTimely(
    effects: Effects,
    envelopes: ReadonlyArray<Envelope>
  ): ReadonlyArray<Envelope> {
    let early: ReadonlyArray<Envelope> = envelopes
    for (;;) {
      const timely = early.find((one) => !this.isPostponed(one))
      if (timely === undefined) return early
      early = early.filter((one) => one !== timely)
      this.receive(effects, undefined, timely)
    }
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
   * Takes a step, if the process is here, and then the steps of its own that follow; collects their
   * effects.
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
      const choice = this.waits.choiceOf(process, next[at] as string)
      if (choice === undefined) continue
      next.push(
        ...this.take(effects, asker, process, next[at] as string, { _tag: "Choose", choice })
      )
    }
  }

  /** Takes one step. Returns the objects for which the process may now have a step of its own. */
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
    if (process.node.isWitnessed !== false) this.options.witness?.taken(node, key, input, step)
    for (const change of changesOf(step)) effects.steps.push({ node, ...change })
    for (const observation of step.observations) effects.shown.push([node, key, observation])
    for (const { to, message, key: about } of step.sends) {
      const reply: Envelope = { from: node, to, key: about, message }
      const peer = endpointOf(to)
      if (peer === asker && this.isRoomFor(effects, reply, step.sends.length)) {
        effects.replies.push(reply)
        continue
      }
      this.post(effects, peer, reply)
    }
    if (process.node.part.choices === noChoices) return []
    const also = step.change?.shared === undefined ? [] : process.busyKeys()
    return [...new Set([key, ...(step.others ?? []).map((other) => other.key), ...also])]
  }

  /** Numbers a message that leaves once all of the effects are durable. */
  private post({ trace, posts }: Effects, peer: string, message: Envelope): void {
    const envelope = trace === undefined ? message : { ...message, trace }
    posts.push({ peer, sequence: this.link(peer).reserve(envelope), envelope })
  }

  /**
   * Whether a message goes into the answer. A step that sends its asker more than fits into one
   * frame posts the rest.
   */
  private isRoomFor({ replies }: Effects, reply: Envelope, sends: number): boolean {
    if (sends <= 2) return true
    return replies.length < maxReplies && writtenBytes([...replies, reply]) <= maxReplyBytes
  }

  /**
   * Whether taking this message's step again would have the same effect as taking it for the first
   * time.
   */
  private isRepeatable({ from, to, key, message }: Envelope): boolean {
    return (
      this.processes.get(to)?.promises(["onlyAnswers", "isObsolete"], key, from, message) ?? true
    )
  }

  private isSettled({ from, to, key, message }: Envelope): boolean {
    return this.processes.get(from)?.promises(["isSettled"], key, to, message) ?? true
  }

  /** The shared fields of each durable process; no other field holds secrets. */
  private get sharedStates(): ReadonlyArray<unknown> {
    return [...this.processes.values()].flatMap(({ node, shared }) =>
      node.part.durable ? [shared] : []
    )
  }

  /** Releases the observations and posts of these effects. */
  private release({ posts, shown }: Effects): void {
    const sparing = posts.length > 1 ? this.options.spares?.(posts) : undefined
    const kept = sparing && this.keep(posts, sparing)
    for (const { peer, sequence, envelope } of posts) {
      if (kept?.has(peer) === true) continue
      this.spares.sendBefore(peer, envelope.key, sparing?.onlyAsks === true)
      this.link(peer).release(sequence)
    }
    for (const [node, key, observation] of shown) this.options.observe?.(node, key, observation)
  }

  /** Holds back the posts that can be spared, for a while. Returns their peers. */
  private keep(posts: Effects["posts"], sparing: Sparing): ReadonlySet<string> {
    const asked = posts.map(({ peer }) => this.link(peer).asked)
    this.turn += 1
    const kept = spared(asked, this.turn, sparing)
    const milliseconds = timeFor(asked.filter(({ peer }) => !kept.has(peer)))
    for (const { peer, sequence, envelope } of posts) {
      if (!kept.has(peer)) continue
      const link = this.link(peer)
      const isSettled = () => this.isSettled(envelope)
      const end = (isNeeded: boolean) => (isNeeded ? link.release(sequence) : link.settle(sequence))
      const { key } = envelope
      this.spares.keep({ peer, key, isCopy: !sparing.onlyAsks, isSettled, end }, milliseconds)
    }
    return kept
  }

  /** Sends all posts that are held back. */
  hurry(): void {
    this.spares.release()
  }

  private restore({ record, isChecked }: Found): void {
    const { memory, steps, answer, posts, answered, next } = record
    if (memory !== undefined) this.options.memory?.restore(memory)
    for (const step of steps ?? []) this.processes.get(step.node)?.restore(step, isChecked)
    if (answer !== undefined) {
      this.link(answer.peer).restoreIncoming(answer.sequence, answer.settled, answer.envelopes)
    }
    for (const { peer, sequence, envelope } of posts ?? [])
      this.link(peer).restoreOutgoing(sequence, envelope)
    if (answered !== undefined) this.link(answered.peer).restoreAnswered(answered.sequence)
    if (next !== undefined) this.link(next.peer).restoreNext(next.sequence, next.settled)
  }

  private snapshot(): Iterator<Uint8Array> {
    const changes = [...this.processes].flatMap(([node, process]) =>
      process.node.part.durable ? [[node, process.snapshot()] as const] : []
    )
    return snapshotRecords(
      this.writer.encode,
      this.options.memory?.records() ?? [],
      changes,
      [...this.links].map(([peer, link]) => [peer, link.snapshot()] as const)
    )
  }

  /** The first object whose recovered state is invalid for its process. */
  private firstIllFormed(): RecordUnknown | undefined {
    for (const [node, process] of this.processes) {
      const key = process.firstIllFormed()
      if (key !== undefined) {
        return new RecordUnknown({
          reason: `what ${node} holds for ${JSON.stringify(key)} is not a state of this protocol`
        })
      }
    }
    return undefined
  }
}

/** The maximum number of remembered peers that are away. */
const maxAbsent = 4096
/**
 * The default maximum number of remembered answers in total, and the number that every peer may
 * have in any case.
 */
const maxRememberedInAll = 2 ** 17
const alwaysRemembered = 16

/** The maximum kept of one peer's answers that arrived early. */
const maxKept = 256
const maxKeptBytes = 4 * 2 ** 20

/** The maximum of an answer of a step that sends many messages. */
const maxReplies = 16
const maxReplyBytes = 2 ** 20

/** The number of bytes that may wait for the disk before the endpoint stops taking frames. */
const maxPendingLength = 32 * 2 ** 20

/** Several times what a link keeps for a peer that is away while the others answer. */
const maxUnansweredBytes = 256 * 2 ** 20
