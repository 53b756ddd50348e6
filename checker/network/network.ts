/**
 * A network of processes as a space to search.
 *
 * A state has one local state per node, then one state per observer, then, if there is an
 * adversary, its knowledge. In a transition one node takes one input or suffers a fault; the
 * messages that it sends join the receivers' local states in the same transition.
 */
import type { Knowledge } from "../../spec/kernel/adversary.ts"
import { canonical } from "../../spec/kernel/data.ts"
import type { Fault } from "../../spec/kernel/fault.ts"
import type { Renaming } from "../../spec/kernel/renaming.ts"
import type { Read } from "../engine/dependency-memo.ts"
import type { Cut, Failures, MoveSink, Sink, Space } from "../engine/space.ts"
import { cutOf } from "./bounds.ts"
import { endOf } from "./course.ts"
import type { Fact } from "./facts.ts"
import { FaultBounds } from "./fault-bounds.ts"
import { Hooks } from "./hooks.ts"
import { refuseIllFormed } from "./ill-formed.ts"
import { isOnlooker, Judgement, stepJudge } from "./judgement.ts"
import { Locals } from "./locals.ts"
import { type Event, faultsOf, hasAdversary, type Model } from "./model.ts"
import { ObserverRun } from "./observer-run.ts"
import { PlainMoves } from "./plain.ts"
import { notAtOnce, nothing } from "./process-table.ts"
import { Processes } from "./processes.ts"
import { PromiseProof } from "./promise-proof.ts"
import { reductions as allReductions, type ReductionName } from "./reductions.ts"
import { noVoice, Speaking } from "./speaking.ts"
import { noFault } from "./transitions.ts"

const none: ReadonlyArray<number> = []

export class Network implements Space {
  readonly model: Model
  readonly width: number
  readonly successor: Int32Array
  readonly initial: ReadonlyArray<Int32Array>
  readonly properties: ReadonlyArray<string>
  readonly processes: Processes
  readonly locals: Locals
  readonly judgement: Judgement
  /**
   * The state in which the search begins, and the successor being visited, before they are replaced
   * by representatives.
   */
  readonly start: Int32Array
  readonly raw: Int32Array
  /** What the reductions let follow the model's course at once: receipts of welcome messages. */
  readonly opening: ReadonlyArray<Event>
  /** Whether representatives replace states. */
  readonly represents: boolean
  readonly judgesStates: boolean
  readonly judgesTransitions: boolean
  private readonly hooks = new Hooks()
  private readonly nodeCount: number
  private readonly hasFaults: boolean
  private readonly changed: Hooks["changed"]
  /** Present if no reduction changes what a transition leads to. */
  private readonly plain: PlainMoves | undefined
  /** The node for which `apply` held an answer back, and the packet with the answer. */
  private heldFor = nothing
  private heldPacket = 0
  /** The transitions that followed the current one in the same step. */
  private readonly following: Array<number> = []
  /** Per transition, whether it does more than give its answer: undefined until asked. */
  private readonly doesMore: Array<boolean | undefined> = []
  /** The refinements that the current transition violates. */
  private refuted: Failures = 0
  private readonly observers: ReadonlyArray<ObserverRun>
  private readonly faultBounds: FaultBounds
  private readonly faults: ReadonlyArray<Fault>
  private readonly adversary: Speaking | undefined
  /** The component of the adversary's knowledge. */
  private readonly knowledgeAt: number
  private readonly isEager: boolean

  constructor(model: Model, reductions: ReadonlyArray<ReductionName> = [], keepsFacts = false) {
    refuseIllFormed(model)
    this.model = model
    this.faults = faultsOf(model)
    const { hooks } = this
    this.processes = new Processes(
      model,
      hooks,
      stepJudge(model),
      keepsFacts && reductions.length > 0
    )
    this.locals = new Locals(model, this.processes, hooks)
    this.judgement = new Judgement(model, this.locals, this.processes, hooks, (read) =>
      this.known(read)
    )
    this.install(reductions)
    this.represents = hooks.represent !== undefined
    const { observers, judgesStates, judgesSteps, judgesRefinement } = this.judgement
    this.judgesStates = judgesStates || observers.some(({ bit }) => !isOnlooker(bit))
    this.judgesTransitions = judgesSteps || judgesRefinement
    this.changed = hooks.changed
    this.nodeCount = this.locals.nodes.length
    this.observers = this.judgement.observers.map(
      ({ observer, bit }) => new ObserverRun(observer, bit)
    )
    this.faultBounds = new FaultBounds(model, this.locals, this.processes, (name) =>
      this.onlooker(name)
    )
    this.hasFaults = this.faultBounds.exist
    const isPlain =
      hooks.changed.length === 0 &&
      hooks.takeAtOnce === undefined &&
      hooks.takeWelcome === undefined &&
      !this.represents &&
      !this.judgement.judgesRefinement &&
      !hasAdversary(model) &&
      faultsOf(model).length <= 1
    this.plain = isPlain ? new PlainMoves(this, this.hasFaults) : undefined
    this.adversary = hasAdversary(model)
      ? new Speaking(model, this.locals, this.processes, hooks)
      : undefined
    this.knowledgeAt = this.nodeCount + this.observers.length
    const renameRest: Hooks["renameRest"] = (state, renaming, number) =>
      this.renameRest(state, renaming, number)
    hooks.renameRest = renameRest
    this.isEager = model.faults.isEager === true
    this.observers.forEach((observer, index) => {
      if (observer.canBeRenamed)
        hooks.rest.push({
          at: this.nodeCount + index,
          text: (value, renaming) => observer.textRenamed(value, renaming)
        })
    })
    const { adversary } = this
    if (adversary !== undefined)
      hooks.rest.push({
        at: this.knowledgeAt,
        text: (value, renaming) => adversary.textRenamed(value, renaming)
      })
    this.width = this.knowledgeAt + (this.adversary === undefined ? 0 : 1)
    this.successor = new Int32Array(this.width)
    const isBeginning = (model.after ?? []).length === 0
    const { start, opening } = isBeginning
      ? { start: this.beginning(), opening: [] }
      : this.afterCourse()
    this.start = start
    this.opening = opening
    this.raw = this.start.slice()
    const initial = this.start.slice()
    hooks.represent?.(initial)
    this.initial = [initial]
    if (isBeginning) this.judgement.initial = initial
    this.properties = this.judgement.names
  }

  /** The initial state, after the faults at the start. */
  private beginning(): Int32Array {
    const { locals, observers, processes, adversary } = this
    const atStart = this.model.faults.atStart ?? []
    const events = processes.events.number(
      atStart.map(({ fault, node }) => ({ _tag: "Fault", node, fault: fault.name }))
    )
    const knowledge =
      adversary === undefined
        ? []
        : [
            atStart
              .filter(({ fault }) => fault.isTakenOver)
              .map(({ node }) => processes.initialAt(processes.slotOfNode(node)))
              .reduce((known, process) => adversary.takeOver(known, process), adversary.initial)
          ]
    return Int32Array.from([
      ...locals.initial(),
      ...observers.map((observer) =>
        atStart.length === 0 ? 0 : observer.feed(0, events, processes.events)
      ),
      ...knowledge
    ])
  }

  /**
   * The state to which the model's course leads, in which nothing is in flight that a reduction
   * would have dropped or delivered.
   */
  private afterCourse(): Pick<Network, "start" | "opening"> {
    const { after = [], ...model } = this.model
    const network = new Network(model)
    this.successor.set(
      endOf(network, after).map((value, component) =>
        this.numberFor(component, network.content(component, value))
      )
    )
    this.settle()
    const opening = this.following.flatMap((label) => this.describe(label))
    this.following.length = 0
    this.locals.transitions.kindCounts.fill(0)
    return { start: this.successor.slice(), opening }
  }

  /** Drops and delivers in the successor what reductions drop and deliver in a step. */
  private settle(): void {
    const { successor, changed, hooks, nodeCount } = this
    for (let slot = 0; slot < nodeCount; slot++) for (const react of changed) react(successor, slot)
    if (hooks.takeInFlight !== undefined) {
      for (let slot = 0; slot < nodeCount; slot++) while (this.takeInFlight(slot));
      this.strikeDue()
    }
    if (hooks.takeWord !== undefined) this.hearOut()
  }

  /** The node takes a welcome message that is in flight to it; false if there is none. */
  private takeInFlight(slot: number): boolean {
    const { successor, locals, hooks, changed } = this
    const local = successor[slot] as number
    const inbox = locals.inboxOf(local)
    for (const [at, envelope] of inbox.entries()) {
      const without = locals.withInbox(local, inbox.toSpliced(at, 1))
      const label = hooks.takeInFlight?.(without, envelope) ?? notAtOnce
      if (label < 0) continue
      this.follow(label)
      successor[slot] = locals.transitions.targetOf.items[label] as number
      for (const react of changed) react(successor, slot)
      return true
    }
    return false
  }

  private install(names: ReadonlyArray<ReductionName>): void {
    const { model, processes, locals, hooks } = this
    const promises = new PromiseProof(processes, hooks)
    for (const reduction of allReductions)
      if (names.includes(reduction.name))
        reduction.install({ model, processes, locals, promises, hooks })
  }

  /** Takes in other workers' facts: they must keep the promises that this worker relied on. */
  hear(facts: ReadonlyArray<Fact>): void {
    const { processes, hooks } = this
    processes.facts.hearing(() => {
      for (const fact of facts) {
        if (fact._tag === "Step") {
          const { slot, state, mode } = fact.at
          processes.effectOf(processes.processAt(slot, state, mode), fact.input)
        }
        for (const hear of hooks.heard) hear(fact)
      }
    })
  }

  expand(state: Int32Array, sink: Sink): number {
    const { successor, nodeCount, locals } = this
    const { faultOf } = locals.transitions
    for (let component = 0; component < state.length; component++)
      successor[component] = state[component] as number
    const due = this.dueFault(state)
    if (due >= 0) {
      this.take(state, locals.transitions.slotOf.items[due] as number, due, sink)
      return 1
    }
    let transitions = 0
    for (let slot = 0; slot < nodeCount; slot++) {
      const local = state[slot] as number
      if ((locals.firstTransition.items[local] as number) < 0) locals.prepare(local)
      const last = locals.lastTransition.items[local] as number
      for (let label = locals.firstTransition.items[local] as number; label < last; label++) {
        if (this.hasFaults) {
          const fault = faultOf.items[label] as number
          if (fault !== noFault && !this.mayFail(state, slot, fault)) continue
        }
        this.take(state, slot, label, sink)
        transitions++
      }
    }
    for (const label of this.spoken(state)) {
      this.take(state, locals.transitions.slotOf.items[label] as number, label, sink)
      transitions++
    }
    return transitions
  }

  /**
   * The transition of the fault that precedes everything else in this state; -1 if there is none.
   */
  dueFault(state: Int32Array): number {
    if (!this.isEager) return nothing
    const { locals, nodeCount } = this
    const { faultOf } = locals.transitions
    for (let slot = 0; slot < nodeCount; slot++) {
      const local = state[slot] as number
      locals.prepare(local)
      const last = locals.lastTransition.items[local] as number
      for (let label = locals.firstTransition.items[local] as number; label < last; label++) {
        const fault = faultOf.items[label] as number
        if (fault !== noFault && this.mayFail(state, slot, fault)) return label
      }
    }
    return nothing
  }

  /** The adversary's knowledge in a state, read through `read`. */
  private known(read: Read): Knowledge {
    return this.adversary === undefined ? [] : this.adversary.known(read(this.knowledgeAt))
  }

  /** Renames nodes in the components of a state that belong to no node. */
  private renameRest(state: Int32Array, renaming: Renaming, number: number): void {
    const { nodeCount, observers, adversary, knowledgeAt } = this
    for (let index = 0; index < observers.length; index++) {
      const at = nodeCount + index
      state[at] = (observers[index] as ObserverRun).renamed(state[at] as number, renaming, number)
    }
    if (adversary !== undefined)
      state[knowledgeAt] = adversary.renamed(state[knowledgeAt] as number, renaming, number)
  }

  /** The transitions of a state in which a node takes a message from the adversary. */
  spoken(state: Int32Array): ReadonlyArray<number> {
    const { adversary, knowledgeAt, nodeCount } = this
    if (adversary === undefined) return none
    adversary.tryOpenness(state, state[knowledgeAt] as number)
    const voice = adversary.voiceIn(state, state[knowledgeAt] as number)
    if (voice === noVoice) return none
    const labels: Array<number> = []
    for (let slot = 0; slot < nodeCount; slot++)
      labels.push(...adversary.reception(state[slot] as number, voice))
    return labels
  }

  get expandMoves(): ((state: Int32Array, sink: MoveSink) => number) | undefined {
    const { plain } = this
    return plain && ((state, sink) => plain.expand(state, sink))
  }

  judge(state: Int32Array): Failures {
    let failures = this.judgement.judge(state)
    for (let index = 0; index < this.observers.length; index++) {
      failures |= (this.observers[index] as ObserverRun).failures(
        state[this.nodeCount + index] as number
      )
    }
    return failures
  }

  /**
   * The number of remembered items of the specification: local states, steps, and states of
   * knowledge.
   */
  get remembered(): number {
    const { locals, processes, adversary } = this
    return locals.size + processes.transitionCalls + (adversary?.size ?? 0)
  }

  remember(): () => void {
    const { kindCounts } = this.locals.transitions
    const before = [...kindCounts]
    const forget = this.plain?.remember()
    return () => {
      kindCounts.forEach((_, kind) => {
        kindCounts[kind] = before[kind] ?? 0
      })
      forget?.()
    }
  }

  /** The number of transitions of each kind of action. */
  actionCounts(): ReadonlyArray<number> {
    const counts = [...this.locals.transitions.kindCounts]
    this.plain?.addTo(counts)
    return counts
  }

  /** Appends the moves of the observers for these events; returns the new number of moves. */
  observe(state: Int32Array, events: number, sink: MoveSink, count: number): number {
    const { nodeCount, observers, processes } = this
    for (let index = 0; index < observers.length; index++) {
      const before = state[nodeCount + index] as number
      const after = (observers[index] as ObserverRun).feed(before, events, processes.events)
      sink.moves[count + index] = sink.moveOf(nodeCount + index, before, after)
    }
    return count + observers.length
  }

  /** Whether the node at this slot may suffer the fault with this number now. */
  mayFail(state: Int32Array, slot: number, fault: number): boolean {
    return this.faultBounds.allow(state, slot, fault)
  }

  /** The component of a state that holds the onlooker of this name; -1 if there is none. */
  onlookerAt(name: string): number {
    // A property that judges by itself may have another observer of the same name.
    const { observers } = this.judgement
    const index = observers.findIndex(
      ({ observer, bit }) => isOnlooker(bit) && observer.name === name
    )
    return index < 0 ? -1 : this.nodeCount + index
  }

  private onlooker(name: string): { readonly at: number; readonly run: ObserverRun } {
    const at = this.onlookerAt(name)
    return { at, run: this.observers[at - this.nodeCount] as ObserverRun }
  }

  content(component: number, value: number): string {
    const { nodeCount } = this
    if (component < nodeCount) return this.locals.content(value)
    if (this.adversary !== undefined && component === this.knowledgeAt)
      return this.adversary.content(value)
    return canonical((this.observers[component - nodeCount] as ObserverRun).state(value))
  }

  numberFor(component: number, content: string): number {
    const { nodeCount } = this
    if (component < nodeCount) return this.locals.withContent(component, content)
    if (this.adversary !== undefined && component === this.knowledgeAt)
      return this.adversary.numberFor(content)
    return (this.observers[component - nodeCount] as ObserverRun).numberOf(JSON.parse(content))
  }

  judgeTransition(label: number): Failures {
    return (this.locals.transitions.failuresOf.items[label] as number) | this.refuted
  }

  isDone(state: Int32Array): boolean {
    for (let slot = 0; slot < this.nodeCount; slot++) {
      if (this.locals.doneOf[state[slot] as number] !== true) return false
    }
    return true
  }

  cutOf(state: Int32Array): Cut {
    return cutOf(this.locals, state)
  }

  /** The events of transition `label`: one, or several if messages are taken at once. */
  describe(label: number): ReadonlyArray<Event> {
    return this.locals.transitions.describe(label)
  }

  /** The state of observer number `index`. */
  observed(state: Int32Array, index: number): unknown {
    return (this.observers[index] as ObserverRun).state(state[this.nodeCount + index] as number)
  }

  /**
   * Takes transition `label` of the node at `slot`. The successor must equal the state, and equals
   * it again afterwards.
   */
  take(state: Int32Array, slot: number, label: number, sink: Sink): void {
    const { successor, locals } = this
    const { takeAtOnce } = this.hooks
    this.apply(slot, label, takeAtOnce)
    const [heldFor, packet] = [this.heldFor, this.heldPacket]
    const taken = this.withFollowing(label)
    if (heldFor < 0) this.visit(state, taken, 1, sink)
    else {
      // The node gives the answer, and no process ever takes it. That is a new state only if giving
      // it changed more. The search leaves it out if having taken the answer is as good as not
      // having taken it.
      if (
        this.changesMore(state, slot, label) &&
        this.hooks.isCounted?.(successor[heldFor] as number, packet) !== true
      )
        this.visit(state, taken, 1, sink)
      const answer = takeAtOnce?.(successor[heldFor] as number, packet) as number
      this.apply(heldFor, answer, undefined)
      const both = locals.transitions.together(taken, answer)
      this.visit(state, this.withFollowing(both), 2, sink)
    }
    for (let component = 0; component < state.length; component++)
      successor[component] = state[component] as number
  }

  /**
   * The transition together with those that followed it in the same step: welcome messages, and
   * faults that were due.
   */
  private withFollowing(label: number): number {
    const { transitions } = this.locals
    if (this.hooks.takeWelcome !== undefined) this.strikeDue()
    if (this.hooks.takeWord !== undefined) this.hearOut()
    if (this.following.length === 0) return label
    const all = this.following.reduce((first, second) => transitions.together(first, second), label)
    this.following.length = 0
    return all
  }

  /** Applies the faults that precede everything else. */
  private strikeDue(): void {
    const { successor, locals } = this
    for (let due = this.dueFault(successor); due >= 0; due = this.dueFault(successor)) {
      this.apply(locals.transitions.slotOf.items[due] as number, due, undefined)
      this.following.push(due)
    }
  }

  /** Counts a message that was taken within the current step. */
  private follow(label: number): void {
    const { kindOf, kindCounts } = this.locals.transitions
    const kind = kindOf.items[label] as number
    kindCounts[kind] = (kindCounts[kind] as number) + 1
    this.following.push(label)
  }

  /** Every node takes the welcome messages that the adversary can send. */
  private hearOut(): void {
    const { successor, locals, adversary, nodeCount } = this
    if (adversary === undefined) return
    // A welcome message changes only its receiver: the adversary's knowledge and its voice stay the
    // same.
    const voice = adversary.voiceIn(successor, successor[this.knowledgeAt] as number)
    if (voice === noVoice) return
    for (let slot = 0; slot < nodeCount; slot++) {
      for (const said of adversary.welcome(successor[slot] as number, voice)) {
        this.follow(said)
        successor[slot] = locals.transitions.targetOf.items[said] as number
        for (const react of this.changed) react(successor, slot)
      }
    }
  }

  /**
   * Whether a transition that gives an answer also changes its node, begins an operation, sends
   * more, or is observed.
   */
  private changesMore(state: Int32Array, slot: number, label: number): boolean {
    // The adversary may have learnt something from the answer.
    if (
      this.adversary !== undefined &&
      this.successor[this.knowledgeAt] !== state[this.knowledgeAt]
    )
      return true
    // A transition belongs to one local state.
    const known = this.doesMore[label] ?? this.findDoesMore(state[slot] as number, label)
    this.doesMore[label] = known
    return known
  }

  private findDoesMore(local: number, label: number): boolean {
    const { locals } = this
    const { lastSend, firstSend, eventsOf, targetOf } = locals.transitions
    const target = targetOf.items[label] as number
    return (
      locals.processOf(target) !== locals.processOf(local) ||
      locals.detail(target).position !== locals.detail(local).position ||
      (lastSend.items[label] as number) - (firstSend.items[label] as number) > 1 ||
      eventsOf.items[label] !== nothing
    )
  }

  private visit(state: Int32Array, label: number, steps: number, sink: Sink): void {
    if (this.judgement.judgesRefinement)
      this.refuted = this.judgement.judgeStepBetween(state, this.successor)
    if (!this.represents) sink.visit(label, steps)
    else {
      const { raw, successor } = this
      // Loops: the states are short, and `set` takes longer for them.
      for (let at = 0; at < raw.length; at++) raw[at] = successor[at] as number
      this.hooks.represent?.(successor)
      sink.visit(label, steps)
      for (let at = 0; at < raw.length; at++) successor[at] = raw[at] as number
    }
  }

  /**
   * Turns the successor into the state after transition `label` of the node at `slot`. If answers
   * are taken at once, holds back one answer with an effect, for `heldFor`.
   */
  private apply(slot: number, label: number, takeAtOnce: Hooks["takeAtOnce"]): void {
    const { successor, locals, changed } = this
    const { transitions } = locals
    const { takeWelcome } = this.hooks
    const { kindCounts, sendSlot, sendPacket } = transitions
    const kind = transitions.kindOf.items[label] as number
    kindCounts[kind] = (kindCounts[kind] as number) + 1
    const localBefore = successor[slot] as number
    const before = locals.processOf(localBefore)
    successor[slot] = transitions.targetOf.items[label] as number
    this.takeOver(transitions.faultOf.items[label] as number, localBefore)
    this.heldFor = nothing
    const last = transitions.lastSend.items[label] as number
    for (let send = transitions.firstSend.items[label] as number; send < last; send++) {
      const to = sendSlot.items[send] as number
      const packet = sendPacket.items[send] as number
      this.overhear(packet, to)
      if (
        takeAtOnce !== undefined &&
        this.heldFor < 0 &&
        to !== slot &&
        takeAtOnce(successor[to] as number, packet) >= 0
      ) {
        this.heldFor = to
        this.heldPacket = packet
        continue
      }
      const welcome = takeWelcome?.(successor[to] as number, packet) ?? notAtOnce
      if (welcome < 0) successor[to] = locals.deliver(successor[to] as number, packet)
      else {
        successor[to] = transitions.targetOf.items[welcome] as number
        this.follow(welcome)
        for (const react of changed) react(successor, to)
      }
    }
    if (changed.length > 0 && locals.processOf(successor[slot] as number) !== before)
      for (const react of changed) react(successor, slot)
    const events = transitions.eventsOf.items[label] as number
    if (events !== nothing) this.feed(events)
  }

  private overhear(packet: number, to: number): void {
    const { successor, adversary, knowledgeAt } = this
    if (adversary?.hears(to, successor[to] as number))
      successor[knowledgeAt] = adversary.overhear(successor[knowledgeAt] as number, packet)
  }

  /** If this fault hands its node over, the adversary learns what the node knew. */
  private takeOver(fault: number, local: number): void {
    const { successor, adversary, knowledgeAt, faults, locals } = this
    if (adversary === undefined || fault === noFault || faults[fault]?.isTakenOver !== true) return
    const known = adversary.takeOver(successor[knowledgeAt] as number, locals.processOf(local))
    successor[knowledgeAt] = adversary.readInbox(known, local)
  }

  /** Feeds events to the successor's observers. */
  private feed(events: number): void {
    const { successor, processes, nodeCount, observers } = this
    for (let index = 0; index < observers.length; index++) {
      const at = nodeCount + index
      const observer = observers[index] as ObserverRun
      successor[at] = observer.feed(successor[at] as number, events, processes.events)
    }
  }
}
