/**
 * Local states: a process, how far its script has come, and the messages on their way to it, under one number.
 *
 * A global state is one such number per node. Here is the cold part: it numbers local states and lists what they can do,
 * from what processes do (`processes.ts`). The hot part (`network.ts`) only looks up what is found here.
 */
import type { Input } from "../../spec/kernel/process.ts"
import { processFor } from "../../spec/kernel/protocol.ts"
import type { Operation } from "../../spec/register/operation.ts"
import { DenseMemo } from "../engine/dense-memo.ts"
import { Integers } from "../engine/integers.ts"
import { Interner } from "../engine/interner.ts"
import { missing, PairMemo } from "../engine/pair-memo.ts"
import { type Action, actionKind, type Event, type Model, mostCrashes } from "./model.ts"
import {
  crashed,
  type Effect,
  type Envelope,
  type LocalTable,
  notAtOnce,
  senderBit
} from "./process-table.ts"
import { Processes, type StepJudge } from "./processes.ts"
import type { ReductionName } from "./reductions.ts"
import { Symmetry } from "./symmetry.ts"

interface Local {
  readonly slot: number
  /** The number of the process's state; `crashed` if the node has crashed. */
  readonly process: number
  /** How many operations of its script the node has invoked. */
  readonly position: number
  /** The envelopes on their way to the node, in the order of their texts; one that is on its way twice stands twice. */
  readonly inbox: ReadonlyArray<number>
}

export class Locals extends Processes implements LocalTable {
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

  readonly kinds = new Interner<string>()
  /** Per kind of action, how many transitions were of it. */
  readonly kindCounts: Array<number> = []
  private readonly locals = new Interner<Local>()
  private readonly takings = new PairMemo()
  private readonly pairs = new PairMemo()
  private readonly deliveries = new DenseMemo()
  private readonly purges = new PairMemo()
  /** Present if states are represented up to the names of interchangeable servers. */
  readonly symmetry: Symmetry | undefined

  constructor(
    model: Model,
    judgeStep: StepJudge,
    reductions: ReadonlyArray<ReductionName>,
    keepsFacts = false
  ) {
    super(model, judgeStep, reductions, keepsFacts)
    this.symmetry = reductions.includes("server-symmetry") ? new Symmetry(this, model) : undefined
    this.swapping = this.symmetry
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

  get size(): number {
    return this.locals.size
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
}
