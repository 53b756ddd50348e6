/**
 * What a replica of the membership service does in one step, or a node that is to be one: what the specifications say of
 * it (`spec/pbft`, `spec/membership/tracking`, `spec/membership/move`), in one process.
 *
 * Everything that is decided is decided there. Here the three are put together: what a slot of the
 * log holds is what the log tells; what a replica tells the log is submitted to all replicas, signed;
 * and the share with which it certifies epochs of the system is the one that it was dealt last.
 */
import * as Schema from "effect/Schema"
import { isMember, View } from "../../spec/administrator/view.ts"
import { Certificate } from "../../spec/dbqs/epoch.ts"
import { SigningKey } from "../../spec/kernel/cryptography.ts"
import { equals, including, union } from "../../spec/kernel/data.ts"
import type { ObjectsAfter, PartSend } from "../../spec/kernel/keyed.ts"
import { Count, type NodeId, SetOf } from "../../spec/kernel/node.ts"
import type { AnyObservation } from "../../spec/kernel/observation.ts"
import * as Following from "../../spec/membership/following.ts"
import type { Message as MoveMessage } from "../../spec/membership/move/messages.ts"
import { ReplicaState as MoveState, replica as moving } from "../../spec/membership/move/replica.ts"
import type { Message as TrackingMessage } from "../../spec/membership/tracking/messages.ts"
import { beginning, Probing } from "../../spec/membership/tracking/probing.ts"
import { server as tracking } from "../../spec/membership/tracking/server.ts"
import { client as clientNode, ServerId, server as serverNode } from "../../spec/nodes/nodes.ts"
import {
  apply,
  batchOf,
  hashOfBatch,
  logNode,
  moveContext,
  systemOf,
  type Told,
  trackingContext
} from "./log.ts"
import {
  Batch,
  LogState,
  type Message,
  mostCertificates,
  type Operation,
  Operation as OperationSchema,
  Output,
  type Timer,
  type Want
} from "./messages.ts"
import { pong } from "./pong.ts"
import {
  type AtSlot,
  changeView,
  decidedIn,
  firstPrimary,
  keyOfSlot,
  newSlot,
  receive as receiveAtSlot,
  request,
  SlotState,
  type SlotStep,
  slotsRemembered
} from "./slots.ts"
import type { Context } from "./trust.ts"

export const Shared = Schema.Struct({
  key: SigningKey(ServerId),
  /** What all replicas have made of the log. */
  log: LogState,
  /** How far it is with probing. */
  probing: Schema.Struct({ view: View, ...Probing }),
  /** What it has of the service's key, and which epochs of the service it knows. */
  move: MoveState,
  /** The latest certified epoch of the system, and what it has of the certificate of the next. */
  system: Schema.Struct(Following.Following),
  certificates: Schema.Array(Certificate),
  /** What was submitted, and does not stand in the log yet. */
  pool: Schema.Array(OperationSchema),
  /** What it heard of the log without having a part in it. */
  outputs: SetOf(Schema.Struct({ from: ServerId, output: Output })),
  /** What of that it has taken, and in which epoch of the service: the log says it once. */
  taken: Schema.Array(Schema.Struct({ epoch: Count, what: Schema.String }))
})
export const Own = Schema.Struct({
  slot: Schema.NullOr(SlotState),
  /** The batches that somebody proposes for the slot, by who sent them. */
  batches: Schema.Array(Schema.Struct({ from: ServerId, hash: Schema.String, batch: Batch }))
})
export type ReplicaState = typeof Shared.Type & typeof Own.Type
type Sends = ReadonlyArray<PartSend<Message>>

/** What the process itself is told besides messages: that a timer has run out. */
export interface TimerMessage {
  readonly _tag: "Timer"
  readonly timer: Timer
}

/** What one replica may say to a node that has no part in the log, in one epoch. */
const mostOutputs = 8
/** The most operations that wait for a slot. */
const mostPooled = 1024

/** One step of the replica, of which several may follow each other. */
export class Acting {
  private readonly context: Context
  private readonly self: ServerId
  private readonly key: string
  private readonly objectsAfter: ObjectsAfter<ReplicaState>
  state: ReplicaState
  readonly sends: Array<PartSend<Message>> = []
  readonly observations: Array<AnyObservation> = []

  constructor(
    context: Context,
    self: ServerId,
    state: ReplicaState,
    objectsAfter: ObjectsAfter<ReplicaState>,
    key: string
  ) {
    this.context = context
    this.self = self
    this.state = state
    this.objectsAfter = objectsAfter
    this.key = key
    this.cryptography.know(state.log.halves, state.move.shares)
  }

  get cryptography() {
    return this.context.trust.cryptography
  }

  private get at(): AtSlot {
    const { self, cryptography } = this
    return { cryptography, service: this.state.log.service, self, key: this.state.key }
  }

  /** Whether it has a part in the log. */
  get isReplica(): boolean {
    return isMember(this.state.log.service, this.self)
  }

  private set(changes: Partial<ReplicaState>): void {
    this.state = { ...this.state, ...changes }
  }

  private say(sends: Sends): void {
    this.sends.push(...sends)
  }

  private sayTo(to: NodeId, message: Message): void {
    this.sends.push({ to, message, key: "" })
  }

  /** An operation for the log goes to all replicas, itself among them. */
  submit(operation: Operation): void {
    for (const to of this.state.log.service.members) this.sayTo(to, { _tag: "Submit", operation })
  }

  /** Takes an operation that was submitted, if it may be one. */
  pool(operation: Operation): void {
    const { pool } = this.state
    if (!this.isReplica || pool.length >= mostPooled || !this.isSigned(operation)) return
    if (!pool.some((one) => equals(one, operation))) this.set({ pool: [...pool, operation] })
  }

  private isSigned(operation: Operation): boolean {
    const { about } = this.cryptography
    const { members } = this.state.log.service
    switch (operation._tag) {
      case "Join":
        return about("tracking").verifies(operation.admission)
      case "Move":
        return about("move").verifies(operation.order)
      case "Agree":
        return members.includes(operation.agreement.signer)
      case "Due":
        return members.includes(operation.due.signer)
      case "Dealing":
        return members.includes(operation.dealt.signer)
      case "Erasure":
        return members.includes(operation.erased.signer)
    }
  }

  /** What is kept of a slot: in this step's object, or another's. */
  private ownAt(slot: number): Pick<ReplicaState, "slot" | "batches"> | undefined {
    const key = keyOfSlot(slot)
    return key === this.key
      ? this.state
      : [...this.objectsAfter(null)].find(([name]) => name === key)?.[1]
  }

  private slotAt(slot: number): SlotState | undefined {
    const known = this.ownAt(slot)?.slot
    const { number } = this.state.log.service
    return known?.epoch === number && known.slot === slot ? known : undefined
  }

  /** The batch with this hash, if it has come. */
  private batchAt(slot: number, hash: unknown): Batch | undefined {
    const { number } = this.state.log.service
    return this.ownAt(slot)?.batches.find(
      (one) => one.hash === hash && one.batch.slot === slot && one.batch.epoch === number
    )?.batch
  }

  /** A batch arrives: one from each replica for each slot, and any that the slot holds. */
  batch(from: NodeId, batch: Batch): void {
    const { log, batches } = this.state
    const by = log.service.members.find((member) => member === from)
    if (by === undefined || batch.epoch !== log.service.number || batch.slot < log.next) return
    const hash = hashOfBatch(batch.operations)
    const ofSlot = batches.filter(
      (one) => one.batch.slot === batch.slot && one.batch.epoch === batch.epoch
    )
    if (ofSlot.some((one) => one.hash === hash)) return
    const others = ofSlot.filter(
      (one) => one.from !== by || one.hash === this.decidedAt(batch.slot)
    )
    this.set({ batches: [...others, { from: by, hash, batch }] })
  }

  private decidedAt(slot: number): unknown {
    const known = this.slotAt(slot)
    return known === undefined ? undefined : decidedIn(this.at, known)?.value
  }

  /** Somebody lacks a batch that this replica may have. */
  want(to: NodeId, { slot, hash }: Want): void {
    const batch = this.batchAt(slot, hash)
    if (batch !== undefined) this.sends.push({ to, key: this.key, message: batch })
  }

  private take({ state, sends }: SlotStep): void {
    this.set({ slot: state })
    this.say(sends)
  }

  /** Something about a slot, which is this step's object. */
  atSlot(slot: number, change: (at: AtSlot, state: SlotState) => SlotStep): void {
    const { next } = this.state.log
    if (!this.isReplica || slot < next - slotsRemembered / 2) return
    const known = this.slotAt(slot)
    const later = this.state.slot
    const isOver =
      later !== null && later.epoch === this.state.log.service.number && later.slot > slot
    if (known === undefined && isOver) return
    this.take(change(this.at, known ?? newSlot(this.at, slot)))
  }

  /** What has been decided is executed; then the next slot is asked for what waits. */
  goOn(): void {
    while (this.isReplica) {
      const { next } = this.state.log
      const batch = this.batchAt(next, this.decidedAt(next))
      if (batch === undefined) break
      this.execute(batch.operations)
    }
    const { service, next } = this.state.log
    // The others wait whether the first primary does it.
    if (firstPrimary(service, next) === this.self) this.askForSlot()
  }

  /** The replica requests what waits, if it has not done so for the next slot. */
  private askForSlot(): void {
    const { pool, log } = this.state
    if (!this.isReplica || pool.length === 0) return
    const key = keyOfSlot(log.next)
    const slot = this.slotAt(log.next)
    if (slot !== undefined && slot.client.operation !== null) return
    // The object of another slot is changed in a step of its own.
    if (key === this.key) this.requestNow()
    else this.sends.push({ to: this.self, key, message: { _tag: "Wake" } })
  }

  requestNow(): void {
    const { pool, log } = this.state
    const { next: slot, service } = log
    if (!this.isReplica || pool.length === 0 || keyOfSlot(slot) !== this.key) return
    const known = this.slotAt(slot) ?? newSlot(this.at, slot)
    if (known.client.operation !== null) return
    const operations = batchOf(pool)
    const batch: Batch = { _tag: "Batch", epoch: service.number, slot, operations }
    this.batch(this.self, batch)
    for (const to of service.members)
      if (to !== this.self) this.sends.push({ to, key: this.key, message: batch })
    this.take(request(this.at, known, hashOfBatch(operations)))
  }

  /** Nothing has come of the next slot for long. */
  private viewIsOver(slot: number, view: number): void {
    const { log } = this.state
    if (!this.isReplica || slot !== log.next) return
    const hash = this.decidedAt(slot)
    if (hash !== undefined) {
      const want: Want = { _tag: "Want", epoch: log.service.number, slot, hash: String(hash) }
      for (const to of log.service.members)
        if (to !== this.self) this.sends.push({ to, key: this.key, message: want })
      return
    }
    this.requestNow()
    this.atSlot(slot, (at, state) => changeView(at, state, view))
  }

  private execute(operations: ReadonlyArray<Operation>): void {
    const before = this.state.log
    this.set({ log: { ...before, next: before.next + 1 } })
    for (const operation of operations) {
      const { service } = this.state.log
      this.set({ pool: this.state.pool.filter((one) => !equals(one, operation)) })
      const told = apply(this.cryptography, this.state.log, operation)
      this.set({ log: told.state })
      this.cryptography.know(told.state.halves, this.state.move.shares)
      this.hear(told, service)
      // What else the slot holds is for the replicas of an epoch that is over.
      if (!equals(told.state.service, service)) break
    }
    const { service } = this.state.log
    if (!isMember(service, this.self)) this.set({ pool: [] })
  }

  /** The log tells this replica, and those who have no part in it yet. */
  private hear({ tracking: toTracking, move, state }: Told, service: View): void {
    for (const { to, message } of toTracking)
      if (to === this.self) this.stepTracking(logNode, message)
    for (const { to, message } of move) {
      if (to === this.self) this.stepMove(logNode, message)
      else if (!isMember(service, to) && (message._tag === "Dealt" || message._tag === "Begin"))
        this.sayTo(to, { _tag: "Output", epoch: service.number, said: message })
    }
    if (equals(state.service, service)) return
    for (const to of state.service.members)
      if (!isMember(service, to))
        this.sayTo(to, { _tag: "Output", epoch: service.number, said: { _tag: "State", state } })
  }

  /** A step of the part that tracks the members. */
  stepTracking(from: NodeId, message: TrackingMessage): void {
    this.trackingStep({ _tag: "Receive", from, message })
  }

  private get trackingState() {
    const { probing, key, move, log } = this.state
    const share = move.shares.find(({ dealing }) => dealing === log.service.number) ?? null
    return { ...probing, key, share, admission: null }
  }

  private get trackingContext() {
    const { log } = this.state
    const members = union(systemOf(log).members, this.state.probing.view.members)
    return {
      ...trackingContext(this.cryptography, log),
      servers: union(members, log.service.members),
      clients: log.service.members as never
    }
  }

  private trackingStep(input: Parameters<typeof tracking.step>[3]): void {
    const step = tracking.step(this.trackingContext, this.self, this.trackingState, input)
    const { key: _key, share: _share, admission: _admission, ...probing } = step.state
    if (!equals(probing, this.state.probing)) this.set({ probing })
    this.observations.push(...step.observations)
    for (const { to, message } of step.sends) {
      switch (message._tag) {
        case "Agree":
          if (to === logNode) this.submit(message)
          break
        case "Certify":
          this.sayTo(to, { _tag: "CertifySystem", part: message.part })
          break
        case "Ping":
        case "Pong":
        case "Propose":
          this.sayTo(to, message)
          break
        default:
          break
      }
    }
  }

  isTrackingEarly(from: NodeId, message: TrackingMessage): boolean {
    const { trackingContext: context, trackingState: state } = this
    return tracking.postpones?.(context, this.self, state, from, message) === true
  }

  /** An interval of this round is over: who has not answered has missed another one. */
  interval(epoch: number, round: number): void {
    const { probing } = this.state
    if (probing.view.number !== epoch || probing.round !== round) return
    for (const choice of tracking.choices(this.trackingContext, this.self, this.trackingState))
      if (choice._tag === "Wait") this.trackingStep({ _tag: "Choose", choice })
  }

  private moveContextFor(from: NodeId) {
    const { log } = this.state
    const known = union(log.service.members, log.move.moving?.next.members ?? [])
    return {
      ...moveContext(this.cryptography, log),
      // Whoever passes on a part of a certificate, it proves itself.
      servers: from === logNode ? known : including(known, serverNode(from)),
      clients: [clientNode(from)]
    }
  }

  /** A step of the part that holds a share. */
  stepMove(from: NodeId, message: MoveMessage): void {
    const context = this.moveContextFor(from)
    const { about } = this.cryptography
    const step = moving.step(context, this.self, this.state.move, {
      _tag: "Receive",
      from,
      message
    })
    if (!equals(step.state, this.state.move)) this.set({ move: step.state })
    for (const { to, message: said } of step.sends) {
      const { key } = this.state
      switch (said._tag) {
        case "Certify":
          if (to !== from || message._tag !== "Ask")
            this.sayTo(to, { _tag: "CertifyService", part: said.part })
          break
        case "Deal": {
          const content = { number: said.number, sealed: said.sealed }
          this.submit({ _tag: "Dealing", dealt: about("move").sign(key, content) })
          break
        }
        case "Erased": {
          const content = { number: said.number }
          this.submit({ _tag: "Erasure", erased: about("move").sign(key, content) })
          break
        }
        case "Answer":
          this.sayTo(to, { _tag: "Stated", part: said.part })
          break
        default:
          break
      }
    }
    this.follow()
  }

  /** Goes on to the next epoch of the service, if that is certified. */
  private follow(): void {
    const context = this.moveContextFor(this.self)
    const [choice] = moving.choices(context, this.self, this.state.move)
    if (choice === undefined) return
    const { state } = moving.step(context, this.self, this.state.move, { _tag: "Choose", choice })
    this.set({ move: state })
    // Who has no part in that epoch either goes on listening to its replicas.
    const { log } = this.state
    if (!this.isReplica && !isMember(state.view, this.self))
      this.set({ log: { ...log, service: state.view } })
    this.follow()
  }

  isMoveEarly(from: NodeId, message: MoveMessage): boolean {
    const context = this.moveContextFor(from)
    return moving.postpones?.(context, this.self, this.state.move, from, message) === true
  }

  /** The log tells a node that has no part in it: f+1 replicas say the same. */
  output(from: NodeId, output: Output): void {
    const { log, outputs } = this.state
    const by = log.service.members.find((member) => member === from)
    const isNew = by !== undefined && output.epoch === log.service.number && !this.isReplica
    if (this.isTaken(output)) return
    if (!isNew || outputs.some((one) => one.from === by && equals(one.output, output))) return
    if (outputs.filter((one) => one.from === by).length >= mostOutputs) return
    this.set({ outputs: including(outputs, { from: by, output }) })
  }

  private isTaken({ epoch, said }: Output): boolean {
    return this.state.taken.some((one) => one.epoch === epoch && one.what === said._tag)
  }

  /** Takes what enough replicas have said, in whatever order it came. */
  takeOutputs(): void {
    for (;;) {
      const { outputs, log } = this.state
      const isSaid = ({ output }: (typeof outputs)[number]): boolean =>
        outputs.filter((one) => equals(one.output, output)).length >
        Following.mostFaulty(log.service)
      const ready = outputs.find((one) => isSaid(one) && this.isOutputNow(one.output))
      if (ready === undefined) return
      const { said, epoch } = ready.output
      this.set({
        outputs: outputs.filter((one) => one.output.said._tag !== said._tag),
        taken: [
          ...this.state.taken.filter((one) => one.epoch === epoch),
          { epoch, what: said._tag }
        ]
      })
      if (said._tag !== "State") {
        this.stepMove(logNode, said)
        continue
      }
      const { state } = said
      const view = systemOf(state)
      this.set({ log: state, outputs: [], probing: { view, ...beginning(state.tracking.round) } })
    }
  }

  private isOutputNow({ said }: Output): boolean {
    // Whoever has adopted the state hears the log itself from then on.
    if (said._tag !== "State") return !this.isMoveEarly(logNode, said)
    return this.state.move.serving?.number === said.state.service.number
  }

  /** A part of the certificate of an epoch of the system. */
  collect(part: Following.EpochPart): void {
    const context = { rules: Following.following, cryptography: this.cryptography.system }
    const { system } = this.state
    const collected = Following.collect(context, system, part)
    if (collected === system) return
    this.set({ system: collected })
    const [view] = Following.certified(context, collected)
    if (view === undefined) return
    const parts = collected.parts.filter(({ content }) => equals(content, view))
    const signed = context.cryptography.threshold.combine(parts)
    if (signed?.signature === undefined) return
    const { service } = this.context.trust
    this.certificate({ signer: service, content: view, signature: signed.signature })
  }

  isEarly(part: Following.EpochPart): boolean {
    const context = { rules: Following.following, cryptography: this.cryptography.system }
    return Following.isEarly(context, this.state.system, part)
  }

  /** A certificate of an epoch of the system is there: all members of it and the last are told. */
  certificate(certificate: Certificate): void {
    const { certificates, system } = this.state
    const { content, signature } = certificate
    if (content.number !== certificates.length || signature === undefined) return
    const { threshold } = this.cryptography.system
    if (!threshold.verifies({ content, signature })) return
    const before = certificates.at(-1)?.content.members ?? []
    this.set({
      certificates: [...certificates, certificate],
      system: Following.enter(system, content)
    })
    if (!this.isReplica) return
    for (const to of union(before, content.members))
      this.sayTo(to, { _tag: "Certificates", certificates: [certificate] })
  }

  /** Who asks is told the certificates from this epoch on. */
  since(to: NodeId, number: number): void {
    const certificates = this.state.certificates.slice(number, number + mostCertificates)
    if (certificates.length > 0) this.sayTo(to, { _tag: "Certificates", certificates })
  }

  /** How the replica stands, and the public half of its reading key for this epoch of the service. */
  standing(to: NodeId, number: number): void {
    const { log, move, key } = this.state
    const { about } = this.cryptography
    const own = move.key === null ? undefined : this.cryptography.halfOf(move.key, number)
    const half = own === undefined ? null : about("half").sign(key, { number, half: own })
    this.sayTo(to, {
      _tag: "Standing",
      service: this.isReplica ? log.service : move.view,
      system: systemOf(log),
      isMoving: log.move.moving !== null,
      serves: this.isReplica && move.serving?.number === log.service.number,
      half
    })
  }

  timer(timer: Timer): void {
    switch (timer._tag) {
      case "View":
        this.viewIsOver(timer.slot, timer.view)
        break
      case "Interval":
        this.interval(timer.epoch, timer.round)
        break
      case "Due": {
        if (!this.isReplica) break
        const { _tag, ...content } = timer
        const due = this.cryptography.about("due").sign(this.state.key, content)
        this.submit({ _tag: "Due", due })
      }
    }
  }

  message(from: NodeId, message: Message | TimerMessage): void {
    switch (message._tag) {
      case "Timer":
        this.timer(message.timer)
        break
      case "Wake":
        if (from === this.self) this.requestNow()
        break
      case "Submit":
        this.pool(message.operation)
        break
      case "Slot":
        if (message.epoch === this.state.log.service.number)
          this.atSlot(message.slot, (at, state) => receiveAtSlot(at, state, from, message.message))
        break
      case "Batch":
        this.batch(from, message)
        break
      case "Want":
        this.want(from, message)
        break
      case "Ping":
        this.say(pong(this.self, from, message))
        break
      case "Pong":
      case "Propose":
        this.stepTracking(from, message)
        break
      case "CertifySystem":
        this.collect(message.part)
        break
      case "CertifyService":
        this.stepMove(from, { _tag: "Certify", part: message.part })
        break
      case "Ask":
        this.stepMove(from, message)
        break
      case "Output":
        this.output(from, message)
        break
      case "Since":
        this.since(from, message.number)
        break
      case "Certificates":
        for (const certificate of message.certificates) this.certificate(certificate)
        break
      case "Inquire":
        this.standing(from, message.number)
        break
      default:
        break
    }
  }
}
