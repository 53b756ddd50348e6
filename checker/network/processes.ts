/**
 * States of processes, messages, and what they do to each other, under numbers: the specification is called once for each
 * distinct state of a process and each distinct input, and what processes promise is proved with each call.
 */
import { canonical } from "../../spec/kernel/data.ts"
import type { NodeId, Role } from "../../spec/kernel/node.ts"
import type { Event as ObserverEvent } from "../../spec/kernel/observer.ts"
import type { Input, Observation, Step } from "../../spec/kernel/process.ts"
import { processFor } from "../../spec/kernel/protocol.ts"
import { type Renaming, renamer } from "../../spec/kernel/renaming.ts"
import type { Operation } from "../../spec/register/operation.ts"
import { Interner } from "../engine/interner.ts"
import { missing, PairMemo } from "../engine/pair-memo.ts"
import { Answers } from "./answers.ts"
import { type Fact, Facts } from "./facts.ts"
import { type Action, type Model, type ModelNode, nodesOf } from "./model.ts"
import { Obsolescence } from "./obsolescence.ts"
import { type Effect, type Envelope, type Image, nothing, type ProcessTable } from "./process-table.ts"
import type { ReductionName } from "./reductions.ts"

/** The state of a process of one node. */
interface ProcessState {
  readonly slot: number
  readonly state: unknown
}

export type StepJudge = (slot: number, before: unknown, after: unknown) => number

/** What the proof that processes treat interchangeable servers alike needs to know of each step. */
interface Swapping {
  readonly images: ProcessTable["images"]
  readonly verify: (process: number, input: Input<Operation, unknown, unknown>) => void
}

export class Processes implements ProcessTable {
  readonly nodes: ReadonlyArray<ModelNode>
  /** Calls of the specification's transition functions. */
  transitionCalls = 0
  readonly events = new Interner<ReadonlyArray<ObserverEvent<Operation>>>()
  /** Per packet, its number among the packets to the same node. */
  readonly columnOf: Array<number> = []
  /** Renamings of the states of each role, and of messages, derived from their Schemas. */
  readonly renamers: Record<Role | "message", (renaming: Renaming, value: unknown) => unknown>
  readonly model: Model
  readonly obsolescence: Obsolescence
  readonly facts: Facts
  protected readonly envelopes = new Interner<{ readonly slot: number; readonly envelope: Envelope }>()
  protected readonly packets = new Interner<ReadonlyArray<number>>()
  protected readonly answers: Answers
  protected readonly answersAtOnce: boolean
  /** Present if states are represented up to the names of interchangeable servers. */
  protected swapping: Swapping | undefined
  private readonly processes = new Interner<ProcessState>()
  private readonly packetsTo: Array<Array<number>> = []
  /** Per process and envelope, which of the effects receiving it has. */
  private readonly receipts = new PairMemo()
  private readonly receiptEffects: Array<Effect> = []
  /** Per envelope, its text, and the input of receiving it. */
  private readonly texts: Array<string | undefined> = []
  private readonly inputs: Array<Extract<Action, { readonly _tag: "Receive" }> | undefined> = []
  /** Per process, the text of its state. */
  private readonly stateTexts: Array<string | undefined> = []
  private readonly effects = new Map<string, Effect>()
  private readonly slots: ReadonlyMap<NodeId, number>
  private readonly judgeStep: StepJudge

  constructor(
    model: Model,
    judgeStep: StepJudge,
    reductions: ReadonlyArray<ReductionName>,
    keepsFacts: boolean
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
  }

  /** The packet to the node at `slot` that has this number among them. */
  packetOf(slot: number, column: number): number {
    return (this.packetsTo[slot] as Array<number>)[column] as number
  }

  stateOf(process: number): unknown {
    return this.processes.value(process).state
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
    return this.swapping?.images(process, input) ?? []
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
  protected receiving(envelope: number): Extract<Action, { readonly _tag: "Receive" }> {
    const known = this.inputs[envelope]
    if (known !== undefined) return known
    const input = { _tag: "Receive", ...this.envelope(envelope) } as const
    this.inputs[envelope] = input
    return input
  }

  /** The effect of an input on a process: the specification is called for it once. */
  protected effect(slot: number, process: number, input: Input<Operation, unknown, unknown>): Effect {
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
    this.swapping?.verify(process, input)
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

  protected process(slot: number, state: unknown): number {
    return this.processes.number({ slot, state }, `${slot}${canonical(state)}`)
  }

  /** The canonical texts of an envelope and of the state of a process. */
  protected text(envelope: number): string {
    this.texts[envelope] ??= canonical(this.envelope(envelope))
    return this.texts[envelope]
  }

  protected stateText(process: number): string {
    this.stateTexts[process] ??= canonical(this.stateOf(process))
    return this.stateTexts[process]
  }

  /** Envelopes in the order of their texts: an order that does not depend on how they are numbered. */
  protected inOrder(envelopes: ReadonlyArray<number>): ReadonlyArray<number> {
    const text = (envelope: number) => this.text(envelope)
    return [...envelopes].sort((left, right) => (left === right ? 0 : text(left) < text(right) ? -1 : 1))
  }

  protected node(slot: number): ModelNode {
    return this.nodes[slot] as ModelNode
  }
}
