/**
 * A network of processes as a space to search.
 *
 * A state is one local state per node, then one state per observer. A transition is what one node does with one
 * input, or its crash; what it sends joins the receivers' local states in the same transition.
 */
import { canonical } from "../../spec/kernel/data.ts"
import type { Role } from "../../spec/kernel/node.ts"
import type { Observer, Event as ObserverEvent } from "../../spec/kernel/observer.ts"
import { processFor } from "../../spec/kernel/protocol.ts"
import type { Operation } from "../../spec/register/operation.ts"
import { Interner } from "../engine/interner.ts"
import { missing, PairMemo } from "../engine/pair-memo.ts"
import type { Failures, MoveSink, Sink, Space } from "../engine/space.ts"
import { Judgement } from "./judgement.ts"
import { Locals } from "./locals.ts"
import type { Event, Model, ModelNode } from "./model.ts"
import { PlainMoves } from "./plain.ts"
import { crashed, nothing, senderBit } from "./process-table.ts"
import type { ReductionName } from "./reductions.ts"

export class Network implements Space {
  readonly width: number
  readonly successor: Int32Array
  readonly initial: ReadonlyArray<Int32Array>
  readonly properties: ReadonlyArray<string>
  readonly locals: Locals
  readonly judgement: Judgement
  /** Per kind of action (`locals.kinds`), how many transitions were of it. */
  readonly kindCounts: Array<number>
  /** The initial state, and the successor that is being visited, as they are before a representative is taken. */
  readonly start: Int32Array
  readonly raw: Int32Array
  private readonly nodeCount: number
  private readonly hasCrashes: boolean
  private readonly dropsDead: boolean
  private readonly answersAtOnce: boolean
  /** Present if no reduction has a say in what a transition leads to. */
  private readonly plain: PlainMoves | undefined
  /** The nodes that may declare a request of theirs settled. */
  private readonly isSender: ReadonlyArray<boolean>
  private readonly senders: ReadonlyArray<number>
  /** The node for which `apply` held an answer back, and the packet that it is in. */
  private heldFor = nothing
  private heldPacket = 0
  private readonly observers: ReadonlyArray<ObserverRun>
  /** What bounds crashes besides their number, if anything does. */
  private readonly crashPremise: CrashPremise | undefined

  readonly model: Model

  constructor(model: Model, reductions: ReadonlyArray<ReductionName> = [], keepsFacts = false) {
    this.model = model
    this.judgement = new Judgement(model)
    this.locals = new Locals(model, this.judgement.judgeStep, reductions, keepsFacts)
    this.hasCrashes = model.crashes.server > 0 || model.crashes.client > 0
    this.kindCounts = this.locals.kindCounts
    this.dropsDead = reductions.includes("dead-requests")
    this.answersAtOnce = reductions.includes("answers-at-once")
    const isPlain = !this.dropsDead && !this.answersAtOnce && this.locals.symmetry === undefined
    this.plain = isPlain ? new PlainMoves(this, this.hasCrashes) : undefined
    this.isSender = this.locals.nodes.map(
      ({ role }) => processFor(model.protocol, role).promises?.isSettled !== undefined
    )
    this.senders = this.isSender.flatMap((isSender, slot) => (isSender ? [slot] : []))
    this.nodeCount = this.locals.nodes.length
    this.observers = this.judgement.observers.map(({ observer, bit }) => new ObserverRun(observer, bit))
    this.crashPremise = this.crashPremiseOf(model)
    this.width = this.nodeCount + this.observers.length
    this.successor = new Int32Array(this.width)
    this.start = Int32Array.from([...this.locals.initial(), ...this.observers.map(() => 0)])
    this.raw = this.start.slice()
    const initial = this.start.slice()
    this.locals.symmetry?.represent(initial)
    this.initial = [initial]
    this.properties = this.judgement.names
    this.judgement.attach(this.locals)
  }

  expand(state: Int32Array, sink: Sink): number {
    const { successor, nodeCount, locals } = this
    const { isCrash } = locals
    for (let component = 0; component < state.length; component++)
      successor[component] = state[component] as number
    const mayCrash = this.hasCrashes ? this.crashesLeft(state) : none
    let transitions = 0
    for (let slot = 0; slot < nodeCount; slot++) {
      const local = state[slot] as number
      if ((locals.firstTransition.items[local] as number) < 0) locals.prepare(local)
      const last = locals.lastTransition.items[local] as number
      for (let label = locals.firstTransition.items[local] as number; label < last; label++) {
        if (
          mayCrash !== none &&
          isCrash[label] === true &&
          !(mayCrash[(locals.nodes[slot] as ModelNode).role] && this.allowsCrash(state, slot))
        )
          continue
        this.take(state, slot, label, sink)
        transitions++
      }
    }
    return transitions
  }

  get expandMoves(): ((state: Int32Array, sink: MoveSink) => number) | undefined {
    const { plain } = this
    return plain && ((state, sink) => plain.expand(state, sink))
  }

  judge(state: Int32Array): Failures {
    let failures = this.judgement.judge(state)
    for (let index = 0; index < this.observers.length; index++) {
      failures |= (this.observers[index] as ObserverRun).failures(state[this.nodeCount + index] as number)
    }
    return failures
  }

  get judgesStates(): boolean {
    return this.judgement.observers.some(({ bit }) => bit >= 0) || this.judgement.judgesStates
  }

  get judgesTransitions(): boolean {
    return this.judgement.judgesSteps
  }

  remember(): () => void {
    const kindCounts = [...this.kindCounts]
    const forget = this.plain?.remember()
    return () => {
      this.kindCounts.forEach((_, kind) => {
        this.kindCounts[kind] = kindCounts[kind] ?? 0
      })
      forget?.()
    }
  }

  /** Per kind of action, how many transitions were of it. */
  actionCounts(): ReadonlyArray<number> {
    const counts = [...this.kindCounts]
    this.plain?.addTo(counts)
    return counts
  }

  /** Lists the moves of the observers when they are fed these events; returns how many moves there are then. */
  observe(state: Int32Array, events: number, sink: MoveSink, count: number): number {
    const { nodeCount, observers, locals } = this
    for (let index = 0; index < observers.length; index++) {
      const before = state[nodeCount + index] as number
      const after = (observers[index] as ObserverRun).feed(before, events, locals.events)
      sink.moves[count + index] = sink.moveOf(nodeCount + index, before, after)
    }
    return count + observers.length
  }

  mayCrash(state: Int32Array, slot: number): boolean {
    return (
      this.crashesLeft(state)[(this.locals.nodes[slot] as ModelNode).role] && this.allowsCrash(state, slot)
    )
  }

  /** Whether the premise that bounds crashes, if there is one, still holds after this node's crash. */
  allowsCrash(state: Int32Array, slot: number): boolean {
    const { crashPremise, locals } = this
    if (crashPremise === undefined) return true
    const { run, at, events, holds } = crashPremise
    const after = run.feed(state[at] as number, events[slot] as number, locals.events)
    const known = holds[after] ?? this.model.crashPremise?.holds(run.state(after) as never) ?? false
    holds[after] = known
    return known
  }

  /** The component of a state that holds the state of the observer of this name; -1 if there is none. */
  componentOf(observer: string): number {
    const index = this.observers.findIndex(({ name }) => name === observer)
    return index < 0 ? -1 : this.nodeCount + index
  }

  private crashPremiseOf({ crashPremise, setup }: Model): CrashPremise | undefined {
    if (crashPremise === undefined) return undefined
    const at = this.componentOf(crashPremise.observer(setup).name)
    const events = this.locals.nodes.map(({ id }) =>
      this.locals.events.number([{ _tag: "Crashed", node: id }])
    )
    return { run: this.observers[at - this.nodeCount] as ObserverRun, at, events, holds: [] }
  }

  content(component: number, value: number): string {
    const { nodeCount } = this
    if (component < nodeCount) return this.locals.content(value)
    return canonical((this.observers[component - nodeCount] as ObserverRun).state(value))
  }

  numberFor(component: number, content: string): number {
    const { nodeCount } = this
    if (component < nodeCount) return this.locals.withContent(component, content)
    return (this.observers[component - nodeCount] as ObserverRun).numberOf(JSON.parse(content))
  }

  judgeTransition(label: number): Failures {
    return this.locals.failuresOf.items[label] as number
  }

  isDone(state: Int32Array): boolean {
    for (let slot = 0; slot < this.nodeCount; slot++) {
      if (this.locals.doneOf[state[slot] as number] !== true) return false
    }
    return true
  }

  /** What happens in transition `label`: one event, or two if an answer is taken at once. */
  describe(label: number): ReadonlyArray<Event> {
    return this.locals.describe(label)
  }

  /** The state of observer number `index` in a state. */
  observed(state: Int32Array, index: number): unknown {
    return (this.observers[index] as ObserverRun).state(state[this.nodeCount + index] as number)
  }

  /** Takes transition `label` of the node at `slot`. The successor must equal the state, and does so again after. */
  take(state: Int32Array, slot: number, label: number, sink: Sink): void {
    const { successor, locals } = this
    this.apply(slot, label, this.answersAtOnce)
    if (this.heldFor < 0) this.visit(label, 1, sink)
    else {
      // The answer is given and never taken: of interest only if something else came of giving it.
      if (this.changesMore(state, slot, label)) this.visit(label, 1, sink)
      const answer = locals.takeAtOnce(successor[this.heldFor] as number, this.heldPacket)
      this.apply(this.heldFor, answer, false)
      this.visit(locals.together(label, answer), 2, sink)
    }
    for (let component = 0; component < state.length; component++)
      successor[component] = state[component] as number
  }

  /** Whether a transition that gives an answer also changes its node or begins an operation, sends more, or is observed. */
  private changesMore(state: Int32Array, slot: number, label: number): boolean {
    const { successor, locals } = this
    return (
      locals.processOf.items[successor[slot] as number] !== locals.processOf.items[state[slot] as number] ||
      locals.detail(successor[slot] as number).position !== locals.detail(state[slot] as number).position ||
      (locals.lastSend.items[label] as number) - (locals.firstSend.items[label] as number) > 1 ||
      locals.eventsOf.items[label] !== nothing
    )
  }

  private visit(label: number, steps: number, sink: Sink): void {
    const { symmetry } = this.locals
    if (symmetry === undefined) sink.visit(label, steps)
    else {
      this.raw.set(this.successor)
      symmetry.represent(this.successor)
      sink.visit(label, steps)
      this.successor.set(this.raw)
    }
  }

  /**
   * Makes the successor what it is after transition `label` of the node at `slot`. If answers are taken at once, one
   * answer with an effect is held back, for `heldFor`.
   */
  private apply(slot: number, label: number, atOnce: boolean): void {
    const { successor, locals, kindCounts } = this
    const kind = locals.kindOf.items[label] as number
    kindCounts[kind] = (kindCounts[kind] as number) + 1
    const before = locals.processOf.items[successor[slot] as number]
    successor[slot] = locals.targetOf.items[label] as number
    this.heldFor = nothing
    const last = locals.lastSend.items[label] as number
    for (let send = locals.firstSend.items[label] as number; send < last; send++) {
      const to = locals.sendSlot.items[send] as number
      const packet = locals.sendPacket.items[send] as number
      if (
        atOnce &&
        this.heldFor < 0 &&
        to !== slot &&
        locals.takeAtOnce(successor[to] as number, packet) >= 0
      ) {
        this.heldFor = to
        this.heldPacket = packet
        continue
      }
      successor[to] = locals.deliver(successor[to] as number, packet)
    }
    if (this.dropsDead && locals.processOf.items[successor[slot] as number] !== before) this.purge(slot)
    const events = locals.eventsOf.items[label] as number
    if (events !== nothing) this.feed(events)
  }

  /** Feeds events to the observers of the successor. */
  private feed(events: number): void {
    const { successor, locals, nodeCount, observers } = this
    for (let index = 0; index < observers.length; index++) {
      const at = nodeCount + index
      successor[at] = (observers[index] as ObserverRun).feed(successor[at] as number, events, locals.events)
    }
  }

  /**
   * After a step that changed the process at `slot`: the requests that the step has made dead are dropped. Those are
   * the ones that it sent and no longer waits for, and those on their way to it that can no longer change it.
   */
  private purge(slot: number): void {
    const { successor, nodeCount, locals, senders } = this
    const process = locals.processOf.items[successor[slot] as number] as number
    if (process === crashed) return
    // A purge may find new local states, and lists that grow move: they are looked up anew each time.
    if (this.isSender[slot] === true) {
      const bit = senderBit(slot)
      for (let other = 0; other < nodeCount; other++) {
        const local = successor[other] as number
        if (other !== slot && ((locals.sendersOf.items[local] as number) & bit) !== 0)
          successor[other] = locals.purge(local, slot, process)
      }
    }
    for (let index = 0; index < senders.length; index++) {
      const sender = senders[index] as number
      const local = successor[slot] as number
      if (sender === slot || ((locals.sendersOf.items[local] as number) & senderBit(sender)) === 0) continue
      const senderProcess = locals.processOf.items[successor[sender] as number] as number
      if (senderProcess !== crashed) successor[slot] = locals.purge(local, sender, senderProcess)
    }
  }

  private crashesLeft(state: Int32Array): CrashesLeft {
    const count = { server: 0, client: 0, directory: 0 }
    this.locals.nodes.forEach(({ role }, slot) => {
      if (this.locals.processOf.items[state[slot] as number] === crashed) count[role]++
    })
    const { crashes } = this.model
    return { server: count.server < crashes.server, client: count.client < crashes.client, directory: false }
  }
}

type CrashesLeft = Readonly<Record<Role, boolean>>
const none: CrashesLeft = { server: false, client: false, directory: false }

interface CrashPremise {
  readonly run: ObserverRun
  /** The component of a state that the observer's state is in. */
  readonly at: number
  /** Per node, the number of the event that it crashes. */
  readonly events: ReadonlyArray<number>
  /** Per state of the observer, whether the premise holds. */
  readonly holds: Array<boolean | undefined>
}

/** An observer, run on numbers. Its initial state is number 0. */
class ObserverRun {
  private readonly states = new Interner<unknown>()
  private readonly failuresOf: Array<Failures> = []
  private readonly steps = new PairMemo()

  private readonly observer: Observer<unknown, Operation>
  private readonly bit: number

  constructor(observer: Observer<unknown, Operation>, bit: number) {
    this.observer = observer
    this.bit = bit
    this.numberOf(observer.initial)
  }

  get name(): string {
    return this.observer.name
  }

  feed(state: number, events: number, table: Interner<ReadonlyArray<ObserverEvent<Operation>>>): number {
    const known = this.steps.get(state, events)
    if (known !== missing) return known
    const after = this.numberOf(table.value(events).reduce(this.observer.observe, this.states.value(state)))
    this.steps.set(state, events, after)
    return after
  }

  failures(state: number): Failures {
    return this.failuresOf[state] as Failures
  }

  state(number: number): unknown {
    return this.states.value(number)
  }

  numberOf(state: unknown): number {
    const number = this.states.number(state)
    if (number === this.failuresOf.length) {
      this.failuresOf.push(this.observer.violation(state) === undefined ? 0 : 1 << this.bit)
    }
    return number
  }
}
