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
import type { Input, Step } from "../../spec/kernel/process.ts"
import { type Renaming, renamer } from "../../spec/kernel/renaming.ts"
import type { Operation } from "../../spec/register/operation.ts"
import { Interner } from "../engine/interner.ts"
import { missing, PairMemo } from "../engine/pair-memo.ts"
import { Answers } from "./answers.ts"
import { type Action, actionKind, type Event, type Model, type ModelNode, nodesOf } from "./model.ts"
import { Obsolescence } from "./obsolescence.ts"
import { crashed, type Effect, type Envelope, type LocalTable, notAtOnce, nothing } from "./process-table.ts"
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
  /** The numbers of the envelopes on their way to the node, ascending; one that is on its way twice stands twice. */
  readonly inbox: ReadonlyArray<number>
}

type StepJudge = (slot: number, before: unknown, after: unknown) => number

export class Locals implements LocalTable {
  readonly nodes: ReadonlyArray<ModelNode>
  /** Calls of the specification's transition functions. */
  transitionCalls = 0

  /** Per local state, in parallel: its process, whether its node is done, and where its transitions are. */
  readonly processOf: Array<number> = []
  readonly doneOf: Array<boolean> = []
  readonly firstTransition: Array<number> = []
  readonly lastTransition: Array<number> = []
  /** Per transition, in parallel. */
  readonly slotOf: Array<number> = []
  readonly targetOf: Array<number> = []
  readonly eventsOf: Array<number> = []
  readonly failuresOf: Array<number> = []
  readonly kindOf: Array<number> = []
  readonly isCrash: Array<boolean> = []
  readonly firstSend: Array<number> = []
  readonly lastSend: Array<number> = []
  private readonly actionOf: Array<Action> = []
  /** For a transition that is two in one, the second. */
  private readonly secondOf: Array<number | undefined> = []
  /** Per packet that a transition sends, in parallel. */
  readonly sendSlot: Array<number> = []
  readonly sendPacket: Array<number> = []

  readonly events = new Interner<ReadonlyArray<ObserverEvent<Operation>>>()
  readonly kinds = new Interner<string>()
  private readonly locals = new Interner<Local>()
  private readonly processes = new Interner<ProcessState>()
  private readonly envelopes = new Interner<{ readonly slot: number; readonly envelope: Envelope }>()
  private readonly packets = new Interner<ReadonlyArray<number>>()
  private readonly answers: Answers
  private readonly answersAtOnce: boolean
  private readonly takings = new PairMemo()
  private readonly pairs = new PairMemo()
  private readonly deliveries = new PairMemo()
  private readonly purges = new PairMemo()
  private readonly effects = new Map<string, Effect>()
  private readonly slots: ReadonlyMap<NodeId, number>
  /** Renamings of the states of either role, and of messages, derived from their Schemas. */
  readonly renamers: Record<Role | "message", (renaming: Renaming, value: unknown) => unknown>
  /** Present if states are represented up to the names of interchangeable servers. */
  readonly symmetry: Symmetry | undefined

  readonly model: Model
  readonly obsolescence: Obsolescence
  private readonly judgeStep: StepJudge

  constructor(model: Model, judgeStep: StepJudge, reductions: ReadonlyArray<ReductionName>) {
    this.model = model
    this.judgeStep = judgeStep
    this.nodes = nodesOf(model)
    this.obsolescence = new Obsolescence(this, reductions)
    this.answers = new Answers(this)
    this.answersAtOnce = reductions.includes("answers-at-once")
    this.slots = new Map(this.nodes.map(({ id }, slot) => [id, slot]))
    const { server, client, Message } = model.protocol
    this.renamers = {
      server: renamer(server.State),
      client: renamer(client.State),
      message: renamer(Message)
    }
    this.symmetry = reductions.includes("server-symmetry") ? new Symmetry(this, model) : undefined
  }

  /** The local state of each node at the beginning. */
  initial(): ReadonlyArray<number> {
    return this.nodes.map(({ id, role }, slot) => {
      const state = this.model.protocol[role].initial(this.model.setup, id)
      return this.local({ slot, process: this.process(slot, state), position: 0, inbox: [] })
    })
  }

  /** The local state after a packet was put on its way to the node. */
  deliver(local: number, packet: number): number {
    const known = this.deliveries.get(local, packet)
    if (known !== missing) return known
    const { slot, process, position, inbox } = this.locals.value(local)
    // What is sent to a node that has crashed will never be received.
    const after =
      process === crashed
        ? local
        : this.local({ slot, process, position, inbox: ascending([...inbox, ...this.packets.value(packet)]) })
    this.deliveries.set(local, packet, after)
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
    return this.slotOf.length - 1
  }

  /** The transition that is `first` and, in the same step, `second`: an answer is given and taken. */
  together(first: number, second: number): number {
    const known = this.pairs.get(first, second)
    if (known !== missing) return known
    const label = this.slotOf.length
    this.slotOf.push(this.slotOf[first] as number)
    this.failuresOf.push((this.failuresOf[first] as number) | (this.failuresOf[second] as number))
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
    if ((this.firstTransition[local] as number) >= 0) return
    const first = this.slotOf.length
    const state = this.locals.value(local)
    if (state.process !== crashed) {
      this.addInvocation(state)
      this.addChoices(state)
      this.addReceipts(state)
      this.addCrash(state)
    }
    this.firstTransition[local] = first
    this.lastTransition[local] = this.slotOf.length
  }

  /** What happens in transition `label`: one event, or two if an answer is taken at once. */
  describe(label: number): ReadonlyArray<Event> {
    const node = this.node(this.slotOf[label] as number).id
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
    return this.local({ slot, process: this.process(slot, content.state), position, inbox: ascending(inbox) })
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

  stateOf(process: number): unknown {
    return this.processes.value(process).state
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

  envelope(number: number): Envelope {
    return this.envelopes.value(number).envelope
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
    return this.effect(this.processes.value(process).slot, process, {
      _tag: "Receive",
      ...this.envelope(envelope)
    })
  }

  private addInvocation({ slot, process, position, inbox }: Local): void {
    const { id, role, script } = this.node(slot)
    const operation = script[position]
    if (operation === undefined) return
    if (!this.model.protocol[role].ready(this.model.setup, id, this.stateOf(process))) return
    this.add(slot, process, position + 1, inbox, { _tag: "Invoke", operation })
  }

  private addChoices({ slot, process, position, inbox }: Local): void {
    const { id, role } = this.node(slot)
    for (const choice of this.model.protocol[role].choices(this.model.setup, id, this.stateOf(process))) {
      this.add(slot, process, position, inbox, { _tag: "Choose", choice })
    }
  }

  private addReceipts({ slot, process, position, inbox }: Local): void {
    inbox.forEach((envelope, at) => {
      if (at > 0 && inbox[at - 1] === envelope) return
      const rest = inbox.filter((_, index) => index !== at)
      this.add(slot, process, position, rest, { _tag: "Receive", ...this.envelope(envelope) })
    })
  }

  private addCrash({ slot, position }: Local): void {
    const { id, role } = this.node(slot)
    if (this.model.crashes[role] === 0) return
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
    this.kindOf.push(this.kinds.number(actionKind(this.node(slot).role, action)))
    this.isCrash.push(action._tag === "Crash")
    this.actionOf.push(action)
    this.firstSend.push(this.sendSlot.length)
    for (const { slot: to, packet } of effect.packets) {
      this.sendSlot.push(to)
      this.sendPacket.push(packet)
    }
    this.lastSend.push(this.sendSlot.length)
  }

  /** The effect of an input on a process: the specification is called for it once. */
  private effect(slot: number, process: number, input: Input<Operation, unknown, unknown>): Effect {
    const key = `${process}${canonical(input)}`
    const known = this.effects.get(key)
    if (known !== undefined) return known
    const { id, role } = this.node(slot)
    const before = this.stateOf(process)
    const step: Step<unknown, Operation, unknown> = this.model.protocol[role].step(
      this.model.setup,
      id,
      before,
      input
    )
    this.transitionCalls++
    this.symmetry?.verify(slot, before, input, step)
    const effect: Effect = {
      process: this.process(slot, step.state),
      packets: this.pack(id, step),
      events: this.eventsOfStep(id, step),
      failures: this.judgeStep(slot, before, step.state)
    }
    this.effects.set(key, effect)
    this.obsolescence.follow(process, effect.process)
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
    return [...bySlot].map(([slot, packet]) => ({ slot, packet: this.packets.number(ascending(packet)) }))
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
    if (number === this.processOf.length) {
      this.processOf.push(local.process)
      this.doneOf.push(this.isDone(local))
      this.firstTransition.push(-1)
      this.lastTransition.push(-1)
    }
    return number
  }

  /** A node is done when it has crashed, or when nothing is left of its script and it could begin anew. */
  private isDone({ slot, process, position }: Local): boolean {
    const { id, role, script } = this.node(slot)
    if (process === crashed || role === "server") return true
    return (
      position === script.length &&
      this.model.protocol[role].ready(this.model.setup, id, this.stateOf(process))
    )
  }

  private process(slot: number, state: unknown): number {
    return this.processes.number({ slot, state }, `${slot}${canonical(state)}`)
  }

  private node(slot: number): ModelNode {
    return this.nodes[slot] as ModelNode
  }
}

const ascending = (numbers: ReadonlyArray<number>): ReadonlyArray<number> =>
  [...numbers].sort((left, right) => left - right)
