/**
 * Local states. One number stands for a process state, its position in the script, the node's
 * faults, and the messages in flight to it.
 *
 * A global state has one such number per node. This file is the cold part: it numbers local states
 * and lists their transitions, using the steps of processes (`processes.ts`). The hot part
 * (`network.ts`) only looks up what this part has computed.
 */
import { DenseMemo } from "../engine/dense-memo.ts"
import { Integers } from "../engine/integers.ts"
import { Interner } from "../engine/interner.ts"
import { missing, PairMemo } from "../engine/pair-memo.ts"
import type { Hooks } from "./hooks.ts"
import { faultsOf, type Model, type ModelNode, type Taken } from "./model.ts"
import { type Content, correctly, type Effect, gone, type LocalTable } from "./process-table.ts"
import type { Processes } from "./processes.ts"
import type { Purging } from "./reduction.ts"
import { Transitions } from "./transitions.ts"

interface Local {
  readonly slot: number
  /** The number of the process state; `gone` if the node is gone. */
  readonly process: number
  /** The number of operations of its script that the node has invoked. */
  readonly position: number
  /** The node's faults, a bit each. */
  readonly faults: number
  /**
   * The envelopes in flight to the node, in the order of their texts. An envelope that is in flight
   * twice occurs twice.
   */
  readonly inbox: ReadonlyArray<number>
}

export class Locals implements LocalTable, Purging {
  readonly model: Model
  readonly nodes: ReadonlyArray<ModelNode>
  readonly transitions: Transitions
  /**
   * Per local state, in parallel: its process, the node's faults, whether the node is done, and the
   * position of its transitions.
   */
  readonly processes = new Integers()
  readonly faultsOf = new Integers()
  readonly doneOf: Array<boolean> = []
  readonly firstTransition = new Integers()
  readonly lastTransition = new Integers()
  /** The bounds that some node has reached. */
  readonly boundsReached = new Set<string>()
  private readonly table: Processes
  private readonly hooks: Hooks
  private readonly faults: ReturnType<typeof faultsOf>
  private readonly locals = new Interner<Local>()
  private readonly takings = new PairMemo()
  private readonly deliveries = new DenseMemo()

  constructor(model: Model, table: Processes, hooks: Hooks) {
    this.model = model
    this.table = table
    this.hooks = hooks
    this.nodes = table.nodes
    this.faults = faultsOf(model)
    this.transitions = new Transitions(model, table.nodes)
  }

  get size(): number {
    return this.locals.size
  }

  /** The initial local state of each node, after the faults at the start. */
  initial(): ReadonlyArray<number> {
    const { atStart = [] } = this.model.faults
    return this.nodes.map(({ id }, slot) => {
      const first: Local = {
        ...{ slot, process: this.table.initialAt(slot), position: 0, faults: 0 },
        inbox: []
      }
      const number = this.faults.findIndex(({ name }) =>
        atStart.some(({ fault, node }) => node === id && fault.name === name)
      )
      return this.local(number < 0 ? first : this.struck(first, number))
    })
  }

  /** The local state once a packet is in flight to the node. */
  deliver(local: number, packet: number): number {
    const known = this.deliveries.get(local, this.table.columnOf[packet] as number)
    return known === missing ? this.firstDelivery(local, packet) : known
  }

  private firstDelivery(local: number, packet: number): number {
    const before = this.locals.value(local)
    // A node that is gone receives nothing.
    const after =
      before.process === gone
        ? local
        : this.local({
            ...before,
            inbox: this.table.inOrder([...before.inbox, ...this.table.packet(packet)])
          })
    this.deliveries.set(local, this.table.columnOf[packet] as number, after)
    return after
  }

  takingTransition(local: number, envelope: number): number {
    const known = this.takings.get(local, envelope)
    if (known !== missing) return known
    const { slot, process, ...rest } = this.locals.value(local)
    const effect = this.table.receipt(process, envelope)
    const target = this.local({ ...rest, slot, process: effect.process })
    const label = this.transitions.add(slot, target, effect, this.table.receiving(envelope))
    this.takings.set(local, envelope, label)
    return label
  }

  processOf(local: number): number {
    return this.processes.items[local] as number
  }

  inboxOf(local: number): ReadonlyArray<number> {
    return this.locals.value(local).inbox
  }

  withInbox(local: number, inbox: ReadonlyArray<number>): number {
    return this.local({ ...this.locals.value(local), inbox })
  }

  /** Computes the transitions of a local state, unless they are known. */
  prepare(local: number): void {
    if ((this.firstTransition.items[local] as number) >= 0) return
    const first = this.transitions.size
    const state = this.locals.value(local)
    if (state.process !== gone) {
      for (const verify of this.hooks.offers) verify(state.process)
      this.addInvocation(state)
      this.addChoices(state)
      this.addReceipts(state)
      this.addFaults(state)
      this.noteBound(state)
    }
    this.firstTransition.items[local] = first
    this.lastTransition.items[local] = this.transitions.size
  }

  detail(local: number): {
    readonly slot: number
    readonly position: number
    readonly faults: number
  } {
    return this.locals.value(local)
  }

  compose(slot: number, position: number, faults: number, content: Content | undefined): number {
    if (content === undefined)
      return this.local({ slot, process: gone, position, faults, inbox: [] })
    const inbox = content.inbox.map((envelope) => this.table.envelopeAt(slot, envelope))
    const process = this.table.processAt(slot, content.state, content.mode)
    return this.local({ slot, process, position, faults, inbox: this.table.inOrder(inbox) })
  }

  decode(local: number): Content | undefined {
    const { process, inbox } = this.locals.value(local)
    if (process === gone) return undefined
    const mode = this.table.modeOf(process)
    return {
      state: this.table.stateOf(process),
      ...(mode === correctly ? {} : { mode }),
      inbox: inbox.map((number) => this.table.envelope(number))
    }
  }

  /** Whether the node is gone, or runs another process than its own. */
  isFaulty(local: number): boolean {
    const process = this.processOf(local)
    return process === gone || this.table.modeOf(process) !== correctly
  }

  /** Whether a bound keeps the node from taking a step by itself. */
  isAtBound(local: number): boolean {
    return !this.isFaulty(local) && this.boundAt(this.processOf(local)) !== undefined
  }

  /** The canonical text of a local state, independent of any numbering. */
  content(local: number): string {
    const { process, position, faults, inbox } = this.locals.value(local)
    const suffered = faults === 0 ? "" : `,"faults":${faults}`
    if (process === gone) return `{"content":null,"position":${position}${suffered}}`
    const mode = this.table.modeOf(process)
    const messages = inbox.map((envelope) => this.table.text(envelope)).join(",")
    const text = `"inbox":[${messages}],"state":${this.table.stateText(process)}`
    return `{"content":{${mode === correctly ? "" : `"mode":${mode},`}${text}},"position":${position}${suffered}}`
  }

  /** The local state of the node at `slot` with this content. */
  withContent(slot: number, text: string): number {
    const { position, content, faults = 0 } = JSON.parse(text)
    return this.compose(slot, position, faults, content ?? undefined)
  }

  private addInvocation(local: Local): void {
    const { slot, process, position } = local
    const { id, script } = this.node(slot)
    const operation = script[position]
    // A faulty node invokes no operations of its script.
    if (operation === undefined || this.table.modeOf(process) !== correctly) return
    const { context } = this.model.system
    if (!this.table.runs(process).ready(context, id, this.table.stateOf(process), operation)) return
    this.add({ ...local, position: position + 1 }, { _tag: "Invoke", operation })
  }

  private addChoices(local: Local): void {
    const { slot, process } = local
    const { id } = this.node(slot)
    const { context } = this.model.system
    const choices = this.table.runs(process).choices(context, id, this.table.stateOf(process))
    for (const choice of choices) this.add(local, { _tag: "Choose", choice })
  }

  private addReceipts({ inbox, ...local }: Local): void {
    inbox.forEach((envelope, at) => {
      if (at > 0 && inbox[at - 1] === envelope) return
      if (this.table.isPostponed(local.process, envelope)) return
      const rest = inbox.filter((_, index) => index !== at)
      for (const meet of this.hooks.met) meet(local.process, this.table.receiving(envelope), false)
      const effect = this.table.receipt(local.process, envelope)
      this.addTransition({ ...local, inbox: rest }, effect, this.table.receiving(envelope))
    })
  }

  private addFaults(local: Local): void {
    const { id } = this.node(local.slot)
    this.faults.forEach((fault, number) => {
      const isNamed = this.model.faults.budgets.some(
        (budget) => budget.fault.name === fault.name && budget.most > 0 && budget.nodes.includes(id)
      )
      if (!isNamed || (local.faults & (1 << number)) !== 0) return
      const after = this.struck(local, number)
      const events = this.table.events.number([{ _tag: "Fault", node: id, fault: fault.name }])
      const effect: Effect = { process: after.process, packets: [], events, failures: 0 }
      this.transitions.add(local.slot, this.local(after), effect, {
        _tag: "Fault",
        fault: fault.name
      })
    })
  }

  /**
   * The local state after the fault with this number. A node that the adversary has taken over
   * keeps no state.
   */
  private struck({ slot, process, position, faults, inbox }: Local, number: number): Local {
    const { becomes } = this.faults[number] as ReturnType<typeof faultsOf>[number]
    const begin = becomes?.begin(this.node(slot).id, this.table.stateOf(process))
    const after = becomes === undefined ? gone : this.table.processAt(slot, begin, number + 1)
    return {
      ...{ slot, position, process: after, faults: faults | (1 << number) },
      inbox: after === gone ? [] : inbox
    }
  }

  private noteBound({ process }: Local): void {
    if (this.table.modeOf(process) !== correctly) return
    const bound = this.boundAt(process)
    if (bound !== undefined) this.boundsReached.add(bound)
  }

  private boundAt(process: number): string | undefined {
    return this.table
      .runs(process)
      .atBound?.(this.model.system.context, this.table.stateOf(process))
  }

  private add(local: Local, input: Taken): void {
    for (const meet of this.hooks.met) meet(local.process, input, false)
    this.addTransition(local, this.table.effectOf(local.process, input), input)
  }

  private addTransition(local: Local, effect: Effect, input: Taken): void {
    this.transitions.add(
      local.slot,
      this.local({ ...local, process: effect.process }),
      effect,
      input
    )
  }

  private local(given: Local): number {
    const { slot, process, position, faults } = given
    const inbox =
      process === gone
        ? given.inbox
        : this.hooks.inbox.reduce((left, leaveOut) => leaveOut(process, left), given.inbox)
    const local: Local = { slot, process, position, faults, inbox }
    const number = this.locals.number(
      local,
      `${slot}|${process}|${position}|${faults}|${inbox.join(",")}`
    )
    if (number === this.processes.size) {
      this.processes.push(process)
      this.faultsOf.push(faults)
      this.doneOf.push(this.isDone(local))
      this.firstTransition.push(-1)
      this.lastTransition.push(-1)
    }
    return number
  }

  /**
   * A node is done when it is faulty, or when its script is exhausted and it could invoke another
   * operation.
   */
  private isDone({ slot, process, position }: Local): boolean {
    const { id, script } = this.node(slot)
    if (process === gone || script.length === 0 || this.table.modeOf(process) !== correctly)
      return true
    return (
      position === script.length &&
      this.table.runs(process).ready(this.model.system.context, id, this.table.stateOf(process))
    )
  }

  private node(slot: number): ModelNode {
    return this.nodes[slot] as ModelNode
  }
}
