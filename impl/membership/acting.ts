import { isMember, type View } from "../../spec/administrator/view.ts"
import type { Certificate } from "../../spec/dbqs/epoch.ts"
import { equals, including, union } from "../../spec/kernel/data.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import * as Following from "../../spec/membership/following.ts"
import type { Ask, Message as MoveMessage, Nonce } from "../../spec/membership/move/messages.ts"
import { replica as moving } from "../../spec/membership/move/replica.ts"
import type { Message as TrackingMessage } from "../../spec/membership/tracking/messages.ts"
import { beginning } from "../../spec/membership/tracking/probing.ts"
import { server as tracking } from "../../spec/membership/tracking/server.ts"
import { client as clientNode, server as serverNode } from "../../spec/nodes/nodes.ts"
import { heardVouch } from "./checkpoints.ts"
import { logNode, moveContext, systemOf, type Told, trackingContext } from "./log.ts"
import {
  type LogState,
  type Message,
  maxCertificates,
  type Output,
  type SinceSlot,
  type Timer,
  type Vouch
} from "./messages.ts"
import { movesSince, withMoved, withPart } from "./moves.ts"
import { Ordering } from "./ordering.ts"
import { pong } from "./pong.ts"
import { type AtSlot, receive as receiveAtSlot, type SlotState } from "./slots.ts"
import type { TimerMessage } from "./state.ts"

/**
 * The maximum number of outputs that one replica may send, in one epoch, to a node without a part
 * in the log.
 */
const maxOutputs = 8

/** One step of the replica, which may consist of several in a row. */
export class Acting extends Ordering {
  /** The log informs this replica, and nodes that have no part in it yet. */
  protected hear({ tracking: toTracking, move, state }: Told, service: View): void {
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

  /** An interval of this round ends: each node that has not answered has missed another one. */
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
      // A part of a certificate is valid from any sender: the part proves itself.
      servers: from === logNode ? known : including(known, serverNode(from)),
      clients: [clientNode(from)]
    }
  }

  /** A step of the part that holds a share. */
  stepMove(from: NodeId, message: MoveMessage): void {
    const context = this.moveContextFor(from)
    const { about } = this.cryptography
    const { serving } = this.state.move
    const step = moving.step(context, this.self, this.state.move, {
      _tag: "Receive",
      from,
      message
    })
    // The replicas of the time keep what all of them sign together.
    const part = step.sends.flatMap(({ message: said }) =>
      said._tag === "Certify" ? [said.part] : []
    )[0]
    if (part !== undefined)
      for (const to of serving?.members ?? []) this.sayTo(to, { _tag: "CertifyService", part })
    if (!equals(step.state, this.state.move)) this.set({ move: step.state })
    for (const { to, message: said } of step.sends) {
      const { key } = this.state
      switch (said._tag) {
        case "Certify":
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

  /** Moves on to the next epoch of the service, if that epoch is certified. */
  private follow(): void {
    const context = this.moveContextFor(this.self)
    const [choice] = moving.choices(context, this.self, this.state.move)
    if (choice === undefined) return
    const { state } = moving.step(context, this.self, this.state.move, { _tag: "Choose", choice })
    this.set({ move: state })
    // A node without a part in that epoch also keeps listening to its replicas.
    const { log } = this.state
    if (!this.isReplica && !isMember(state.view, this.self))
      this.set({ log: { ...log, service: state.view } })
    this.follow()
  }

  isMoveEarly(from: NodeId, message: MoveMessage): boolean {
    const context = this.moveContextFor(from)
    return moving.postpones?.(context, this.self, this.state.move, from, message) === true
  }

  /** A part of the certificate of an epoch of the service, for those who have no part in it yet. */
  private certifyService(from: NodeId, part: Following.EpochPart): void {
    const { log, moves, former } = this.state
    const isOf = (view: View | undefined): boolean =>
      view?.number === part.content.number - 1 && isMember(view, from)
    if (isOf(log.service) || isOf(former))
      this.set({ moves: withPart(this.cryptography.service, moves, from, part) })
    if (!this.isReplica) this.stepMove(from, { _tag: "Certify", part })
  }

  private isOver({ number, system }: Nonce): boolean {
    const { serving, system: current } = this.state.move
    return number !== serving?.number || system !== current
  }

  /**
   * Whether a client's question has to wait: until its epochs begin, or, if they are over, until
   * the replica has a certificate of a later one to tell of.
   */
  isAskedEarly(from: NodeId, question: Ask): boolean {
    const { number, system } = question.nonce
    const { moves, certificates } = this.state
    const hasNews = movesSince(moves, number + 1).length > 0 || certificates.length > system + 1
    return this.isMoveEarly(from, question) || (this.isOver(question.nonce) && !hasNews)
  }

  /** A client asks; who asks about an epoch that is over is told of the later ones. */
  private ask(from: NodeId, question: Ask): void {
    const { nonce } = question
    const { number, system } = nonce
    if (this.isOver(nonce) || this.cryptography.questions.admits(from, nonce))
      this.stepMove(from, question)
    for (const moved of movesSince(this.state.moves, number + 1)) this.sayTo(from, moved)
    this.since(from, system + 1)
  }

  /** The log informs a node that has no part in it: f+1 replicas send the same output. */
  output(from: NodeId, output: Output): void {
    const { log, outputs } = this.state
    const by = log.service.members.find((member) => member === from)
    const isNew = by !== undefined && output.epoch === log.service.number && !this.isReplica
    if (this.isTaken(output)) return
    if (!isNew || outputs.some((one) => one.from === by && equals(one.output, output))) return
    if (outputs.filter((one) => one.from === by).length >= maxOutputs) return
    this.set({ outputs: including(outputs, { from: by, output }) })
  }

  private isTaken({ epoch, said }: Output): boolean {
    return this.state.taken.some((one) => one.epoch === epoch && one.what === said._tag)
  }

  /** Takes the outputs that enough replicas have sent, in any order of arrival. */
  takeOutputs(): void {
    for (;;) {
      const { outputs, log } = this.state
      const isSaid = ({ output }: (typeof outputs)[number]): boolean =>
        outputs.filter((one) => equals(one.output, output)).length >
        Following.maxFaulty(log.service)
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
    // A node that has adopted the state reads the log itself from then on.
    if (said._tag !== "State") return !this.isMoveEarly(logNode, said)
    return this.state.move.serving?.number === said.state.service.number
  }

  /** A part of the certificate of an epoch of the system. */
  collect(part: Following.EpochPart): void {
    const context = { rules: Following.following, cryptography: this.cryptography.system }
    const { system } = this.state
    // Parts of an already certified epoch are not verified.
    if (part.content.number <= system.view.number) return
    const collected = Following.collect(context, system, part)
    if (collected === system) return
    this.set({ system: collected })
    // Fewer parts than the threshold cannot combine.
    if (collected.parts.length < part.threshold) return
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

  /**
   * A certificate of an epoch of the system is complete: all members of that epoch and the previous
   * one receive it.
   */
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

  /**
   * The certificate of an epoch is missing: its parts went to the replicas of that time. Any node
   * of the system may have it.
   */
  private askForCertificates(): void {
    const { certificates, log, moves } = this.state
    for (const to of union(log.service.members, systemOf(log).members))
      if (to !== this.self) this.sayTo(to, { _tag: "Since", number: certificates.length })
    const number = moves.certified.length + 1
    if (number > log.service.number) return
    for (const to of log.service.members)
      if (to !== this.self) this.sayTo(to, { _tag: "SinceMove", number })
  }

  /** A replica lacks slots: whoever has a later checkpoint vouches for it. */
  private sinceSlot(to: NodeId, { epoch, slot }: SinceSlot): void {
    const { checkpoint, log } = this.state
    const isOf = checkpoint?.service.number === epoch && log.service.number === epoch
    if (checkpoint !== undefined && isOf && isMember(log.service, to) && checkpoint.next > slot)
      this.sayTo(to, { _tag: "Vouch", checkpoint })
  }

  /** Another replica vouches for a checkpoint. */
  private vouch(from: NodeId, { checkpoint }: Vouch): void {
    const { log, vouched: before = [] } = this.state
    const by = log.service.members.find((member) => member === from)
    if (by === undefined || by === this.self || !this.isReplica) return
    const { vouched, adopted } = heardVouch(log, before, by, checkpoint)
    if (vouched !== before) this.set({ vouched })
    if (adopted !== undefined) this.adopt(adopted)
  }

  /** The replica continues from a state of the log that it has not computed itself. */
  private adopt(state: LogState): void {
    const view = systemOf(state)
    const probing = { view, ...beginning(state.tracking.round) }
    this.set({ log: state, checkpoint: state, probing })
    const { number: epoch } = state.service
    for (let number = this.state.move.system + 1; number <= view.number; number++)
      this.stepMove(logNode, { _tag: "Advance", epoch, number })
  }

  /** Sends the requesting node the certificates from this epoch on. */
  since(to: NodeId, number: number): void {
    const certificates = this.state.certificates.slice(number, number + maxCertificates)
    const message: Message = { _tag: "Certificates", certificates }
    // To the object for which the node asked.
    if (certificates.length > 0) this.sends.push({ to, message, key: this.key })
  }

  /**
   * The replica's standing, and the public half of its reading key for this epoch of the service.
   */
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
      case "Behind":
        this.askForCertificates()
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
      case "Slot": {
        const { epoch, slot } = message
        const heard = (at: AtSlot, state: SlotState) =>
          receiveAtSlot(at, state, from, message.message)
        this.atSlot({ epoch, slot }, heard)
        break
      }
      case "Batch":
        this.batch(from, message)
        break
      case "Want":
        this.want(from, message)
        break
      case "SinceSlot":
        this.sinceSlot(from, message)
        break
      case "Vouch":
        this.vouch(from, message)
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
        this.certifyService(from, message.part)
        break
      case "Ask":
        this.ask(from, message)
        break
      case "Moved":
        this.set({ moves: withMoved(this.cryptography.service, this.state.moves, message) })
        break
      case "SinceMove":
        for (const moved of movesSince(this.state.moves, message.number)) this.sayTo(from, moved)
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
