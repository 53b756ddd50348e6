/**
 * Numbers the states of processes, the messages and the steps. It calls the specification once for
 * each distinct state of a process and each distinct input.
 */
import { canonical } from "../../spec/kernel/data.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyObservation } from "../../spec/kernel/observation.ts"
import type { Event as ObserverEvent } from "../../spec/kernel/observer.ts"
import type { AnyProcess, Step } from "../../spec/kernel/process.ts"
import { renamer } from "../../spec/kernel/renaming.ts"
import { Interner } from "../engine/interner.ts"
import { missing, PairMemo } from "../engine/pair-memo.ts"
import { Facts } from "./facts.ts"
import { HashConsing } from "./hash-consing.ts"
import type { Hooks } from "./hooks.ts"
import { faultsOf, type Model, type ModelNode, nodesOf, type Taken } from "./model.ts"
import {
  correctly,
  type Effect,
  type Envelope,
  nothing,
  type ProcessTable,
  type Rename
} from "./process-table.ts"

/** The state of a node's process. */
interface ProcessState {
  readonly slot: number
  readonly mode: number
  readonly state: unknown
}

/** Computes which step invariants a step breaks. */
export type StepJudge = (slot: number, before: unknown, after: unknown) => number

type Receipt = Extract<Taken, { readonly _tag: "Receive" }>
export type Events = ReadonlyArray<ObserverEvent<AnyObservation>>

export class Processes implements ProcessTable {
  readonly model: Model
  readonly nodes: ReadonlyArray<ModelNode>
  readonly facts: Facts
  /** The number of calls of the specification's transition functions. */
  transitionCalls = 0
  readonly events = new Interner<Events>()
  /** Per packet, its number among the packets to the same node. */
  readonly columnOf: Array<number> = []
  readonly renameMessage: Rename
  private readonly data = new HashConsing()
  private readonly hooks: Hooks
  private readonly judgeStep: StepJudge
  /** Per fault, what a node runs after it. */
  private readonly afterFault: ReadonlyArray<AnyProcess | undefined>
  private readonly slots: ReadonlyMap<NodeId, number>
  private readonly envelopes = new Interner<{
    readonly slot: number
    readonly envelope: Envelope
  }>()
  private readonly packets = new Interner<ReadonlyArray<number>>()
  private readonly processes = new Interner<ProcessState>()
  private readonly packetsTo: Array<Array<number>> = []
  /** Per process and envelope, the index of the effect of receiving it. */
  private readonly receipts = new PairMemo()
  private readonly receiptEffects: Array<Effect> = []
  /** Per envelope, its text, and the input of receiving it. */
  private readonly texts: Array<string | undefined> = []
  private readonly inputs: Array<Receipt | undefined> = []
  /** The envelope of each of those inputs. */
  private readonly received = new WeakMap<Envelope, number>()
  /** Per process, the text of its state. */
  private readonly stateTexts: Array<string | undefined> = []
  /** Of inputs other than messages, by process and the input's text. */
  private readonly effects = new Map<string, Effect>()
  /** Per process, the choices that it offers, once a reduction has asked. */
  private readonly choices: Array<ReadonlySet<string> | undefined> = []
  private readonly renames = new Map<AnyProcess, Rename>()

  constructor(model: Model, hooks: Hooks, judgeStep: StepJudge, keepsFacts: boolean) {
    this.model = model
    this.hooks = hooks
    this.judgeStep = judgeStep
    this.facts = new Facts(keepsFacts)
    this.nodes = nodesOf(model)
    this.afterFault = faultsOf(model).map(({ becomes }) => becomes?.process)
    this.slots = new Map(this.nodes.map(({ id }, slot) => [id, slot]))
    this.renameMessage = renamer(model.protocol.Message)
  }

  /** The initial process state of the node at `slot`. */
  initialAt(slot: number): number {
    const { id, process } = this.node(slot)
    return this.processAt(slot, process.initial(this.model.system.context, id))
  }

  /** The packet with this number among the packets to the node at `slot`. */
  packetOf(slot: number, column: number): number {
    return (this.packetsTo[slot] as Array<number>)[column] as number
  }

  stateOf(process: number): unknown {
    return this.processes.value(process).state
  }

  modeOf(process: number): number {
    return this.processes.value(process).mode
  }

  slotOf(process: number): number {
    return this.processes.value(process).slot
  }

  nodeOf(process: number): ModelNode {
    return this.node(this.processes.value(process).slot)
  }

  runs(process: number): AnyProcess {
    const { slot, mode } = this.processes.value(process)
    return this.runsAt(slot, mode)
  }

  slotOfNode(node: NodeId): number {
    return this.slots.get(node) as number
  }

  processAt(slot: number, state: unknown, mode = correctly): number {
    const one = this.data.kept(state)
    return this.processes.number(
      { slot, mode, state: one },
      `${slot} ${mode} ${this.data.wordOf(one)}`
    )
  }

  envelope(number: number): Envelope {
    return this.envelopes.value(number).envelope
  }

  receiverOf(envelope: number): ModelNode {
    return this.node(this.envelopes.value(envelope).slot)
  }

  envelopeAt(slot: number, { from, message }: Envelope): number {
    const one = this.data.kept(message)
    return this.envelopes.number(
      { slot, envelope: { from, message: one } },
      `${slot} ${this.data.wordOf(one)} ${from}`
    )
  }

  envelopeNumber(process: number, envelope: Envelope): number {
    return this.received.get(envelope) ?? this.envelopeAt(this.slotOf(process), envelope)
  }

  observations(events: number): ReadonlyArray<AnyObservation> {
    if (events === nothing) return []
    return this.events
      .value(events)
      .flatMap((event) => (event._tag === "Observed" ? [event.observation] : []))
  }

  renameState(slot: number, mode: number): Rename {
    const process = this.runsAt(slot, mode)
    const known = this.renames.get(process)
    if (known !== undefined) return known
    const rename: Rename = renamer(process.State)
    this.renames.set(process, rename)
    return rename
  }

  /** The envelopes of a packet. */
  packet(number: number): ReadonlyArray<number> {
    return this.packets.value(number)
  }

  effectOf(process: number, input: Taken): Effect {
    // A message is turned into text once, not once for each state in which it is received.
    if (input._tag === "Receive") return this.receipt(process, this.envelopeNumber(process, input))
    const key = `${process} ${this.data.wordOf(input)}`
    return (
      this.effects.get(key) ?? this.compute(process, input, (known) => this.effects.set(key, known))
    )
  }

  /** Computes an effect, and stores it before any hook receives it. */
  private compute(process: number, input: Taken, keep: (effect: Effect) => void): Effect {
    const { slot, mode, state: before } = this.processes.value(process)
    const { id } = this.node(slot)
    const step = this.runsAt(slot, mode).step(this.model.system.context, id, before, input)
    this.transitionCalls++
    const isCorrect = mode === correctly
    const effect: Effect = {
      process: step.state === before ? process : this.processAt(slot, step.state, mode),
      packets: this.pack(id, step.sends),
      events: isCorrect ? this.eventsOf(id, step) : nothing,
      failures: isCorrect ? this.judgeStep(slot, before, step.state) : 0
    }
    keep(effect)
    this.facts.keep(() => ({ _tag: "Step", at: this.placeOf(process), input }))
    for (const note of this.hooks.effect) note(process, input, effect)
    return effect
  }

  receipt(process: number, envelope: number): Effect {
    const known = this.receipts.get(process, envelope)
    if (known !== missing) return this.receiptEffects[known] as Effect
    return this.compute(process, this.receiving(envelope), (effect) => {
      this.receipts.set(process, envelope, this.receiptEffects.length)
      this.receiptEffects.push(effect)
    })
  }

  keyOf(process: number, input: Taken): number | string {
    return input._tag === "Receive" ? this.envelopeNumber(process, input) : this.data.wordOf(input)
  }

  offers(process: number, choice: unknown): boolean {
    this.choices[process] ??= this.choicesOf(process)
    return this.choices[process].has(this.data.wordOf(choice))
  }

  private choicesOf(process: number): ReadonlySet<string> {
    const { id } = this.nodeOf(process)
    const { context } = this.model.system
    const choices = this.runs(process).choices(context, id, this.stateOf(process))
    return new Set(choices.map((choice) => this.data.wordOf(choice)))
  }

  /** Whether a message stays in flight while its receiver is in this state. */
  isPostponed(process: number, envelope: number): boolean {
    const { slot, mode, state } = this.processes.value(process)
    const runs = this.runsAt(slot, mode)
    if (runs.postpones === undefined) return false
    const { from, message } = this.envelope(envelope)
    return runs.postpones(this.model.system.context, this.node(slot).id, state, from, message)
  }

  /** The input of receiving an envelope. */
  receiving(envelope: number): Receipt {
    const known = this.inputs[envelope]
    if (known !== undefined) return known
    const input = { _tag: "Receive", ...this.envelope(envelope) } as const
    this.inputs[envelope] = input
    this.received.set(input, envelope)
    return input
  }

  /** The owner of a process state, for facts. */
  placeOf(process: number): {
    readonly slot: number
    readonly mode: number
    readonly state: unknown
  } {
    return this.processes.value(process)
  }

  /** The canonical texts of an envelope and of the state of a process. */
  text(envelope: number): string {
    this.texts[envelope] ??= canonical(this.envelope(envelope))
    return this.texts[envelope]
  }

  stateText(process: number): string {
    this.stateTexts[process] ??= canonical(this.stateOf(process))
    return this.stateTexts[process]
  }

  /** Sorts envelopes by their texts, an order that does not depend on their numbers. */
  inOrder(envelopes: ReadonlyArray<number>): ReadonlyArray<number> {
    const text = (envelope: number) => this.text(envelope)
    return [...envelopes].sort((left, right) =>
      left === right ? 0 : text(left) < text(right) ? -1 : 1
    )
  }

  private runsAt(slot: number, mode: number): AnyProcess {
    return mode === correctly ? this.node(slot).process : (this.afterFault[mode - 1] as AnyProcess)
  }

  private pack(
    from: NodeId,
    sends: Step<unknown, AnyObservation, unknown>["sends"]
  ): Effect["packets"] {
    const bySlot = new Map<number, Array<number>>()
    for (const { to, message } of sends) {
      const slot = this.slots.get(to)
      if (slot === undefined)
        throw new Error(`${from} sends ${canonical(message)} to ${to}, which is not a node`)
      const envelope = this.envelopeAt(slot, { from, message })
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

  private eventsOf(node: NodeId, { observations }: Step<unknown, AnyObservation, unknown>): number {
    if (observations.length === 0) return nothing
    return this.events.number(
      observations.map((observation) => ({ _tag: "Observed", node, observation }) as const)
    )
  }

  private node(slot: number): ModelNode {
    return this.nodes[slot] as ModelNode
  }
}
