/**
 * Local states: a process, how far its script has come, and the messages on their way to it, under one number.
 *
 * A global state is one such number per node. Here is the cold part: it numbers local states and calls the
 * specification, once for each distinct state of a process and each distinct input. The hot part (`network.ts`) only
 * looks up what is found here.
 */
import { canonical } from "../../spec/kernel/data.ts"
import type { NodeId, Role } from "../../spec/kernel/node.ts"
import type { Event as ObserverEvent } from "../../spec/kernel/observer.ts"
import type { Input, Observation, Step } from "../../spec/kernel/process.ts"
import { processFor } from "../../spec/kernel/protocol.ts"
import { type Renaming, renamer } from "../../spec/kernel/renaming.ts"
import type { Operation } from "../../spec/register/operation.ts"
import { DenseMemo } from "../engine/dense-memo.ts"
import { Integers } from "../engine/integers.ts"
import { Interner } from "../engine/interner.ts"
import { missing, PairMemo } from "../engine/pair-memo.ts"
import { Answers } from "./answers.ts"
import { type Fact, Facts } from "./facts.ts"
import {
  type Action,
  actionKind,
  type Event,
  type Model,
  type ModelNode,
  mostCrashes,
  nodesOf
} from "./model.ts"
import { Obsolescence } from "./obsolescence.ts"
import {
  crashed,
  type Effect,
  type Envelope,
  type Image,
  type LocalTable,
  notAtOnce,
  nothing,
  senderBit
} from "./process-table.ts"
import type { ReductionName } from "./reductions.ts"
import { Symmetry } from "./symmetry.ts"

/** The state of a process of one node. */
interface ProcessState {
  readonly slot: number
  readonly state: unknown
}

interface Local {
  readonly slot: number
  /** The number of the process's state; `crashed` if the node has crashed. */
  readonly process: number
  /** How many operations of its script the node has invoked. */
  readonly position: number
  /** The envelopes on their way to the node, in the order of their texts; one that is on its way twice stands twice. */
  readonly inbox: ReadonlyArray<number>
}

type StepJudge = (slot: number, before: unknown, after: unknown) => number

export class Locals implements LocalTable {
  readonly nodes: ReadonlyArray<ModelNode>
  /** Calls of the specification's transition functions. */
  transitionCalls = 0

  /** Per local state, in parallel: its process, whether its node is done, and where its transitions are. */
  readonly processOf = new Integers()
  readonly doneOf: Array<boolean> = []
  /** Per local state, the bits of the nodes that have sent some of the messages on their way to it (`senderBit`). */
  readonly sendersOf = new Integers()
  readonly firstTransition = new Integers()
  readonly lastTransition = new Integers()
  /** Per transition, in parallel. */
  readonly slotOf = new Integers()
  readonly targetOf = new Integers()
  readonly eventsOf = new Integers()
  readonly failuresOf = new Integers()
  readonly kindOf = new Integers()
  readonly isCrash: Array<boolean> = []
  readonly firstSend = new Integers()
  readonly lastSend = new Integers()
  private readonly actionOf: Array<Action> = []
  /** For a transition that is two in one, the second. */
  private readonly secondOf: Array<number | undefined> = []
  /** Per packet that a transition sends, in parallel. */
  readonly sendSlot = new Integers()
  readonly sendPacket = new Integers()

  readonly events = new Interner<ReadonlyArray<ObserverEvent<Operation>>>()
  readonly kinds = new Interner<string>()
  /** Per kind of action, how many transitions were of it. */
  readonly kindCounts: Array<number> = []
  private readonly locals = new Interner<Local>()
  private readonly processes = new Interner<ProcessState>()
  private readonly envelopes = new Interner<{ readonly slot: number; readonly envelope: Envelope }>()
  private readonly packets = new Interner<ReadonlyArray<number>>()
  private readonly answers: Answers
  private readonly answersAtOnce: boolean
  private readonly takings = new PairMemo()
  private readonly pairs = new PairMemo()
  private readonly deliveries = new DenseMemo()
  /** Per packet, its number among the packets to the same node. */
  readonly columnOf: Array<number> = []
  private readonly packetsTo: Array<Array<number>> = []
  private readonly purges = new PairMemo()
  /** Per process and envelope, which of the effects receiving it has. */
  private readonly receipts = new PairMemo()
  private readonly receiptEffects: Array<Effect> = []
  /** Per envelope, its text, and the input of receiving it. */
  private readonly texts: Array<string | undefined> = []
  /** Per process, the text of its state. */
  private readonly stateTexts: Array<string | undefined> = []
  private readonly inputs: Array<Extract<Action, { readonly _tag: "Receive" }> | undefined> = []
  private readonly effects = new Map<string, Effect>()
  private readonly slots: ReadonlyMap<NodeId, number>
  /** Renamings of the states of each role, and of messages, derived from their Schemas. */
  readonly renamers: Record<Role | "message", (renaming: Renaming, value: unknown) => unknown>
  /** Present if states are represented up to the names of interchangeable servers. */
  readonly symmetry: Symmetry | undefined

  readonly model: Model
  readonly obsolescence: Obsolescence
  readonly facts: Facts
  private readonly judgeStep: StepJudge

  constructor(
    model: Model,
    judgeStep: StepJudge,
    reductions: ReadonlyArray<ReductionName>,
    keepsFacts = false
  ) {
    this.model = model
    this.facts = new Facts(keepsFacts && reductions.length > 0)
    this.judgeStep = judgeStep
    this.nodes = nodesOf(model)
    this.obsolescence = new Obsolescence(this, reductions)
    this.answers = new Answers(this, this.obsolescence)
    this.answersAtOnce = reductions.includes("answers-at-once")
    this.slots = new Map(this.nodes.map(({ id }, slot) => [id, slot]))
    const { server, client, directory, Message } = model.protocol
    this.renamers = {
      server: renamer(server.State),
      client: renamer(client.State),
      directory:
        directory === undefined ? (_, state) => state : renamer(directory.State as typeof server.State),
      message: renamer(Message)
    }
    this.symmetry = reductions.includes("server-symmetry") ? new Symmetry(this, model) : undefined
  }

  /** The local state of each node at the beginning. */
  initial(): ReadonlyArray<number> {
    return this.nodes.map(({ id, role }, slot) => {
      const state = processFor(this.model.protocol, role).initial(this.model.setup, id)
      return this.local({ slot, process: this.process(slot, state), position: 0, inbox: [] })
    })
  }

  /** The local state after a packet was put on its way to the node. */
  deliver(local: number, packet: number): number {
    const known = this.deliveries.get(local, this.columnOf[packet] as number)
    return known === missing ? this.firstDelivery(local, packet) : known
  }

  /** The packet to the node at `slot` that has this number among them. */
  packetOf(slot: number, column: number): number {
    return (this.packetsTo[slot] as Array<number>)[column] as number
  }

  private firstDelivery(local: number, packet: number): number {
    const { slot, process, position, inbox } = this.locals.value(local)
    // What is sent to a node that has crashed will never be received.
    const after =
      process === crashed
        ? local
        : this.local({
            slot,
            process,
            position,
            inbox: this.inOrder([...inbox, ...this.packets.value(packet)])
          })
    this.deliveries.set(local, this.columnOf[packet] as number, after)
    return after
  }

  /**
   * The transition in which the node takes a packet at once as an answer, without its ever being on its way;
   * `notAtOnce` if the packet is no single answer with an effect.
   */
  takeAtOnce(local: number, packet: number): number {
    const known = this.takings.get(local, packet)
    if (known !== missing) return known
    const label = this.answerTransition(this.locals.value(local), this.packets.value(packet))
    this.takings.set(local, packet, label)
    return label
  }

  private answerTransition({ slot, process, position, inbox }: Local, packet: ReadonlyArray<number>): number {
    const envelope = packet[0] as number
    if (process === crashed || packet.length !== 1 || !this.answers.isTaken(process, envelope))
      return notAtOnce
    this.answers.meet(process, { _tag: "Receive", ...this.envelope(envelope) }, true)
    const effect = this.receipt(process, envelope)
    const target = this.local({ slot, process: effect.process, position, inbox })
    this.addTransition(slot, target, effect, { _tag: "Receive", ...this.envelope(envelope) })
    return this.slotOf.size - 1
  }

  /** The transition that is `first` and, in the same step, `second`: an answer is given and taken. */
  together(first: number, second: number): number {
    const known = this.pairs.get(first, second)
    if (known !== missing) return known
    const label = this.slotOf.size
    this.slotOf.push(this.slotOf.items[first] as number)
    this.failuresOf.push((this.failuresOf.items[first] as number) | (this.failuresOf.items[second] as number))
    this.actionOf.push(this.actionOf[first] as Action)
    this.secondOf[label] = second
    for (const parallel of [this.targetOf, this.eventsOf, this.kindOf, this.firstSend, this.lastSend])
      parallel.push(0)
    this.isCrash.push(false)
    this.pairs.set(first, second, label)
    return label
  }

  /** The local state without the requests whose sender, in state `sender` of its process, no longer needs them. */
  purge(local: number, senderSlot: number, sender: number): number {
    const known = this.purges.get(local, sender)
    if (known !== missing) return known
    const { slot, process, position, inbox } = this.locals.value(local)
    const after =
      process === crashed || inbox.length === 0
        ? local
        : this.local({
            slot,
            process,
            position,
            inbox: this.obsolescence.withoutDead(process, inbox, senderSlot, sender)
          })
    this.purges.set(local, sender, after)
    return after
  }

  /** Finds the transitions of a local state, if that has not been done. */
  prepare(local: number): void {
    if ((this.firstTransition.items[local] as number) >= 0) return
    const first = this.slotOf.size
    const state = this.locals.value(local)
    if (state.process !== crashed) {
      this.symmetry?.verifyOffers(state.process)
      this.addInvocation(state)
      this.addChoices(state)
      this.addReceipts(state)
      this.addCrash(state)
    }
    this.firstTransition.items[local] = first
    this.lastTransition.items[local] = this.slotOf.size
  }

  /** What happens in transition `label`: one event, or two if an answer is taken at once. */
  describe(label: number): ReadonlyArray<Event> {
    const node = this.node(this.slotOf.items[label] as number).id
    const second = this.secondOf[label]
    return [
      { node, action: this.actionOf[label] as Action },
      ...(second === undefined ? [] : this.describe(second))
    ]
  }

  /** The node that a local state belongs to, and how far its script has come. */
  detail(local: number): { readonly slot: number; readonly position: number } {
    return this.locals.value(local)
  }

  /** The local state of the node at `slot` with this content; that of a node that has crashed if there is none. */
  compose(
    slot: number,
    position: number,
    content: { readonly state: unknown; readonly inbox: ReadonlyArray<Envelope> } | undefined
  ): number {
    if (content === undefined) return this.local({ slot, process: crashed, position, inbox: [] })
    const inbox = content.inbox.map((envelope) => this.envelopes.number({ slot, envelope }))
    return this.local({
      slot,
      process: this.process(slot, content.state),
      position,
      inbox: this.inOrder(inbox)
    })
  }

  /** The process's state and the inbox of a local state; undefined if the node has crashed. */
  decode(local: number): { readonly state: unknown; readonly inbox: ReadonlyArray<Envelope> } | undefined {
    const { process, inbox } = this.locals.value(local)
    if (process === crashed) return undefined
    return {
      state: this.stateOf(process),
      inbox: inbox.map((number) => this.envelope(number))
    }
  }

  hasCrashed(local: number): boolean {
    return this.processOf.items[local] === crashed
  }

  stateOf(process: number): unknown {
    return this.processes.value(process).state
  }

  /** The canonical text of a local state, whatever its parts are numbered. */
  content(local: number): string {
    const { process, position, inbox } = this.locals.value(local)
    if (process === crashed) return `{"content":null,"position":${position}}`
    const messages = inbox.map((envelope) => this.text(envelope)).join(",")
    return `{"content":{"inbox":[${messages}],"state":${this.stateText(process)}},"position":${position}}`
  }

  /** The local state of the node at `slot` with this content. */
  withContent(slot: number, text: string): number {
    const { position, content } = JSON.parse(text)
    return this.compose(slot, position, content ?? undefined)
  }

  /** Takes note of what other workers have met: what is relied on must be true of that as well. */
  hear(facts: ReadonlyArray<Fact>): void {
    this.facts.hearing(() => {
      for (const fact of facts) {
        if (fact._tag === "Relied" || fact._tag === "Settled") this.obsolescence.hear(fact)
        else {
          const process = this.process(fact.at.slot, fact.at.state)
          if (fact._tag === "Step") this.effect(fact.at.slot, process, fact.input)
          else this.answers.meet(process, fact.input, fact.isAnswer)
        }
      }
    })
  }

  get size(): number {
    return this.locals.size
  }

  /** The node that a process state belongs to. */
  nodeOf(process: number): ModelNode {
    return this.node(this.processes.value(process).slot)
  }

  slotOfNode(node: NodeId): number {
    return this.slots.get(node) as number
  }

  processAt(slot: number, state: unknown): number {
    return this.process(slot, state)
  }

  envelope(number: number): Envelope {
    return this.envelopes.value(number).envelope
  }

  receiverOf(envelope: number): ModelNode {
    return this.node(this.envelopes.value(envelope).slot)
  }

  envelopeAt(slot: number, { from, message }: Envelope): number {
    return this.envelopes.number({ slot, envelope: { from, message } })
  }

  envelopeNumber(process: number, envelope: Envelope): number {
    return this.envelopeAt(this.processes.value(process).slot, envelope)
  }

  observations(events: number): ReadonlyArray<Observation<Operation>> {
    if (events === nothing) return []
    return this.events
      .value(events)
      .flatMap((event) => (event._tag === "Observed" ? [event.observation] : []))
  }

  images(process: number, input: Input<Operation, unknown, unknown>): ReadonlyArray<Image> {
    return this.symmetry?.images(process, input) ?? []
  }

  /** The envelopes of a packet. */
  packet(number: number): ReadonlyArray<number> {
    return this.packets.value(number)
  }

  /** What an input does to a process in this state. */
  effectOf(process: number, input: Input<Operation, unknown, unknown>): Effect {
    return this.effect(this.processes.value(process).slot, process, input)
  }

  /** What receiving an envelope does to a process in this state. */
  receipt(process: number, envelope: number): Effect {
    const known = this.receipts.get(process, envelope)
    if (known !== missing) return this.receiptEffects[known] as Effect
    const effect = this.effect(this.processes.value(process).slot, process, this.receiving(envelope))
    this.receipts.set(process, envelope, this.receiptEffects.length)
    this.receiptEffects.push(effect)
    return effect
  }

  /** The input of receiving an envelope. */
  private receiving(envelope: number): Extract<Action, { readonly _tag: "Receive" }> {
    const known = this.inputs[envelope]
    if (known !== undefined) return known
    const input = { _tag: "Receive", ...this.envelope(envelope) } as const
    this.inputs[envelope] = input
    return input
  }

  private addInvocation({ slot, process, position, inbox }: Local): void {
    const { id, role, script } = this.node(slot)
    const operation = script[position]
    if (operation === undefined) return
    if (!processFor(this.model.protocol, role).ready(this.model.setup, id, this.stateOf(process))) return
    this.add(slot, process, position + 1, inbox, { _tag: "Invoke", operation })
  }

  private addChoices({ slot, process, position, inbox }: Local): void {
    const { id, role } = this.node(slot)
    for (const choice of processFor(this.model.protocol, role).choices(
      this.model.setup,
      id,
      this.stateOf(process)
    )) {
      this.add(slot, process, position, inbox, { _tag: "Choose", choice })
    }
  }

  private addReceipts({ slot, process, position, inbox }: Local): void {
    inbox.forEach((envelope, at) => {
      if (at > 0 && inbox[at - 1] === envelope) return
      if (this.answersAtOnce) this.answers.meet(process, this.receiving(envelope), false)
      const effect = this.receipt(process, envelope)
      const rest = inbox.filter((_, index) => index !== at)
      const target = this.local({ slot, process: effect.process, position, inbox: rest })
      this.addTransition(slot, target, effect, this.receiving(envelope))
    })
  }

  private addCrash({ slot, position }: Local): void {
    const { id, role } = this.node(slot)
    if (mostCrashes(this.model, role) === 0 || this.model.mayCrash?.includes(id) === false) return
    const target = this.local({ slot, process: crashed, position, inbox: [] })
    const events = this.events.number([{ _tag: "Crashed", node: id }])
    this.addTransition(
      slot,
      target,
      { process: crashed, packets: [], events, failures: 0 },
      { _tag: "Crash" }
    )
  }

  private add(
    slot: number,
    process: number,
    position: number,
    inbox: ReadonlyArray<number>,
    input: Input<Operation, unknown, unknown>
  ): void {
    if (this.answersAtOnce) this.answers.meet(process, input, false)
    const effect = this.effect(slot, process, input)
    this.addTransition(slot, this.local({ slot, process: effect.process, position, inbox }), effect, input)
  }

  private addTransition(slot: number, target: number, effect: Effect, action: Action): void {
    this.slotOf.push(slot)
    this.targetOf.push(target)
    this.eventsOf.push(effect.events)
    this.failuresOf.push(effect.failures)
    const kind = this.kinds.number(actionKind(this.node(slot).role, action))
    if (kind === this.kindCounts.length) this.kindCounts.push(0)
    this.kindOf.push(kind)
    this.isCrash.push(action._tag === "Crash")
    this.actionOf.push(action)
    this.firstSend.push(this.sendSlot.size)
    for (const { slot: to, packet } of effect.packets) {
      this.sendSlot.push(to)
      this.sendPacket.push(packet)
    }
    this.lastSend.push(this.sendSlot.size)
  }

  /** The effect of an input on a process: the specification is called for it once. */
  private effect(slot: number, process: number, input: Input<Operation, unknown, unknown>): Effect {
    const key = `${process}${canonical(input)}`
    const known = this.effects.get(key)
    if (known !== undefined) return known
    const { id, role } = this.node(slot)
    const before = this.stateOf(process)
    const step: Step<unknown, Operation, unknown> = processFor(this.model.protocol, role).step(
      this.model.setup,
      id,
      before,
      input
    )
    this.transitionCalls++
    const effect: Effect = {
      process: this.process(slot, step.state),
      packets: this.pack(id, step),
      events: this.eventsOfStep(id, step),
      failures: this.judgeStep(slot, before, step.state)
    }
    this.effects.set(key, effect)
    this.facts.keep(() => ({ _tag: "Step", at: { slot, state: before }, input }))
    this.obsolescence.follow(process, effect.process)
    if (this.answersAtOnce) this.answers.note(process, input, effect)
    this.symmetry?.verify(process, input)
    return effect
  }

  private pack(from: NodeId, step: Step<unknown, Operation, unknown>): Effect["packets"] {
    const bySlot = new Map<number, Array<number>>()
    for (const { to, message } of step.sends) {
      const slot = this.slots.get(to)
      if (slot === undefined)
        throw new Error(`${from} sends ${canonical(message)} to ${to}, which is not a node`)
      const envelope = this.envelopes.number({ slot, envelope: { from, message } })
      bySlot.set(slot, [...(bySlot.get(slot) ?? []), envelope])
    }
    return [...bySlot].map(([slot, packet]) => {
      const number = this.packets.number(this.inOrder(packet))
      if (number === this.columnOf.length) {
        this.packetsTo[slot] ??= []
        this.columnOf.push((this.packetsTo[slot] as Array<number>).push(number) - 1)
      }
      return { slot, packet: number }
    })
  }

  private eventsOfStep(node: NodeId, { observations }: Step<unknown, Operation, unknown>): number {
    if (observations.length === 0) return nothing
    return this.events.number(
      observations.map((observation) => ({ _tag: "Observed", node, observation }) as const)
    )
  }

  private local(given: Local): number {
    const inbox =
      given.process === crashed ? given.inbox : this.obsolescence.withoutObsolete(given.process, given.inbox)
    const local = { ...given, inbox }
    const number = this.locals.number(
      local,
      `${local.slot}|${local.process}|${local.position}|${local.inbox.join(",")}`
    )
    if (number === this.processOf.size) {
      this.processOf.push(local.process)
      this.doneOf.push(this.isDone(local))
      this.sendersOf.push(local.inbox.reduce((bits, envelope) => bits | this.senderBitOf(envelope), 0))
      this.firstTransition.push(-1)
      this.lastTransition.push(-1)
    }
    return number
  }

  private senderBitOf(envelope: number): number {
    return senderBit(this.slotOfNode(this.envelope(envelope).from))
  }

  /** A node is done when it has crashed, or when nothing is left of its script and it could begin anew. */
  private isDone({ slot, process, position }: Local): boolean {
    const { id, role, script } = this.node(slot)
    if (process === crashed || role !== "client") return true
    return (
      position === script.length &&
      processFor(this.model.protocol, role).ready(this.model.setup, id, this.stateOf(process))
    )
  }

  private process(slot: number, state: unknown): number {
    return this.processes.number({ slot, state }, `${slot}${canonical(state)}`)
  }

  /** The canonical texts of an envelope and of the state of a process. */
  private text(envelope: number): string {
    this.texts[envelope] ??= canonical(this.envelope(envelope))
    return this.texts[envelope]
  }
  private stateText(process: number): string {
    this.stateTexts[process] ??= canonical(this.stateOf(process))
    return this.stateTexts[process]
  }

  /** Envelopes in the order of their texts: an order that does not depend on how they are numbered. */
  private inOrder(envelopes: ReadonlyArray<number>): ReadonlyArray<number> {
    const text = (envelope: number) => this.text(envelope)
    return [...envelopes].sort((left, right) => (left === right ? 0 : text(left) < text(right) ? -1 : 1))
  }

  private node(slot: number): ModelNode {
    return this.nodes[slot] as ModelNode
  }
}
